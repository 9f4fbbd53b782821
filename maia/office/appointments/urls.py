"""Appointments: addresses under `/pro/`."""

from django.urls import path

from maia.office.appointments import noting, sheet

urlpatterns = [
    path("appointments/new/", noting.new_appointment, name="new_appointment"),
    path("appointments/availability/", noting.availability, name="availability"),
    path("appointments/<int:pk>/", sheet.sheet, name="sheet"),
    path("appointments/<int:pk>/move/", sheet.move, name="move"),
    path("appointments/<int:pk>/move/undo/", sheet.undo, name="undo_move"),
    path("appointments/<int:pk>/cancel/", sheet.cancel, name="cancel"),
    path("appointments/<int:pk>/confirm/", sheet.confirm, name="confirm"),
    path("appointments/<int:pk>/unconfirm/", sheet.unconfirm, name="unconfirm"),
]
