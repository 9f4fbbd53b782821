"""Under `/hooks/`. `maia hooks` prints the addresses to give to providers."""

from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from django.urls import path

from maia.hooks import sms

app_name = "hooks"
urlpatterns = [
    path("sms/<slug:provider>/account/<str:token>/", sms.of_account, name="sms_account"),
    path("sms/<slug:provider>/<str:token>/", sms.of_message, name="sms_message"),
    path("email/brevo/", BrevoTrackingWebhookView.as_view(), name="email_brevo"),
    path("email/mailjet/", MailjetTrackingWebhookView.as_view(), name="email_mailjet"),
]
