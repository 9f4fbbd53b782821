"""A series has a row; its events say for which of its dates they stand."""

import django.db.models.deletion
import maia.practices.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0009_requests_expire'),
        ('practices', '0009_suspended_and_renamed'),
        ('schedules', '0006_calendars_say_what_came_of_it'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='colour',
            field=models.CharField(blank=True, db_default='', default='', max_length=7, validators=[maia.practices.models.validate_colour], verbose_name='colour'),
        ),
        migrations.AddField(
            model_name='event',
            name='is_apart',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='event',
            name='note',
            field=models.TextField(blank=True, db_default='', default='', max_length=2000, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='event',
            name='series_date',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='version',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='title')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('colour', models.CharField(blank=True, max_length=7, validators=[maia.practices.models.validate_colour], verbose_name='colour')),
                ('first_date', models.DateField()),
                ('begins', models.TimeField()),
                ('lasts', models.DurationField()),
                ('rule', models.CharField(max_length=200)),
                ('last_date', models.DateField(blank=True, null=True)),
                ('without', models.JSONField(default=list)),
                ('written_until', models.DateField()),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='series', to='practices.practice')),
                ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='series', to='practices.practitioner')),
            ],
            options={
                'verbose_name': 'series',
                'verbose_name_plural': 'series',
            },
        ),
        migrations.SeparateDatabaseAndState(  # the column stays as it is
            state_operations=[
                migrations.AlterField(
                    model_name='event',
                    name='series',
                    field=models.ForeignKey(blank=True, db_column='series', db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='appointments.series'),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('series__isnull', False)), fields=['series', 'series_date'], name='event_by_series'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('colour', ''), ('colour__regex', '^#[0-9a-f]{6}$'), _connector='OR'), name='event_colour_format'),
        ),
        migrations.AddIndex(
            model_name='series',
            index=models.Index(fields=['written_until'], name='series_to_prolong'),
        ),
    ]
