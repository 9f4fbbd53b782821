from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "maia.privacy"
    verbose_name = _("privacy")

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from allauth.mfa.signals import authentication_failed
        from django.contrib.auth.signals import user_login_failed

        from maia.privacy.sign_ins import factor_was_wrong, was_refused, was_signed_in

        authentication_failed.connect(factor_was_wrong, dispatch_uid="maia.privacy.factor")
        user_logged_in.connect(was_signed_in, dispatch_uid="maia.privacy.signed_in")
        user_login_failed.connect(was_refused, dispatch_uid="maia.privacy.refused")
