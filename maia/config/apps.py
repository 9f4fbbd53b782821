from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "maia.config"

    def ready(self) -> None:
        from maia.config import checks  # noqa: F401  # registers itself
