"""Appointments: addresses under `/pro/`."""

from django.urls import path

from maia.office.appointments import (
    acts,
    attending,
    coming,
    contact,
    dragging,
    foretold,
    listing,
    moving,
    noting,
    rounds,
    sheet,
    whose,
)

urlpatterns = [
    path("appointments/", listing.appointments, name="appointments"),
    path("appointments/export/", listing.export_appointments, name="export_appointments"),
    path("appointments/attendance/", attending.attendance, name="attendance"),
    path("appointments/round/", rounds.home_visits, name="round"),
    path("appointments/<int:pk>/answer/", listing.answer_request, name="answer_request"),
    path("appointments/new/", noting.new_appointment, name="new_appointment"),
    path("appointments/new/told/", foretold.noting_told, name="noting_told"),
    path("appointments/availability/", coming.availability, name="availability"),
    path("appointments/<int:pk>/", sheet.sheet, name="sheet"),
    path("appointments/<int:pk>/contact/", contact.contact, name="contact"),
    path("appointments/<int:pk>/patient/", whose.correct_patient, name="correct_patient"),
    path("appointments/<int:pk>/move/", moving.move, name="move"),
    path("appointments/<int:pk>/move/undo/", dragging.undo, name="undo_move"),
    path("appointments/<int:pk>/cancel/", acts.cancel, name="cancel"),
    path("appointments/<int:pk>/confirm/", acts.confirm, name="confirm"),
    path("appointments/<int:pk>/unconfirm/", acts.unconfirm, name="unconfirm"),
]
