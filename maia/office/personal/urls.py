"""Personal events: addresses under `/pro/`."""

from django.urls import path

from maia.office.personal import dropping, moving, views

urlpatterns = [
    path("events/new/", views.new_event, name="new_event"),
    path("events/summary/", views.event_summary, name="event_summary"),
    path("events/<int:pk>/", views.personal_event, name="personal_event"),
    path("events/<int:pk>/move/", moving.move_event, name="move_event"),
    path("events/<int:pk>/delete/", dropping.delete_event, name="delete_event"),
]
