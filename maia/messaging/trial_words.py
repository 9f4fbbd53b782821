"""What a practitioner receives when she tries her own settings."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from maia.messaging.letters import Letter
from maia.messaging.sms_words import example
from maia.practices.models import Practitioner


def trial_letter(practitioner: Practitioner) -> Letter:
    language = (practitioner.user.language if practitioner.user else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        context = {
            "practice": practitioner.practice,
            "practitioner": practitioner,
            "sms": example(practitioner),
            "lang": language,
        }
        return Letter(
            _("A test from Maia"),
            render_to_string("messaging/test.txt", context),
            render_to_string("messaging/test.html", context),
        )
