"""The team: invited, removed, signed out. For the owner."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.accounts.addresses import AddressFormField
from maia.accounts.limits import TooOften
from maia.accounts.second_factor import (
    AFTER,
    end_other_sessions,
    end_sessions,
    has_second_factor,
)
from maia.invitations.inviting import InvitationRefused, invite_member, send_again, withdraw
from maia.office import refusals, sure
from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.again import asked_again
from maia.office.once import made_once, nothing_made
from maia.patients.text import clean_line
from maia.practices.models import Membership, Practice
from maia.practices.substituting import Access, access_in
from maia.practices.team import TeamRefused, remove_member
from maia.privacy.journal import Act

Role = Membership.Role


class RoleForm(forms.Form):
    """``needs_names``: she has no agenda yet, and an assistant gets none."""

    needs_names = True
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        initial=Role.PRACTITIONER,  # an owner is named on purpose
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for name in ("first_name", "last_name"):
            try:
                typed[name] = clean_line(typed.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
                continue
            is_seen = self.needs_names and typed.get("role") != Role.ASSISTANT
            if is_seen and not typed[name]:
                self.add_error(name, _("Patients see the name of a practitioner."))
        return typed


class MemberForm(RoleForm):
    email = AddressFormField(label=gettext_lazy("Email address"), max_length=254)
    field_order = ("email",)


@owner_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def team(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    form = MemberForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        typed = form.cleaned_data
        try:
            names = {name: typed[name] for name in ("first_name", "last_name")}
            by, now = request.seat.user, timezone.now()
            invite_member(practice, typed["email"], typed["role"], by=by, now=now, **names)
        except InvitationRefused as refusal:
            form.add_error("email", refusals.invitation_words(refusal))
        except TooOften as refusal:  # nothing typed is lost
            form.add_error("email", refusals.too_often_words(refusal))
            status = 429
        else:
            written_down(request, Act.TEAM, detail=f"+ {Role(typed['role']).label}")
            messages.success(request, _("The invitation is on its way."))
            return redirect("office:team")
    context = {
        "practice": practice,
        "form": form,
        "invitations": practice.invitations.waiting().filter(patient=None),
        "now": timezone.now(),
        "team": _lines(practice),
    }
    return render(request, "office/settings/team.html", context, status=status)


class Line(NamedTuple):
    """``name``: that patients read, or nothing: an assistant has none. ``access``: of a substitute."""

    member: Membership
    name: str
    access: Access | None


def _lines(practice: Practice) -> list[Line]:
    names = {person.user_id: person.name for person in practice.practitioners.all()}
    members = practice.team.select_related("user").order_by("pk")
    accesses = access_in(practice, timezone.localdate())
    return [
        Line(
            member,
            names.get(member.user_id, ""),
            accesses.get(member.user_id, Access()) if member.role == Role.SUBSTITUTE else None,
        )
        for member in members
    ]


@owner_page
@asked_again
@require_POST
def remove(request: OfficeRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(request.seat.practice.team.select_related("user"), pk=pk)
    if not sure.is_sure(request):
        return _ask_before_removing(request, seat)
    try:
        remove_member(seat)
    except TeamRefused:  # the last owner
        messages.error(request, _("A practice needs an owner: name another one first."))
    else:
        written_down(request, Act.TEAM, detail=f"− {seat.get_role_display()}")
        messages.success(request, _("They have left the team and can see nothing any more."))
    return redirect("office:team")


def _ask_before_removing(request: OfficeRequest, seat: Membership) -> HttpResponse:
    tokens, feeds = seat.tokens.filter(revoked_at=None).count(), seat.feeds.count()
    takes = [_("From the next click, they see nothing any more. Their past appointments stay.")]
    if seat.role != Role.ASSISTANT:
        takes.append(
            _("Their appointments to come stay in the agenda: hand them over or cancel them.")
        )
    if tokens or feeds:
        words = _("Their tokens (%(tokens)d) and calendar addresses (%(feeds)d) end for good.")
        takes.append(words % {"tokens": tokens, "feeds": feeds})
    question = _("Remove %(who)s from the team?") % {"who": seat.user.email}
    return sure.ask(request, question, takes, _("Remove"), reverse("office:team"))


@owner_page
@asked_again
@require_POST
def sign_out(request: OfficeRequest, pk: int) -> HttpResponse:
    """Of every computer and telephone where she is signed in."""
    seat = get_object_or_404(request.seat.practice.team.select_related("user"), pk=pk)
    if not sure.is_sure(request):
        return sure.ask(
            request,
            _("Sign %(who)s out everywhere?") % {"who": seat.user},
            [
                _(
                    "Every computer and telephone that is signed in with this account asks to sign in again."
                ),
                _("What is being typed there and is not saved is lost."),
            ],
            _("Sign out everywhere"),
            reverse("office:team"),
        )
    if seat.user == request.seat.user:
        end_other_sessions(request, request.seat.user)
    else:
        end_sessions(seat.user)
    written_down(request, Act.TEAM, detail=_("sessions of %(who)s ended") % {"who": seat.user})
    messages.success(
        request, _("They are signed out everywhere, and sign in again where they need to.")
    )
    return redirect("office:team")


@owner_page
@asked_again
@require_POST
def second_factor(request: OfficeRequest) -> HttpResponse:
    """Asked of the whole team, or not any more. Who asks has hers: nobody is locked out at once."""
    wanted = request.POST.get("require") == "yes"
    if wanted and not has_second_factor(request.seat.user):
        request.session[AFTER] = reverse("office:team")
        context = {"practice": request.seat.practice}
        return render(request, "office/settings/own_factor.html", context, status=422)
    Practice.objects.filter(pk=request.seat.practice.pk).update(require_second_factor=wanted)
    written_down(request, Act.TEAM, detail=_("a second factor for the whole team"))
    messages.success(request, _("Saved."))
    return redirect("office:team")


@owner_page
@asked_again
@require_POST
@made_once
def change_invitation(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    """Send it again, or withdraw it."""
    team = request.seat.practice.invitations.filter(patient=None)
    invitation = get_object_or_404(team, pk=pk)
    try:
        match action:
            case "again":
                send_again(invitation, now=timezone.now())
                messages.success(request, _("The invitation is on its way."))
            case "withdraw":
                withdraw(invitation, now=timezone.now())
                written_down(
                    request, Act.TEAM, detail=f"− {invitation.get_role_display()} ({_('invited')})"
                )
                words = _("The link of the invitation does not work any more.")
                messages.success(request, words)
            case _:
                raise Http404
    except InvitationRefused as refusal:
        messages.error(request, refusals.invitation_words(refusal))
        return nothing_made(redirect("office:team"))
    return redirect("office:team")
