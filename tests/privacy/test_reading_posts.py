"""Patients' rows in the answer to what is posted, or of a file that was given, leave a line too."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.patients.import_models import packed
from maia.patients.merging import merge_patients
from maia.privacy.journal import Act
from maia.privacy.models import JournalEntry
from maia.schedules.models import Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.privacy.test_reading import ON_POST

STALE = {"version": "77"}
FILE = {"encoding": "utf-8", "damaged": 0, "unclosed": [], "cut": [], "other_sheets": []}
SHOWN = {"columns": [], "rows": [], "lines": [], "remarks": [], "remarks_count": 0, "file": FILE}
# What is posted (or read, where the file was posted before), what it is answered, and its line.
PERIOD = {"name": "Été", "first_date": "2026-12-01", "start_0": "09:00", "end_0": "12:00"}
REPLACED = {
    "practitioner": "anne", "substitute": "colleague", "first_date": "2026-12-03",
    "last_date": "2026-12-03", "hours": "substitute",
}  # fmt: skip
CASES = {
    "new_patient": ({"first_name": "Julie", "last_name": "Petit"}, 409, [Act.SEARCHED]),
    "new_appointment": ({"patient": "julie", "date": "x"}, 422, [Act.OPENED]),
    "noting_told": (
        {"patient": "julie", "practitioner": "anne", "type": "type", "date": "2026-12-03", "time": "09:00"},
        200, [Act.OPENED],
    ),
    "move": ({**STALE, "date": "x"}, 422, [Act.OPENED]),
    "undo_move": ({"version": "1"}, 200, [Act.AGENDA]),
    "cancel": (STALE, 409, [Act.OPENED]),
    "answer_request": ({"decline": "1"}, 200, [Act.OPENED]),
    "confirm": (None, 409, [Act.OPENED]),
    "unconfirm": (STALE, 409, [Act.OPENED]),
    "patient_search": ({"patient_search": "Petit"}, 200, [Act.SEARCHED]),
    "merge": ({"other": "other"}, 200, [Act.OPENED, Act.OPENED]),
    "undo_merge": ("GET", 200, [Act.OPENED]),
    "new_absence": (
        {
            "practitioner": "anne", "repeat": "never",
            "first_date": "2026-12-03", "last_date": "2026-12-03",
        },
        409, [Act.AGENDA],
    ),
    "edit_absence": (
        {"first_date": "2026-12-03", "last_date": "2026-12-03"}, 409, [Act.AGENDA]
    ),
    "new_event": (
        {"practitioner": "anne", "date": "2026-12-03", "whole_days": "on"}, 409, [Act.AGENDA]
    ),
    "personal_event": ({"date": "2026-12-03", "whole_days": "on"}, 409, [Act.AGENDA]),
    "move_event": (
        {"date": "2026-12-03", "time": "09:00", "end": "2026-12-03T10:00", "version": 0}, 409,
        [Act.AGENDA]
    ),
    "schedule": ("closed", 409, [Act.AGENDA]),
    "new_opening": (
        {"date": "2026-12-03", "start": "14h", "end": "15h", "for_all": "on"}, 409, [Act.AGENDA]
    ),
    "edit_opening": (
        {"date": "2026-12-03", "start": "14h", "end": "15h", "for_all": "on"}, 409, [Act.AGENDA]
    ),
    "delete_opening": ({}, 200, [Act.AGENDA]),
    "new_period": (PERIOD, 409, [Act.AGENDA]),
    "new_replacement": (REPLACED, 409, [Act.AGENDA]),
    "edit_replacement": (REPLACED, 409, [Act.AGENDA]),
    "delete_replacement": ({}, 200, [Act.AGENDA]),
    "edit_period": (PERIOD, 409, [Act.AGENDA]),
    "delete_period": ({}, 200, [Act.AGENDA]),
    "type_schedule": ("closed", 409, [Act.AGENDA]),
    "new_type_period": (PERIOD, 409, [Act.AGENDA]),
    "new_type_opening": ({"date": "2026-12-03", "start": "14h", "end": "15h"}, 409, [Act.AGENDA]),
    "patient_import": ("file", 302, []),  # nobody is shown yet
    "import_of": ("GET", 200, [Act.LISTED]),
    "import_remarks": ("GET", 200, [Act.LISTED]),
}  # fmt: skip


def test_every_one_is_tried():
    assert CASES.keys() == ON_POST


@pytest.mark.parametrize("name", CASES)
def test_what_is_posted_and_answers_patients_leaves_a_line(
    name, owner, practice, anne, follow_up, julie
):
    typed, status, acts = CASES[name]
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    other = make_patient(practice, "Julie")
    if name == "undo_merge":
        merge_patients(julie, other, agreed=True, now=NOW)
    if name == "undo_move":
        move_appointment(made, at(THURSDAY, "15:00"), by=By.practice(None), now=NOW)
    if name == "confirm":
        type(made).objects.filter(pk=made.pk).update(status="cancelled")
    importing = practice.patient_imports.create(
        file_name="x.csv", state="read", created_at=NOW - timedelta(hours=1), titles_row=1,
        shown=packed(SHOWN), remarks=packed([]),
    )  # fmt: skip
    (event,) = block_time(
        anne, at(THURSDAY, "18:00"), at(THURSDAY, "19:00"), Text(), now=NOW, allow_overlap=False
    )
    away = anne.absences.create(start=at(THURSDAY, "20:00"), end=at(THURSDAY, "21:00"))
    opening = None
    if name in ("edit_opening", "delete_opening"):  # which alone opens that day
        anne.schedule.write({})
        opening = anne.schedule.special_days.create(date=THURSDAY, start=540, end=720).pk
    if name in ("edit_period", "delete_period"):
        anne.schedule.write({})
        period = anne.schedule.periods.create(name="Été", first_date=THURSDAY)
        anne.schedule.other_lines.create(period=period, week=0, weekday=3, start=540, end=720)
        opening = period.pk
    colleague = practice.practitioners.create(first_name="Zoé", last_name="Roy")
    if name in ("edit_replacement", "delete_replacement"):  # the other way round, or for her
        replaced, by = (colleague, anne) if name == "delete_replacement" else (anne, colleague)
        if name == "delete_replacement":
            type(follow_up).objects.filter(pk=follow_up.pk).update(practitioner=colleague)
        friday = THURSDAY + timedelta(days=name == "edit_replacement")
        opening = practice.replacements.create(
            practitioner=replaced, substitute=by, first_date=friday, last_date=friday
        ).pk
    if "type" in name:
        Schedule.set_own(follow_up, {3: [(540, 720)]})
    pk = {
        "edit_replacement": opening, "delete_replacement": opening, "edit_period": opening, "delete_period": opening, "new_period": anne.pk, "type_schedule": follow_up.pk,
        "new_type_period": follow_up.pk, "new_type_opening": follow_up.pk, "edit_opening": opening, "delete_opening": opening, "new_opening": anne.pk,
        "edit_absence": away.pk,
        "personal_event": event.pk, "move_event": event.pk,
        "merge": julie.pk, "undo_merge": julie.pk, "schedule": anne.pk,
        "import_of": importing.pk, "import_remarks": importing.pk,
    }.get(name, made.pk)  # fmt: skip
    without = {
        "new_patient",
        "new_replacement",
        "new_appointment",
        "patient_search",
        "new_absence",
        "new_event",
        "noting_told",
        "patient_import",
    }
    path = reverse(f"office:{name}", args=[] if name in without else [pk])
    pks = {"julie": julie.pk, "other": other.pk, "anne": anne.pk, "type": follow_up.pk}
    pks["colleague"] = colleague.pk
    if typed == "GET":
        answer = owner.get(path)
    elif typed == "closed":
        answer = owner.post(path, {"start_0": "09:00", "end_0": "12:00"})  # Mondays only
    elif typed == "file":
        file = SimpleUploadedFile("x.csv", b"nom;prenom\nPetit;Lina\n")
        answer = owner.post(path, {"file": file})
    else:
        # A move is taken back in the agenda: a form's answer leads to the sheet, which writes its own.
        asks = {"Accept": "application/json"} if name == "undo_move" else {}
        answer = owner.post(
            path, {k: pks.get(v, v) for k, v in (typed or {}).items()}, headers=asks
        )
    assert answer.status_code == status, answer.content.decode()[:2000]
    assert list(JournalEntry.objects.values_list("act", flat=True)) == acts
