"""A practice with sites and rooms leaves whole: in its export, and when it is deleted."""

import json
import zipfile

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Event
from maia.practices.models import Place, Practice, Room, Travel
from maia.tenants.deleting import delete_practice
from maia.tenants.exporting import export_practice
from tests.conftest import NOW, THURSDAY, at, make_patient


def test_sites_ways_and_rooms_are_exported_and_deleted(practice, anne, follow_up, tmp_path):
    Place.begin_with_main(practice)
    main = practice.places.get()
    quai = practice.places.create(name="Maison du Quai", position=1)
    anne.schedule.write({3: [(540, 720)]}, {3: quai.pk})
    anne.schedule.special_days.create(date=THURSDAY, start=540, end=600, place=quai)
    Travel.objects.create(practitioner=anne, one=main, other=quai, minutes=20)
    follow_up.places.set([quai])
    room = practice.rooms.create(name="Échographe", place=quai)
    patient = make_patient(practice)
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), patient, by=By.practice(None), now=NOW
    )
    Event.objects.filter(pk=made.event_id).update(room=room)
    file = tmp_path / "practice.zip"
    export_practice(practice, file, now=NOW)
    with zipfile.ZipFile(file) as archive:
        written = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    assert json.dumps("Maison du Quai") in written
    for table in ("practices.travel", "practices.room", "schedules.appointmenttype_places"):
        assert table in written.lower(), table
    delete_practice(practice, now=NOW)
    assert not Practice.objects.filter(pk=practice.pk).exists()
    for model in (Place, Travel, Room, Event):
        assert not model.objects.exists(), model
