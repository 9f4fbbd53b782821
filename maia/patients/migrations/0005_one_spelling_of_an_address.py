from django.db import migrations

from maia.accounts.addresses import only_looks_like
from maia.accounts.respelling import respell


def one_spelling(apps, schema_editor):
    records = apps.get_model("patients", "Patient").objects
    _name_look_alikes(records.exclude(user=None).select_related("user"))
    for column in ("email", "undeliverable_email"):
        respell(records.all(), print, column)


def _name_look_alikes(met):
    """Records that an account met because a database took another letter for one of its address."""
    for record in met.iterator():
        if only_looks_like(record.user.email, record.email):
            print(
                f"patients_patient {record.pk}: its account {record.user_id} has an address that "
                "only looks like the record's. Ask whose it is before you leave them together."
            )


class Migration(migrations.Migration):

    dependencies = [
        ("patients", "0004_no_sms_and_erased"),
        ("accounts", "0002_one_spelling_of_an_address"),
    ]

    operations = [migrations.RunPython(one_spelling, migrations.RunPython.noop)]
