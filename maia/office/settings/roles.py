"""A member's role, changed by the owner: a page that says what each may do and what the change takes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.office import sure
from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.again import asked_again
from maia.office.settings.team import RoleForm
from maia.practices.models import Membership
from maia.practices.team import TeamRefused, change_role, is_last_owner
from maia.privacy.journal import Act

Role = Membership.Role


@owner_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: OfficeRequest, pk: int) -> HttpResponse:
    practice = request.seat.practice
    seat = get_object_or_404(practice.team.select_related("user", "practice"), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": seat.role})
    form.needs_names = not practice.practitioners.filter(user=seat.user).exists()
    if form.is_valid():
        takes = _takes(seat, form.cleaned_data["role"])
        if is_last_owner(seat):
            takes = []  # it is refused: nothing to be sure of
        if takes and not sure.is_sure(request):
            question = _("Change the role of %(who)s?") % {"who": seat.user.email}
            return sure.ask(request, question, takes, _("Change"), reverse("office:team"))
        return _change(request, seat, form.cleaned_data)
    context = {"practice": practice, "member": seat, "form": form}
    return render(
        request, "office/settings/role.html", context, status=422 if form.is_bound else 200
    )


def _takes(seat: Membership, role: str) -> list[str]:
    """What goes with a lesser role, in words; nothing for a higher one."""
    takes = []
    tokens = seat.tokens.filter(revoked_at=None)
    if role == Role.ASSISTANT != seat.role:
        takes.append(_("From the next click, they can change no settings."))
        takes.append(
            _(
                "Patients can book nothing with them any more. Their appointments to come stay in the agenda: hand them over or cancel them."
            )
        )
        ends, feeds = tokens.count(), seat.feeds.count()
        if ends or feeds:
            words = _("Their tokens (%(tokens)d) and calendar addresses (%(feeds)d) end for good.")
            takes.append(words % {"tokens": ends, "feeds": feeds})
    elif role == Role.SUBSTITUTE != seat.role:
        takes.append(
            _(
                "From the next click, they see only the agendas of whom they replace, from seven days before to thirty after, and export nothing."
            )
        )
        ends, feeds = tokens.count(), seat.feeds.count()
        if ends or feeds:
            words = _("Their tokens (%(tokens)d) and calendar addresses (%(feeds)d) end for good.")
            takes.append(words % {"tokens": ends, "feeds": feeds})
    elif role == Role.PRACTITIONER and seat.role == Role.OWNER:
        takes.append(_("From the next click, they can change their own settings only."))
        if narrowed := tokens.filter(role=Role.OWNER).count():
            words = _("Their tokens (%(tokens)d) do from now on what a practitioner may, for good.")
            takes.append(words % {"tokens": narrowed})
        if feeds := seat.feeds.exclude(practitioner__user=seat.user).count():
            words = _("Their addresses of others’ agendas (%(feeds)d) end for good.")
            takes.append(words % {"feeds": feeds})
    return takes


def _change(request: OfficeRequest, seat: Membership, typed: dict[str, Any]) -> HttpResponse:
    names = {name: typed[name] for name in ("first_name", "last_name")}
    try:
        before = change_role(seat, typed["role"], now=timezone.now(), **names)
    except TeamRefused as refusal:
        if refusal.code == "last_owner":
            messages.error(request, _("A practice needs an owner: name another one first."))
        else:
            messages.error(request, _("They have left the team meanwhile."))
        return redirect("office:team")
    if before != seat.role:
        written_down(
            request, Act.TEAM, detail=f"{seat.user}: {Role(before).label} → {Role(seat.role).label}"
        )
    messages.success(request, _("Saved."))
    still_owner = seat.user != request.seat.user or seat.role == Role.OWNER
    return redirect("office:team" if still_owner else "office:agenda")
