from django.urls import path

from maia.demo import views

app_name = "demo"
urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/<int:pk>/html/", views.message_html, name="html"),
    path("messages/<int:pk>/attachments/<int:index>/", views.attachment, name="attachment"),
]
