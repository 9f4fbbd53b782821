"""Django's admin with our own site in it."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    default_site = "maia.config.operator_site.OperatorSite"
