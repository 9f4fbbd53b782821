"""The back office, under `/pro/`: each folder's addresses stand in its own `urls.py`, whole."""

from django.urls import path, re_path

from maia.office import menu
from maia.office.absences import urls as absences
from maia.office.agenda import urls as agenda
from maia.office.appointments import urls as appointments
from maia.office.messages import urls as messages
from maia.office.patients import urls as patients
from maia.office.personal import urls as personal
from maia.office.settings import urls as settings

app_name = "office"
urlpatterns = [
    path("more/", menu.more, name="more"),
    *agenda.urlpatterns,
    *appointments.urlpatterns,
    *absences.urlpatterns,
    *personal.urlpatterns,
    *patients.urlpatterns,
    *messages.urlpatterns,
    *settings.urlpatterns,
    # With its slash: without it, an address that exists is led to.
    re_path(r"^.+/$", menu.nowhere, name="nowhere"),
]
