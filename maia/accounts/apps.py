from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "maia.accounts"
    verbose_name = _("accounts")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from django.contrib.auth.signals import user_logged_in

        from maia.accounts.language import was_signed_in
        from maia.accounts.second_factor import factor_added, factor_removed

        user_logged_in.connect(was_signed_in, dispatch_uid="maia.accounts.language")
        authenticator_added.connect(factor_added, dispatch_uid="maia.accounts.added")
        authenticator_removed.connect(factor_removed, dispatch_uid="maia.accounts.removed")
