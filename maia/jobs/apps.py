from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "maia.jobs"
