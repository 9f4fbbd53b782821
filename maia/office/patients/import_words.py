"""The words of an import: columns, outcomes, what is remarked on lines and files."""

from typing import Any

from django.utils import dateparse, formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from phonenumber_field.phonenumber import PhoneNumber

from maia.jobs import asking
from maia.patients.import_models import PatientImport
from maia.patients.lists.bounds import MAX_LINES
from maia.patients.lists.titles import Column

COLUMNS = [
    (Column.IGNORED, gettext_lazy("ignored")),
    (Column.LAST_NAME, gettext_lazy("last name")),
    (Column.FIRST_NAME, gettext_lazy("first name")),
    (Column.LAST_FIRST, gettext_lazy("last name, then first name")),
    (Column.FIRST_LAST, gettext_lazy("first name, then last name")),
    (Column.BIRTH_NAME, gettext_lazy("birth name")),
    (Column.BIRTH_DATE, gettext_lazy("birth date")),
    (Column.EMAIL, gettext_lazy("email address")),
    (Column.MOBILE, gettext_lazy("mobile phone (gets the SMS)")),
    (Column.ANY_PHONE, gettext_lazy("phone, mobile or not")),
    (Column.PHONE, gettext_lazy("other phone (never an SMS)")),
    (Column.CONTACT_NAME, gettext_lazy("person to call")),
    (Column.CONTACT_PHONE, gettext_lazy("phone of the person to call")),
    (Column.ADDRESS, gettext_lazy("whole address")),
    (Column.STREET, gettext_lazy("street")),
    (Column.POSTCODE, gettext_lazy("postcode")),
    (Column.CITY, gettext_lazy("city")),
    (Column.ACCESS, gettext_lazy("how to get in")),
    (Column.EXTERNAL_ID, gettext_lazy("number in another program")),
    (Column.OWN_PRACTITIONER, gettext_lazy("own practitioner")),
    (Column.NOTES, gettext_lazy("notes")),
]
_OUTCOMES = {
    "new": gettext_lazy("new records"),
    "updated": gettext_lazy("records completed or changed"),
    "there": gettext_lazy("there already, left as they are"),
    "twice": gettext_lazy("twice in the file, read as one"),
    "unsure": gettext_lazy("could be several records: nothing is done"),
    "refused": gettext_lazy("without a name: not imported"),
    "blank": gettext_lazy("empty lines"),
}
_UNDONE = {
    "deleted": gettext_lazy("records deleted"),
    "restored": gettext_lazy("records as they were before"),
    "in_use": gettext_lazy("left: they have an appointment, an account or a message"),
    "edited": gettext_lazy("left: somebody has changed them since"),
    "gone": gettext_lazy("already gone: deleted, merged or erased since"),
}
COUNTED = {**_OUTCOMES, **_UNDONE}
REMARKS = {
    "bad_email": gettext_lazy("is not an email address: kept in the notes"),
    "bad_phone": gettext_lazy("is not a phone number: kept in the notes"),
    "bad_date": gettext_lazy("is not a birth date: kept in the notes"),
    "bad_name": gettext_lazy("has no letters: kept in the notes"),
    "long": gettext_lazy("is too long and was cut; the whole is in the notes as far as it fits"),
    "more": gettext_lazy("is one more than there is room for: kept in the notes"),
    "words": gettext_lazy(
        "has words beside the number: read as other phone, without SMS, and kept in the notes"
    ),
    "no_practitioner": gettext_lazy("nobody of the team has this name: kept in the notes"),
    "no_first_name": gettext_lazy("no first name"),
    "no_last_name": gettext_lazy("no last name"),
    "no_name": gettext_lazy("no name: this line is not imported"),
    "by_name": gettext_lazy("found by the name alone: check that it is the same person"),
    "same_name": gettext_lazy("somebody else in the file has the same name: two records"),
    "unsure": gettext_lazy("several records could match: nothing was done"),
    "twice": gettext_lazy("the same person as on another line"),
    "shared": gettext_lazy("this address is on another record as well: messages of both go there"),
    "account": gettext_lazy("another address, but the account keeps the one that it has"),
    "different": gettext_lazy("the record says something else and keeps it"),
}
_UNREADABLE = {
    "empty": gettext_lazy("This file is empty."),
    "too_heavy": gettext_lazy("This file takes too much to be read. Save it as CSV, or in parts."),
    "old_excel": gettext_lazy(
        "This is an old Excel file (.xls). Open it and save it as .xlsx or CSV."
    ),
    "opendocument": gettext_lazy(
        "This is a LibreOffice file (.ods). Open it and save it as .xlsx or CSV."
    ),
    "locked": gettext_lazy("This file has a password. Save it without one."),
    "not_a_list": gettext_lazy("This is not a list that can be read: a CSV or Excel file (.xlsx)."),
    "gone": gettext_lazy(
        "Its day is over, or it was done already: the file is not kept. Choose it again."
    ),
}


