from typing import Any

from django.db import migrations, models

_KNOWN = {"6AE", "57", "971", "972", "973", "974", "976", "BL", "MF", "PM", "NC", "PF", "WF"}
_OF_PEOPLE = {"67": "6AE", "68": "6AE", "alsace": "6AE", "a": "6AE", "moselle": "57", "m": "57"}
_OF_ZONES = {
    "America/Cayenne": "973",
    "America/Guadeloupe": "971",
    "America/Marigot": "MF",
    "America/Martinique": "972",
    "America/Miquelon": "PM",
    "America/St_Barthelemy": "BL",
    "Indian/Mayotte": "976",
    "Indian/Reunion": "974",
    "Pacific/Gambier": "PF",
    "Pacific/Marquesas": "PF",
    "Pacific/Noumea": "NC",
    "Pacific/Tahiti": "PF",
    "Pacific/Wallis": "WF",
}


def mend(apps: Any, schema_editor: Any) -> None:
    """A French region that nobody knows opened every public holiday; overseas, none was said."""
    for practice in apps.get_model("practices", "Practice").objects.filter(country="FR"):
        typed = practice.holiday_region.strip()
        region = typed if typed in _KNOWN else _OF_PEOPLE.get(typed.lower(), "")
        region = region or _OF_ZONES.get(practice.time_zone, "")
        if region != practice.holiday_region:
            practice.holiday_region = region
            practice.save(update_fields=["holiday_region"])


class Migration(migrations.Migration):

    dependencies = [
        ('practices', '0007_notes_for_practitioners'),
    ]

    operations = [
        migrations.AlterField(
            model_name='practice',
            name='holiday_region',
            field=models.CharField(blank=True, max_length=6, verbose_name='public holidays of'),
        ),
        migrations.RunPython(mend, migrations.RunPython.noop),
    ]
