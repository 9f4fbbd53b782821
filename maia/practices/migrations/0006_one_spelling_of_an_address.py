from django.db import migrations

from maia.accounts.respelling import respell


def one_spelling(apps, schema_editor):
    for model in ("Practice", "Practitioner"):
        respell(apps.get_model("practices", model).objects.all(), print)


class Migration(migrations.Migration):

    dependencies = [("practices", "0005_second_factor")]

    operations = [migrations.RunPython(one_spelling, migrations.RunPython.noop)]
