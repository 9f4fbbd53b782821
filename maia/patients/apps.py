from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "maia.patients"
    verbose_name = _("patients")

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        from maia.patients.records import follow_address

        email_changed.connect(follow_address, dispatch_uid="maia.patients")
