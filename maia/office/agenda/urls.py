"""The agenda: addresses under `/pro/`."""

from django.urls import path

from maia.office.agenda import events, news, views

urlpatterns = [
    path("", views.agenda, name="agenda"),
    path("agenda/events/", events.events, name="events"),
    path("agenda/news/", news.news, name="news"),
    path("practice/<int:pk>/", views.choose_practice, name="choose_practice"),
]
