from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    name = "maia.practices"
    verbose_name = _("practices")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from maia.practices.sign_ins import was_signed_in

        user_logged_in.connect(was_signed_in, dispatch_uid="maia.practices.signed_in")
