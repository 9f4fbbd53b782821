from django.db import migrations

from maia.accounts.respelling import respell


def one_spelling(apps, schema_editor):
    left = respell(apps.get_model("accounts", "User").objects.all(), print)
    addresses = apps.get_model("account", "EmailAddress").objects
    respell(addresses.exclude(user__in=left), print)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(one_spelling, migrations.RunPython.noop)]