def most_lines() -> str:
    return formats.number_format(MAX_LINES, force_grouping=True)


def unreadable(code: str) -> str:
    if code == "too_long":
        return _("This list is too long: at most %(count)s lines at once.") % {
            "count": most_lines()
        }
    return str(_UNREADABLE.get(code, code))


def failed(importing: PatientImport) -> str:
    job = importing.job
    if job is None:
        return _("It was not finished.")
    if job.state == job.State.STOPPED:
        return _("It was stopped. Nothing was changed.")
    known = job.error in _UNREADABLE or job.error == "too_long"
    return unreadable(job.error) if known else asking.why_not_done(job)


def counts(importing: PatientImport) -> list[tuple[int, Any]]:
    numbers = importing.counts
    return [(numbers[name], words) for name, words in _OUTCOMES.items() if numbers.get(name)]


def undone(importing: PatientImport) -> list[tuple[int, Any]]:
    numbers = importing.counts.get("undone", {})
    return [(numbers[name], words) for name, words in _UNDONE.items() if numbers.get(name)]


def remark(flat: list[Any]) -> dict[str, Any]:
    number, name, code, title, value = flat
    words = REMARKS.get(code, code)
    if code == "twice":
        words, title = _("the same person as on line %(number)s") % {"number": title}, ""
    said = _("“%(value)s”") % {"value": value[:200]} if value else ""
    return {"number": number, "name": name, "title": title, "value": said, "words": words}


def line(number: int, name: str, fields: dict[str, str]) -> dict[str, Any]:
    """As the record will be: its name, and the rest in one sentence."""
    birth = dateparse.parse_date(fields.get("birth_date", ""))
    parts = [
        _("born %(name)s") % {"name": fields["birth_name"]} if "birth_name" in fields else "",
        formats.date_format(birth, "SHORT_DATE_FORMAT") if birth else "",
        fields.get("email", ""),
        _national(fields.get("mobile", "")),
        _("other phone: %(number)s") % {"number": _national(fields["phone"])}
        if "phone" in fields else "",
        _("to call: %(who)s") % {
            "who": " ".join(filter(None, (fields.get("contact_name"), _national(fields.get("contact_phone", "")))))
        } if {"contact_name", "contact_phone"} & fields.keys() else "",
        _("followed by %(name)s") % {"name": fields["own_practitioner"]}
        if "own_practitioner" in fields else "",
        " ".join(filter(None, (fields.get(part) for part in ("street", "postcode", "city")))),
        fields.get("notes", "")[:120].replace("\n", " · "),
    ]  # fmt: skip
    return {"number": number, "name": name, "rest": " · ".join(part for part in parts if part)}


def about_file(file: dict[str, Any]) -> list[str]:
    words = []
    if lines := file["unclosed"]:
        words.append(
            ngettext(
                "On line %(lines)s a quotation mark is not closed: the line was read without it.",
                "On lines %(lines)s a quotation mark is not closed: these lines were read without it.",
                len(lines),
            )
            % {"lines": ", ".join(map(str, lines))}
        )
    if file["damaged"]:
        words.append(_("Some letters of this file are damaged and show as �."))
    if lines := file["cut"]:
        words.append(
            _("Too long, and cut: something on line %(lines)s.")
            % {"lines": ", ".join(map(str, lines))}
        )
    if file["other_sheets"]:
        words.append(_("Only the first sheet is read; this workbook has others."))
    return words


def _national(e164: str) -> str:
    return str(PhoneNumber.from_string(e164).as_national) if e164 else ""
