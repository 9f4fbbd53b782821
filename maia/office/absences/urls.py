"""Absences: addresses under `/pro/`."""

from django.urls import path

from maia.office.absences import views

urlpatterns = [
    path("absences/", views.absences, name="absences"),
    path("absences/new/", views.new_absence, name="new_absence"),
    path("absences/<int:pk>/", views.edit_absence, name="edit_absence"),
    path("absences/<int:pk>/delete/", views.delete_absence, name="delete_absence"),
]
