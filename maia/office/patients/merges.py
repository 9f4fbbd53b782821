"""Two records of one person merged, and that taken back within the day."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from phonenumber_field.phonenumber import PhoneNumber

from maia.accounts.ids import parse_id
from maia.appointments.models import Appointment
from maia.office import sure
from maia.office.access import OfficeRequest, settings_page
from maia.office.again import asked_again
from maia.patients.merging import CannotMerge, newly_seen, why_not
from maia.patients.models import Merge, Patient
from maia.patients.unmerging import CannotUndo, Undone, last_merge, what_stays, whose_account
from maia.privacy.merges import merge_records, undo_merge_of
from maia.privacy.reading import find_records, open_record

SHOWN = 20  # of those that are looked for


@settings_page
@asked_again
@require_POST
def merge(request: OfficeRequest, pk: int) -> HttpResponse:
    """The record ``other`` of the form goes into this one, once she has read what becomes of each. It may
    be ``looked_for`` before, by hand, where Maia sees no likeness."""
    kept_ones = request.seat.practice.patients.kept().select_related("user")
    record = get_object_or_404(kept_ones, pk=pk)
    if "other" not in request.POST and "looked_for" in request.POST:
        return _ask_with_whom(request, record)
    other = get_object_or_404(kept_ones, pk=_number(request, "other"))
    name = other.name
    code = why_not(record, other, agreed=True)
    if code is None and not sure.is_sure(request):
        return _ask_before_merging(request, record, other)
    try:  # she has read whose account, and said yes
        made = merge_records(request.seat, record, other, now=timezone.now(), agreed=True)
    except CannotMerge as refusal:
        messages.error(request, _why_not_merged(refusal.code))
        return redirect("office:patient", pk)
    words = _("The record of %(name)s is in this one now.") % {"name": name}
    if not made.way_back:
        messages.success(request, words)
    else:
        link = reverse("office:undo_merge", args=[pk])
        messages.success(request, format_html('{} <a href="{}">{}</a>', words, link, _("Undo")))
    return redirect("office:patient", pk)


@settings_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def undo_merge(request: OfficeRequest, pk: int) -> HttpResponse:
    """The last merge into this record, within the day: what goes back and what stays, then yes."""
    record = get_object_or_404(request.seat.practice.patients.select_related("user"), pk=pk)
    if record.erased_at is not None:
        gone = {"practice": request.seat.practice, "record": record, "merged": True}
        return render(request, "office/patients/erased.html", gone, status=410)
    now = timezone.now()
    if request.method != "POST":
        last = last_merge(record, now)
        if last is not None and last.way_back:
            return _ask_before_undoing(request, record, last)
        code = "gone" if last is None else "too_large"
        messages.error(request, _why_not_undone(code))
        return redirect("office:patient", pk)
    try:
        undone = undo_merge_of(request.seat, record, _number(request, "merge"), now=now)
    except CannotUndo as refusal:
        messages.error(request, _why_not_undone(refusal.code))
    else:
        messages.success(request, _what_is_undone(undone))
    return redirect("office:patient", pk)


def _number(request: OfficeRequest, name: str) -> int:
    """A key that was posted; 0, which no row has, for what is none."""
    return parse_id(request.POST.get(name)) or 0


def _ask_with_whom(request: OfficeRequest, record: Patient) -> HttpResponse:
    typed = request.POST["looked_for"].strip()[:200]
    looked_up = find_records(request.seat, typed, SHOWN + 1, now=timezone.now())
    others = [other for other in looked_up if other.pk != record.pk]
    context = {
        "practice": request.seat.practice,
        "record": record,
        "typed": typed,
        "others": others[:SHOWN],
        "more": len(others) > SHOWN,
    }
    return render(request, "office/patients/merge.html", context)


def _ask_before_merging(request: OfficeRequest, kept: Patient, other: Patient) -> HttpResponse:
    for record in (kept, other):  # the page shows what both say
        open_record(request.seat, record, now=timezone.now())
    takes = [
        _("One record is left: with the appointments, the messages and the notes of both."),
        _("What it does not say is filled from the other; where they differ, the other's contact "
          "details go into its notes."),
    ]  # fmt: skip
    crossing = newly_seen(kept, other)
    if crossing is not None:
        account, seen = crossing
        words = _("The account %(email)s will see the appointments of %(name)s (%(address)s).")
        takes.append(
            words
            % {
                "email": account.email,
                "name": seen.name,
                "address": seen.email or _("no address on the record"),
            }
        )
        if not seen.email:
            takes.append(_("Nothing proves that both are the same person: ask before you go on."))
    question = _("Merge these two records?")
    back = reverse("office:patient", args=[kept.pk])
    the_other_way = sure.Instead(
        _("Keep the other one"),
        reverse("office:merge", args=[other.pk]),
        [("other", str(kept.pk))],
    )
    return sure.ask(
        request, question, takes, _("Merge"), back,
        rows=_side_by_side(kept, other), instead=the_other_way,
    )  # fmt: skip


_COMPARED = (
    "first_name", "last_name", "birth_name", "birth_date", "email", "mobile", "phone",
    "contact_name", "contact_phone", "external_id",
)  # fmt: skip


def _side_by_side(kept: Patient, other: Patient) -> list[sure.Row]:
    """What tells two records of one name apart, and what either says."""

    def said(record: Patient, field: str) -> object:
        value = getattr(record, field)
        if isinstance(value, PhoneNumber):
            return value.as_national
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value

    def appointments(record: Patient) -> str:
        starts = list(
            record.appointments.exclude(status=Appointment.Status.CANCELLED)
            .values_list("event__start", flat=True)
            .order_by("event__start")
        )
        if not starts:
            return _("none")
        behind, count = [start for start in starts if start <= timezone.now()], len(starts)
        counted = (
            ngettext(
                "%(count)d, the last one on %(date)s",
                "%(count)d, the last one on %(date)s",
                count,
            )
            if behind
            else ngettext(
                "%(count)d, the next one on %(date)s",
                "%(count)d, the next one on %(date)s",
                count,
            )
        )
        told = behind[-1] if behind else starts[0]
        return counted % {"count": count, "date": f"{timezone.localtime(told):%d/%m/%Y}"}

    rows: list[sure.Row] = [
        (getattr(Patient, field).field.verbose_name, said(kept, field), said(other, field))
        for field in _COMPARED
    ]
    rows.append((_("address"), kept.address, other.address))
    rows = [row for row in rows if row[1] or row[2]]
    rows.append((_("appointments"), appointments(kept), appointments(other)))
    rows.append((_("notes"), _("yes") if kept.notes else "", _("yes") if other.notes else ""))
    return rows


def _why_not_merged(code: str) -> str:
    return {
        "two_accounts": _("Each of these records has its own account: they stay apart."),
        "not_verified": _(
            "The account of one record has not shown that it reads the address of the other: "
            "they stay apart. If the address is wrong, correct it first, once the patient has told you."
        ),
        "notes_too_long": _(
            "The notes of both together are too long for one record: shorten them first."
        ),
        "gone": _("One of these records is not there any more."),
    }.get(code, _("These are the same record."))


def _ask_before_undoing(request: OfficeRequest, record: Patient, last: Merge) -> HttpResponse:
    open_record(request.seat, record, now=timezone.now())
    names = {"name": last.name, "kept": record.name}
    takes = [
        _(
            "The record of %(name)s comes back as it was before, with its appointments, messages "
            "and invitations."
        )
        % names,
        _("What was added since the merge stays in the record of %(kept)s.") % names,
    ]
    account = whose_account(record, last)
    if account is not None:
        words = _(
            "The account %(email)s sees the record of %(name)s again, and no longer that of "
            "%(kept)s; what it booked since goes with it."
        )
        takes.append(words % {**names, "email": account.email})
    if stays := what_stays(record, last):
        takes.append(
            _("Changed since, and left as it is in the record of %(kept)s: %(fields)s.")
            % {**names, "fields": ", ".join(stays)}
        )
    back = reverse("office:patient", args=[record.pk])
    typed = [("merge", str(last.pk))]
    return sure.ask(request, _("Undo this merge?"), takes, _("Undo the merge"), back, typed=typed)


def _what_is_undone(undone: Undone) -> str:
    link = reverse("office:patient", args=[undone.other.pk])
    words = _("The merge is undone: there are two records again.")
    if undone.stays:
        words += " " + _("Left as it is here, since it was changed: %(fields)s.") % {
            "fields": ", ".join(undone.stays)
        }
    return format_html('{} <a href="{}">{}</a>', words, link, undone.other.name)


def _why_not_undone(code: str) -> str:
    return {
        "newer": _("Another record was merged into this one since: undo that first."),
        "too_large": _("These records have too many appointments and messages to be taken apart."),
    }.get(
        code,
        _("This merge cannot be undone any more: it has been undone already, or its day is over."),
    )
