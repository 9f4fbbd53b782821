from datetime import timedelta

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.utils import timezone

YEAR = timedelta(days=365)


def tie(apps, schema_editor):
    """Each to her place in the team now; who has none lost what it opened when she left."""
    Token = apps.get_model("tokens", "Token")
    Membership = apps.get_model("practices", "Membership")
    here = Membership.objects.filter(practice=OuterRef("practice"), user=OuterRef("user"))
    Token.objects.exclude(practice=None).update(membership=Subquery(here.values("pk")[:1]))
    Token.objects.exclude(practice=None).filter(membership=None).delete()
    Token.objects.filter(revoked_at=None).update(expires_at=timezone.now() + YEAR)


class Migration(migrations.Migration):

    dependencies = [
        ('tokens', '0002_leaving_revokes'),
    ]

    operations = [
        migrations.RunPython(tie, migrations.RunPython.noop),
    ]
