from itertools import islice

from django.db import migrations

from maia.patients.text import folded_names

BATCH = 500


def fold_again(apps, schema_editor):
    """As `Patient.write_search_text`, by the folding of today."""
    records = apps.get_model("patients", "Patient").objects
    rows = records.only("first_name", "last_name", "birth_name", "email", "search_text").iterator()
    while batch := list(islice(rows, BATCH)):
        for record in batch:
            mailbox = record.email.partition("@")[0]
            names = (record.first_name, record.last_name, record.birth_name, mailbox)
            record.search_text = folded_names(*names)[:600]
        records.bulk_update(batch, ["search_text"])


class Migration(migrations.Migration):

    dependencies = [("patients", "0006_names_and_numbers")]

    operations = [migrations.RunPython(fold_again, migrations.RunPython.noop)]
