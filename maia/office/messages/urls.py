"""Messages: addresses under `/pro/`."""

from django.urls import path

from maia.office.messages import views

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/seen/", views.all_seen, name="all_seen"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("messages/<int:pk>/<str:action>/", views.change_message, name="change_message"),
    path("settings/practitioners/<int:pk>/test/", views.test_message, name="test_message"),
]
