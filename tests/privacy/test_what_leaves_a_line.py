"""What somebody of the team changes leaves a line: who of the office writes none is named here.

Read from the source, so that a new page or operation is asked too: a function that answers a POST
(or PUT, PATCH, DELETE) writes into the journal, by itself or through what it calls in its own file,
or says here where else it stands.
"""

import ast
import re
from pathlib import Path

import pytest

from maia.messaging.models import Message
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, make_patient

MAIA = Path(__file__).parent.parent.parent / "maia"
FILES = [*MAIA.glob("office/**/*.py"), *MAIA.glob("api/office/*.py"), MAIA / "api/feeds.py"]
# Names that write a line, or whose act does in its own transaction.
WRITES = {"written_down", "note", "journalled", "note_import", "merge_records", "unmerge"}

HISTORY = {  # in the appointment's own history, which its page shows
    "office/appointments/attending.py:attendance", "office/appointments/listing.py:answer_request",
    "office/appointments/whose.py:correct_patient", "office/appointments/sheet.py:sheet", "office/appointments/moving.py:move", "office/appointments/acts.py:cancel",
    "office/appointments/acts.py:confirm", "office/appointments/dragging.py:undo", "office/appointments/acts.py:unconfirm",
    "api/office/appointments.py:create_appointment", "api/office/appointments.py:move",
    "api/office/appointments.py:change_appointment", "api/office/appointments.py:cancel", "api/office/appointments.py:change",
    "api/office/replacements.py:hand_appointments_over",
}  # fmt: skip
DOMAIN = {  # in the transaction of the act: `privacy/merges.py`, `privacy/imports.py`
    "office/patients/merges.py:undo_merge", "office/patients/imports.py:patient_import",
    "office/patients/imports.py:import_of", "office/patients/imports.py:change_import",
}  # fmt: skip
NOTHING = {  # shows, or keeps what she alone sees
    "office/fields/kept_form.py:wrapped",  # the view within it writes its own
    "office/agenda/views.py:choose_practice", "office/settings/embed.py:no_website", "office/messages/views.py:test_message",
    "office/patients/finding.py:search_as_typed", "office/patients/finding.py:patients",
    "office/appointments/foretold.py:noting_told",  # who is shown leaves hers: `open_record`
    "office/settings/practitioner.py:preview_sms", "office/settings/types.py:preview_type",
    "office/personal/views.py:event_summary",
}  # fmt: skip


def writers_without_a_line(source, path):
    """The functions that take what is sent and reach no name of `WRITES`, as ``path:name``."""
    functions = {
        node.name: node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return {
        f"{path}:{name}"
        for name, function in functions.items()
        if takes_what_is_sent(function) and not called_by(name, functions, set()) & WRITES
    }


def takes_what_is_sent(function):
    above = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
    if re.search(r"require_POST|\.(post|put|patch|delete)\(", above):
        return True
    return bool(above) and "'POST'" in ast.unparse(function)


def called_by(name, functions, seen):
    """The names that it calls or hands on to be called, and those that these call, as long as they stand
    in this file."""
    seen.add(name)
    calls = [node for node in ast.walk(functions[name]) if isinstance(node, ast.Call)]
    called = [part for call in calls for part in (call.func, *call.args)]
    names = {
        part.id if isinstance(part, ast.Name) else getattr(part, "attr", "") for part in called
    }
    for further in (names & functions.keys()) - seen:
        names |= called_by(further, functions, seen)
    return names


def test_every_change_of_the_office_leaves_a_line_or_says_where():
    without = set()
    for file in FILES:
        without |= writers_without_a_line(file.read_text(), file.relative_to(MAIA).as_posix())
    assert without == HISTORY | DOMAIN | NOTHING


def test_the_walk_sees_a_new_page():
    source = "@office\n@require_POST\ndef close(request):\n    _close(request)\ndef _close(r): {}"
    assert writers_without_a_line(source.format("r.save()"), "x.py") == {"x.py:close"}
    assert writers_without_a_line(source.format("written_down(r)"), "x.py") == set()


@pytest.mark.parametrize(
    ("action", "act"), [("resend", "sent_again"), ("arrived", "settled"), ("seen", "settled")]
)
def test_what_is_done_about_a_message(owner, practice, anne, action, act):
    julie = make_patient(practice, "Julie", email="julie@patiente.example")
    message = Message.objects.create(
        practice=practice, key="k", due_at=NOW, try_after=NOW, status="failed", error="smtp 550",
        kind="reminder", channel="email", recipient="patient", patient=julie,
    )  # fmt: skip
    owner.post(f"/pro/messages/{message.pk}/{action}/")
    line = JournalEntry.objects.get(act=act)
    assert (line.patient, line.who) == (julie, anne.user.email)


def test_all_messages_seen_at_once(owner, practice):
    owner.post("/pro/messages/seen/")
    assert JournalEntry.objects.get(act="settled").patient is None
