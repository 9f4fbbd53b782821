from django.db import migrations
from django.db.models import OuterRef, Subquery


def tie(apps, schema_editor):
    """Each to her place in the team now; who has none lost what it opened when she left."""
    Feed = apps.get_model("calendars", "Feed")
    Membership = apps.get_model("practices", "Membership")
    here = Membership.objects.filter(
        practice__practitioners=OuterRef("practitioner"), user=OuterRef("user")
    )
    Feed.objects.exclude(practitioner=None).update(membership=Subquery(here.values("pk")[:1]))
    Feed.objects.exclude(practitioner=None).filter(membership=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('calendars', '0002_leaving_revokes'),
    ]

    operations = [
        migrations.RunPython(tie, migrations.RunPython.noop),
    ]
