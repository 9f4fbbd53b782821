"""The back office, under `/pro/`."""

from django.urls import path

from maia.office import (
    absences,
    agenda,
    events,
    patient_import,
    patients,
    practice,
    practitioner,
    settings,
    sheet,
)

app_name = "office"
urlpatterns = [
    path("", agenda.agenda, name="agenda"),
    path("agenda/events/", events.events, name="events"),
    path("practice/<int:pk>/", agenda.choose_practice, name="choose_practice"),
    path("appointments/new/", sheet.new, name="new"),
    path("appointments/availability/", sheet.availability, name="availability"),
    path("appointments/<int:pk>/", sheet.sheet, name="sheet"),
    path("appointments/<int:pk>/move/", sheet.move, name="move"),
    path("appointments/<int:pk>/cancel/", sheet.cancel, name="cancel"),
    path("appointments/<int:pk>/confirm/", sheet.confirm, name="confirm"),
    path("appointments/<int:pk>/unconfirm/", sheet.unconfirm, name="unconfirm"),
    path("absences/", absences.absences, name="absences"),
    path("absences/new/", absences.new, name="new_absence"),
    path("absences/<int:pk>/delete/", absences.delete_absence, name="delete_absence"),
    path("events/<int:pk>/", absences.event, name="event"),
    path("patients/", patients.patients, name="patients"),
    path("patients/import/", patient_import.patient_import, name="import"),
    path("patients/export/", patients.export, name="export"),
    path("patients/<int:pk>/", patients.patient, name="patient"),
    path("patients/<int:pk>/merge/", patients.merge, name="merge"),
    path("patients/<int:pk>/invite/", patients.invite, name="invite"),
    path(
        "patients/<int:pk>/invite/withdraw/",
        patients.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("patients/search/", patients.search, name="patient_search"),
    path("settings/", settings.index, name="settings"),
    path("settings/practitioners/<int:pk>/", practitioner.practitioner, name="practitioner"),
    path("settings/practitioners/<int:pk>/schedule/", settings.schedule, name="schedule"),
    path("settings/sms/preview/", practitioner.preview_sms, name="preview_sms"),
    path("settings/practice/", practice.look, name="look"),
    path("settings/team/", practice.team, name="team"),
    path("settings/team/<int:pk>/remove/", practice.remove, name="remove"),
    path(
        "settings/team/invitations/<int:pk>/<str:action>/",
        practice.change_invitation,
        name="change_invitation",
    ),
    path("settings/types/", settings.types, name="types"),
    path("settings/types/preview/", settings.preview_type, name="preview_type"),
    path("settings/types/new/", settings.new_type, name="new_type"),
    path("settings/types/<int:pk>/", settings.edit_type, name="edit_type"),
    path("settings/types/<int:pk>/<str:action>/", settings.change_type, name="change_type"),
]
