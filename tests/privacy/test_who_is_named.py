"""Everything that leads to a person, or says something of a patient, has an end that somebody decided.

A new relation, or a new column of a record, fails here until it is erased, kept without her, and
handed out, or named with its reason.
"""

import json
from datetime import date

from django.apps import apps
from django.db.models import ForeignKey

from maia.accounts.models import User
from maia.patients.models import Patient
from maia.privacy.erasing import erase_patient
from maia.privacy.handing_out import data_of_patient
from tests.conftest import NOW, make_patient, make_user

# What becomes of it when the record is erased. `test_erasing` reads every text that is left.
LEADS_TO_A_RECORD = {
    "appointments.Appointment.patient": "the agenda's history stays: no note, no link, no name",
    "appointments.HistoryEntry.old_patient": "blanked: that it was once noted for her",
    "messaging.Message.patient": "that it left stays, its words do not; what waits is dropped",
    "invitations.Invitation.patient": "erased",
    "patients.ImportedRecord.patient": "erased: what the record was before an import",
    "patients.Merge.kept": "erased: who went into it",
    "privacy.JournalEntry.patient": "who did what stays until its own term; names are blanked",
    "privacy.JournalEntry.other": "as above",
}
# When the account is deleted.
LEADS_TO_AN_ACCOUNT = {
    "account.EmailAddress.user": "goes with it",
    "admin.LogEntry.user": "goes with it",
    "calendars.Feed.user": "goes with it: nobody reads an agenda after she left",
    "invitations.Invitation.invited_by": "the invitation stays, without who sent it",
    "jobs.Job.asked_by": "the job stays, without who asked",
    "mfa.Authenticator.user": "goes with it",
    "appointments.HistoryEntry.user": "the act stays, without who did it",
    "patients.Patient.user": "the record is the practice's, and stays",
    "patients.PatientImport.asked_by": "the import stays, without who asked",
    "practices.Membership.user": "the seat is given up first: a last owner keeps hers",
    "practices.Practitioner.user": "her agenda is the practice's, and stays",
    "privacy.JournalEntry.user": "the line stays with her address until its term",
    "tokens.Token.user": "goes with it",
    "usersessions.UserSession.user": "goes with it",
}
# Columns of a record that are not about her, and so neither erased nor handed out.
OF_THE_PRACTICE = {
    "id", "practice_id", "erased_at", "created_at", "origin", "no_sms", "online_booking_barred"
}  # fmt: skip
NOT_HANDED_OUT = {
    "user_id": "an account hands itself out",
    "own_practitioner_id": "her name is",
    "search_text": "made of her names, which are handed out",
    "undeliverable_email": "a copy of her address",
    "language": "said with her account",
    "notes": "the practice's: handed out by it alone",
    "external_id": "the practice's: handed out by it alone",
}


def relations_to(model):
    return {
        f"{other._meta.label}.{field.name}"
        for other in apps.get_models()
        for field in other._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is model
    }


def full_record(practice):
    """Every column of it says something."""
    own = practice.practitioners.create(first_name="Anne", last_name="Morel")
    return make_patient(
        practice, "Lina", make_user("lina@patiente.example"), birth_name="Leduc",
        mobile="+33639980001", phone="+33240000001", contact_name="Sacha",
        contact_phone="+33639980002", external_id="W-77", undeliverable_email="lina@patiente.example",
        birth_date=date(1990, 5, 4), due_date=date(2027, 5, 4),
        child_birth_date=date(2026, 5, 4), street="5 rue du Port", postcode="44000", city="Nantes",
        access="Code 4071", language="fr", notes="Allergie", own_practitioner=own,
    )  # fmt: skip


def columns_about_her():
    return {f.attname for f in Patient._meta.concrete_fields} - OF_THE_PRACTICE


def test_all_that_leads_to_a_record_or_an_account_has_an_end():
    assert relations_to(Patient) == LEADS_TO_A_RECORD.keys()
    assert relations_to(User) == LEADS_TO_AN_ACCOUNT.keys()


def test_every_column_of_a_record_is_emptied(practice):
    lina = full_record(practice)
    lina.refresh_from_db()
    said = {name: getattr(lina, name) for name in columns_about_her()}
    assert all(said.values()), said  # nothing is proved of what was empty
    erase_patient(lina, now=NOW)
    lina.refresh_from_db()
    kept = {name for name, value in said.items() if getattr(lina, name) == value}
    assert kept == set()


def test_every_column_of_a_record_is_handed_out(practice):
    lina = full_record(practice)
    lina.refresh_from_db()
    answer = json.dumps(data_of_patient(lina, by_practice=False), default=str, ensure_ascii=False)
    missing = {
        name for name in columns_about_her() if str(getattr(lina, name)) not in answer
    }  # what is alike elsewhere counts as handed out: each value above stands once
    assert missing - NOT_HANDED_OUT.keys() == set()
