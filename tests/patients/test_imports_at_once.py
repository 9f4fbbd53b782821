"""Yes said six times at once, two workers, the same file twice: each record is made once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from maia.config.jobs import KINDS
from maia.jobs.models import Job
from maia.jobs.working import work_on_jobs
from maia.patients.import_jobs import NotNow, begin, confirm
from maia.patients.models import Patient, PatientImport
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
FILE = b"Nom;Prenom\n" + b"".join(f"Roy;Lina {n}\n".encode() for n in range(200))


def at_once(acts):
    def run(act):
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def work(name):
    while work_on_jobs(KINDS, name, lambda: NOW):
        pass


def yes(importing, user):
    try:
        confirm(importing, by=user, now=NOW)
    except NotNow:
        return 0
    return 1


def test_each_record_once(practice, anne):
    for _file in range(2):
        begin(practice, "liste.csv", FILE, by=anne.user, now=NOW)
    work("one")
    seen = [list(PatientImport.objects.select_related("job")) for _tab in range(3)]
    acts = [lambda i=i: yes(i, anne.user) for tab in seen for i in tab]
    assert sum(at_once(acts)) == 2
    at_once([lambda: work("one"), lambda: work("two")])
    work("one")
    assert Patient.objects.count() == 200
    assert Job.objects.filter(kind="patients.import").count() == 2
    assert set(PatientImport.objects.values_list("state", flat=True)) == {"done"}
