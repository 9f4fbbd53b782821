"""Which dates a record takes of a pregnancy, how they are written, and in words (rule 3.9.3)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from maia.availability.pregnancy import Pregnancy, Unit, Window
from maia.patients.merging import merge_patients
from maia.patients.models import Patient
from maia.patients.stages import (
    Stage,
    saying,
    stage_in_words,
    validate_birth_of_child,
    validate_due_date,
    window_in_words,
)
from tests.conftest import NOW, make_patient

TODAY = NOW.date()
DAY = timedelta(days=1)
DUE = date(2027, 2, 15)


@pytest.mark.rule("3.9.3")
def test_dates_of_a_pregnancy_of_now():
    for days in (-730, 0, 300):
        validate_due_date(TODAY + days * DAY, TODAY)
    for days in (-731, 301):
        with pytest.raises(ValidationError):
            validate_due_date(TODAY + days * DAY, TODAY)
    for days in (-730, 0):
        validate_birth_of_child(TODAY + days * DAY, TODAY)
    for days in (-731, 1):
        with pytest.raises(ValidationError):
            validate_birth_of_child(TODAY + days * DAY, TODAY)


@pytest.mark.rule("3.9.3")
def test_it_is_written_with_what_is_done_or_not_at_all(julie):
    with pytest.raises(ZeroDivisionError), saying(julie, Stage(due_date=DUE)):
        1 / 0  # noqa: B018
    assert Patient.objects.get().due_date is None
    with saying(julie, Stage(child_birth_date=TODAY)):
        pass
    assert Patient.objects.get().child_birth_date == TODAY
    with saying(Patient.objects.get(), Stage()):  # what she does not say stays
        pass
    assert Patient.objects.get().child_birth_date == TODAY


def test_of_two_records_the_one_that_says_it_counts_and_no_note_keeps_it(practice):
    kept = make_patient(practice, "Mona", due_date=DUE)
    other = make_patient(practice, "Mona", due_date=DUE + DAY, child_birth_date=TODAY)
    merge_patients(kept, other, now=NOW)
    record = Patient.objects.get(pk=kept.pk)
    assert (record.due_date, record.child_birth_date) == (DUE, TODAY)
    assert "2027" not in record.notes


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2026, 10, 22), "24 SA + 3 j", "24 weeks + 3"),
        (DUE, "41 SA", "41 weeks"),
        (date(2026, 1, 1), "", ""),
    ],
)
def test_a_week_in_words(day, french, english):
    pregnancy = Pregnancy(due=DUE, term_weeks=41)
    for language, words in (("fr", french), ("en", english)):
        with translation.override(language):
            assert stage_in_words(pregnancy, day).replace("\u00a0", " ") == words


def test_days_after_a_birth_and_windows_in_words():
    born = Pregnancy(born=DUE)
    with translation.override("fr"):
        said = [stage_in_words(born, DUE + days * DAY) for days in (0, 1, 12)]
        windows = [window_in_words(Window(unit, 3, 12)) for unit in Unit]
    assert said == [
        "le jour de la naissance", "1 jour après la naissance", "12 jours après la naissance",
    ]  # fmt: skip
    assert [words.replace("\u00a0", " ") for words in windows] == [
        "de 3 SA à 12 SA + 6 j", "du jour 3 au jour 12 après la naissance",
    ]  # fmt: skip
