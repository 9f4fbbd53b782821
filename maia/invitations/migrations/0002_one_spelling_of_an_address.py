from django.db import migrations

from maia.accounts.respelling import respell


def one_spelling(apps, schema_editor):
    respell(apps.get_model("invitations", "Invitation").objects.all(), print)


class Migration(migrations.Migration):

    dependencies = [("invitations", "0001_invitations")]

    operations = [migrations.RunPython(one_spelling, migrations.RunPython.noop)]
