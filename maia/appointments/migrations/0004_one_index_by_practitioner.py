"""`event_by_end` starts with the practitioner too. Beside it, PostgreSQL chose the plain index and
read all her years. By name and not by Django: on SQLite it would make the table anew, without the
guards against overlaps."""

import django.db.models.deletion
from django.db import migrations, models

NAME = "appointments_event_practitioner_id_5be7ff71"


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0003_series"),
        ("practices", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {NAME}",
                    f"CREATE INDEX {NAME} ON appointments_event (practitioner_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="event",
                    name="practitioner",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="practices.practitioner",
                    ),
                )
            ],
        )
    ]
