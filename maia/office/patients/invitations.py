"""A patient invited to open her account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maia.invitations.inviting import InvitationRefused, invite_patient, withdraw
from maia.messaging.reasons import words_of
from maia.messaging.to_book import CannotInvite, invite_to_book
from maia.office import refusals
from maia.office.access import (
    OfficeRequest,
    office,
    written_down,
)
from maia.office.once import made_once, nothing_made
from maia.privacy.journal import Act


@office
@require_POST
@made_once
def invite(request: OfficeRequest, pk: int) -> HttpResponse:
    """Sends an invitation, or the same again."""
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    try:
        invite_patient(record, by=request.seat.user, now=timezone.now())
    except InvitationRefused as refusal:
        messages.error(request, refusals.invitation_words(refusal))
        return nothing_made(redirect("office:patient", pk))
    written_down(request, Act.INVITED, patient=record)
    messages.success(request, _("The invitation is on its way."))
    return redirect("office:patient", pk)


@office
@require_POST
@made_once
def invite_to_book_step(request: OfficeRequest, pk: int, step: int) -> HttpResponse:
    """By email, to take the appointment of one step of her pathway."""
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    wanted = get_object_or_404(request.seat.practice.pathway.select_related("type"), pk=step)
    try:
        invite_to_book(record, wanted, now=timezone.now())
    except CannotInvite as refusal:
        words = _("Already written to today about this.")
        if refusal.code != "today":
            words = _("Not sent: %(why)s.") % {"why": words_of(refusal.code)}
        messages.error(request, words)
        return nothing_made(redirect("office:patient", pk))
    written_down(request, Act.INVITED, patient=record)
    messages.success(request, _("An email leaves to %(email)s.") % {"email": record.email})
    return redirect("office:patient", pk)


@office
@require_POST
def withdraw_invitation(request: OfficeRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    for invitation in record.invitations.waiting():
        withdraw(invitation, now=timezone.now())
        written_down(request, Act.WITHDRAWN, patient=record)
    messages.success(request, _("The link of the invitation does not work any more."))
    return redirect("office:patient", pk)
