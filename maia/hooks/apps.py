from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "maia.hooks"

    def ready(self) -> None:
        from anymail.signals import tracking

        from maia.hooks.email import take

        tracking.connect(take, dispatch_uid="maia.hooks.email")
