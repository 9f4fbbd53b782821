"""What an import writes is worked out before the transaction; killed in it, it is done once."""

import os
import signal
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context

import phonenumbers
import pytest
from django.db import connections

from maia.config.jobs import KINDS
from maia.jobs.working import Progress, work_on_jobs
from maia.patients import import_jobs
from maia.patients.import_writing import is_still_so, prepare_import
from maia.patients.importing import Lines
from maia.patients.lists.rows import Draft
from maia.patients.models import ImportedRecord, Patient, PatientImport
from tests.conftest import NOW, make_patient
from tests.office.conftest import frozen  # noqa: F401
from tests.pace import PATIENCE
from tests.patients.test_importing import HEAD, import_, read, said, work

pytestmark = pytest.mark.django_db
TEXT = HEAD + "Roy;Lina;l@x.example;0639981234;01/01/1990;7\nRoy;Zoé;;;;8\n"


@contextmanager
def in_last_step(monkeypatch, act, after=lambda: None):
    """``act`` is done when the job's last transaction has begun."""
    real = Progress.last_step

    @contextmanager
    def last_step(self):
        with real(self) as result:
            act()
            yield result
            after()

    monkeypatch.setattr(Progress, "last_step", last_step)
    yield
    monkeypatch.undo()


@pytest.mark.parametrize("existing", ["keep", "overwrite"])
def test_no_number_is_read_while_the_database_is_held(practice, anne, monkeypatch, existing):
    if existing == "overwrite":
        import_(practice, anne, TEXT)
    importing = read(practice, anne, TEXT.replace("1234", "4321"), existing)
    import_jobs.confirm(importing, by=anne.user, now=NOW)

    def refuse(*args, **kwargs):
        raise AssertionError("a number was read")

    def hold():
        monkeypatch.setattr(phonenumbers, "parse", refuse)
        monkeypatch.setattr(phonenumbers, "is_valid_number", refuse)

    with in_last_step(monkeypatch, hold):
        work()
    record = Patient.objects.get(first_name="Lina")
    assert (str(record.mobile), record.search_text.split()[0]) == ("+33639984321", "lina")
    assert Patient.objects.count() == 2


def test_what_has_changed_since_is_seen(practice, elsewhere):
    record = make_patient(practice, "Lina", mobile="+33639981234")
    importing = PatientImport(practice=practice)
    prepared = prepare_import(Lines([Draft(1, {"last_name": "Roy"})]), importing)
    make_patient(elsewhere["practice"], "Zoé")
    assert is_still_so(prepared, practice)
    Patient.objects.filter(pk=record.pk).update(notes="Rh-")
    assert not is_still_so(prepared, practice)
    Patient.objects.filter(pk=record.pk).update(notes="")
    assert is_still_so(prepared, practice)
    make_patient(practice, "Zoé")
    assert not is_still_so(prepared, practice)


def test_who_was_made_meanwhile_is_not_made_twice(practice, anne, monkeypatch):
    importing = read(practice, anne, TEXT)
    import_jobs.confirm(importing, by=anne.user, now=NOW)
    with in_last_step(
        monkeypatch, lambda: make_patient(practice, "Zoé", last_name="Roy", external_id="8")
    ):
        work()
    assert sorted(Patient.objects.values_list("first_name", flat=True)) == ["Lina", "Zoé"]
    importing.refresh_from_db()
    assert said(importing.counts) == {"new": 1, "there": 1}


def test_what_is_not_written_is_not_said_to_be_in_the_notes(practice, anne):
    make_patient(practice, "Lina", last_name="Roy", external_id="7")
    text = HEAD + "Roy;Lina;pas une adresse;;;7\nRoy;Zoé;pas une adresse;;;8\n"
    kept = read(practice, anne, text)
    told = import_jobs.unpacked(kept.remarks)
    assert [(number, code) for number, _who, code, *_ in told] == [(3, "bad_email")]
    filled = import_(practice, anne, text, "fill")
    told = import_jobs.unpacked(filled.remarks)
    assert {number for number, _who, code, *_ in told if code == "bad_email"} == {2, 3}
    assert "pas une adresse" in Patient.objects.get(external_id="7").notes


@pytest.mark.once  # a fork of a process with browsers once left PostgreSQL waiting for it
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_is_done_once_by_another(practice, anne, monkeypatch):
    importing = read(practice, anne, TEXT)
    import_jobs.confirm(importing, by=anne.user, now=NOW)
    connections.close_all()  # a connection does not survive a fork

    def until_it_dies():
        die = lambda: os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731
        with in_last_step(monkeypatch, lambda: None, after=die):
            work_on_jobs(KINDS, "killed", lambda: NOW)

    process = get_context("fork").Process(target=until_it_dies)
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    assert not Patient.objects.exists()
    work()  # its lease lasts
    assert not Patient.objects.exists()
    work(NOW + timedelta(minutes=2))
    importing.refresh_from_db()
    assert (importing.state, said(importing.counts)) == ("done", {"new": 2})
    assert (Patient.objects.count(), ImportedRecord.objects.count()) == (2, 2)
