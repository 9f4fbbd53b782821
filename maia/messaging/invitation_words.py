"""What an invitation says. It names the practice, never why somebody is its patient."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from maia.invitations.models import Invitation
from maia.messaging.letters import Letter
from maia.practices.colours import ink_on


def invitation_letter(invitation: Invitation) -> Letter:
    practice, patient = invitation.practice, invitation.patient
    language = (patient.language if patient else "") or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(practice.zone):
        names = {"practice": practice.name}
        if patient:
            subject = _("%(practice)s invites you to book online") % names
            opening = _("You can now take, move and cancel your appointments online.")
        else:
            subject = _("%(practice)s invites you to join its team") % names
            opening = _("You are invited to the agenda of %(practice)s.") % names
        context = {
            "practice": practice,
            "first_name": patient.first_name if patient else invitation.first_name,
            "opening": opening,
            "link": settings.BASE_URL + reverse("invitation", args=[invitation.token]),
            "expires_at": invitation.expires_at,
            "ink": ink_on(practice.accent_colour),
            "lang": language,
        }
        text = render_to_string("messaging/invitation.txt", context)
        return Letter(subject, text, render_to_string("messaging/invitation.html", context))
