"""Patients' rows are got through `privacy.reading`: who else of the office reaches them is named here.

What a function of `maia/office` or `maia/api/office` reaches by itself, past the seat's reading, is
one row that its caller opens, a number, or what it says below. A new one fails until it goes through
`privacy.reading`, or is decided here; `test_reading` sees that a line is left.
"""

import ast
from pathlib import Path

import pytest

MAIA = Path(__file__).parent.parent.parent / "maia"
MODELS = {"Patient", "Appointment", "Event", "Message", "HistoryEntry", "Invitation"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
RELATED = {"patients", "appointments", "events", "records", "journal", "history", "relatives"}
# Functions of the domain that answer with patients' rows.
ANSWERS = {
    "search_patients",
    "alike",
    "sharing",
    "appointments_of",
    "records_of",
    "messages_of",
    "look_alike",
    "sharing_with",
    "covered",
    "stranded",
    "what_it_leaves",
    "what_it_meets",
    "would_be_told",
    "data_of_patient",
}

ONE_ROW = {  # a row is got by its key, then opened (`open_record`) or acted upon
    "office/patients/merges.py:merge", "office/patients/merges.py:undo_merge", "office/patients/invitations.py:invite", "office/patients/invitations.py:invite_to_book_step",
    "office/patients/invitations.py:withdraw_invitation", "office/patients/leaving.py:erase",
    "office/patients/leaving.py:hand_out", "office/access.py:get_appointment",
    "api/office/patients.py:_ours", "api/office/appointments.py:_ours",
    "api/office/appointments.py:create_appointment", "api/office/appointments.py:change",
    "office/appointments/whose.py:correct_patient", "api/office/messages.py:messages",
    "api/office/replacements.py:hand_appointments_over",
}  # fmt: skip
OPENS = {  # of a record or an appointment that the same function opens
    "office/appointments/tellings.py:told_of",
    "office/patients/record.py:patient", "office/appointments/noting.py:_render_new",
    "office/appointments/foretold.py:_opened_record",
    "office/appointments/sheet.py:render_sheet",
    "office/appointments/sheet.py:_leaving", "office/appointments/overlaps.py:what_stands", "office/appointments/dragging.py:said_of",
    "office/patients/merges.py:_side_by_side",
    "office/patients/merges.py:_side_by_side.appointments",
}  # fmt: skip
NUMBERS = {
    "office/menu.py:problems_of", "office/menu.py:requests_of",
    "office/patients/leaving.py:_cancellations_to_leave",
}  # fmt: skip
READS_FIRST = {  # `read_agenda`, `read_messages` in the same function or by who calls it
    "office/appointments/whereabouts.py:_whereabouts", "office/patients/finding.py:_listed",
    "office/absences/views.py:new_absence", "office/absences/deciding.py:Deciding._row", "office/settings/schedule.py:schedule",
    "office/settings/openings.py:_edit", "office/settings/periods.py:_edit",
    "office/settings/fates.py:Fates._row", "office/settings/replacements.py:_edit",
    "office/settings/replacements.py:delete_replacement",
    "api/office/blocks.py:create_absence.create", "api/office/sheets.py:write_schedule", "api/office/stranded.py:stranded",
    "api/office/replacements.py:_write", "api/office/replacements.py:delete_replacement",
    "office/settings/types.py:_edit", "api/office/types.py:change_type",
    "office/agenda/wanted.py:Wanted.matching", "office/messages/views.py:_get",
    "office/personal/words.py:met_in_words",
}  # fmt: skip
NOBODY = {  # personal time, and what a form may choose from
    "office/absences/listing.py:series_to_come", "office/absences/listing.py:events_to_come",
    "office/personal/views.py:get_event", "api/office/personal.py:_events",
    "office/appointments/forms.py:NewAppointmentForm", "office/appointments/forms.py:NewAppointmentForm.__init__",
}  # fmt: skip
OF_THE_JOURNAL = {  # the owner reads who did what; it names whom that was about, as its own lines do
    "office/settings/journal.py:JournalForm.lines", "office/settings/journal_lines.py:Lines.__getitem__",
}  # fmt: skip
DOORS = ONE_ROW | OPENS | NUMBERS | READS_FIRST | NOBODY | OF_THE_JOURNAL


def reached(source, path):
    """The functions that reach patients' rows by themselves, each as ``path:name``."""
    tree = ast.parse(source)
    called = {}  # as this file calls a model or a function of the domain
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            called |= {name.asname or name.name: name.name for name in node.names}
    places = set()

    def walk(node, inside):
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            name = ".".join([*filter(None, [inside]), child.name]) if named else inside
            if is_raw(child, called):
                places.add(f"{path}:{name}")
            walk(child, name)

    walk(tree, "")
    return places


def is_raw(node, called):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name = called.get(node.func.id)
        models = any(
            isinstance(arg, ast.Name) and called.get(arg.id) in MODELS for arg in node.args
        )
        return name in ANSWERS or models
    if not isinstance(node, ast.Attribute):
        return False
    if isinstance(node.value, ast.Name) and called.get(node.value.id) in MODELS:
        return node.attr in MANAGERS
    imported = isinstance(node.value, ast.Name) and node.value.id in called
    return node.attr in RELATED and not imported


def faces():
    for folder in ("office", "api/office"):
        for file in sorted((MAIA / folder).rglob("*.py")):
            yield file.read_text(), str(file.relative_to(MAIA))


def test_every_place_that_reaches_them_past_the_reading_is_named():
    places = set().union(*(reached(source, path) for source, path in faces()))
    assert places - DOORS == set()
    assert DOORS - places == set()  # named, and not there any more


@pytest.mark.parametrize(
    "line",
    [
        "Patient.objects.all()",
        "P.objects.filter(pk=1)",
        "Patient._base_manager.all()",
        "request.seat.practice.patients.kept()",
        "practice.appointments.upcoming(now)",
        "search_patients(practice, typed, 8)",
        "get_object_or_404(Patient, pk=pk)",
        "[a for a in record.appointments.all()]",
    ],
)
def test_one_that_is_not_named_is_seen(line):
    source = (
        "from maia.patients.models import Patient, Patient as P\n"
        "from maia.patients.search import search_patients\n"
        "from django.shortcuts import get_object_or_404\n"
        f"def page(request):\n    return {line}\n"
    )
    assert reached(source, "office/new.py") == {"office/new.py:page"}
    assert not reached(source.replace(line, "read_records(request.seat, now=now)"), "office/new.py")
