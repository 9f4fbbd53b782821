"""A list of patients into records: what each line would become, then that, in one transaction.

Lines are counted in and out: each is new, changes a record, is there already, is twice in the file,
could be several records, has no name, or is empty. Accounts and what patients agreed to are never
touched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from maia.patients.batches import in_batches
from maia.patients.import_models import ImportedRecord, PatientImport
from maia.patients.lists.rows import NOTES, Draft, NoName, Reads, Remark, read_row
from maia.patients.matching import People, Person
from maia.patients.models import Patient
from maia.patients.prints import print_of, value_of
from maia.patients.text import folded
from maia.practices.models import Practice

Existing = PatientImport.Existing
OUTCOMES = ("new", "updated", "there", "twice", "unsure", "refused", "blank")
_ADDRESS = ("street", "postcode", "city")


@dataclass
class Lines:
    """A file, read: drafts of its lines, and those that have no name, with their cells."""

    drafts: list[Draft] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    blank: int = 0


@dataclass
class Plan:
    """``updates`` by the record's key. ``remarks``: the line, whose, what."""

    new: list[Draft] = field(default_factory=list)
    updates: dict[int, Draft] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    remarks: list[tuple[int, str, Remark]] = field(default_factory=list)


def read_lines(
    rows: Sequence[tuple[int, list[str]]],
    columns: Reads,
    practice: Practice,
    today: date,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Lines:
    """Every row judged. No query."""
    lines = Lines()
    for at, (number, cells) in enumerate(rows):
        progress(at, len(rows))
        try:
            draft = read_row(number, cells, columns, country=practice.country, today=today)
        except NoName:
            lines.refused.append((number, " · ".join(filter(None, cells))[:200]))
            continue
        if draft is None:
            lines.blank += 1
        else:
            lines.drafts.append(draft)
    return lines


def plan_import(lines: Lines, practice: Practice, existing: str) -> Plan:
    """What would become of each line. Nothing is written; whoever writes it holds the practice."""
    plan = Plan()
    plan.counts["blank"] = lines.blank
    records: People[int] = People(_people_of(practice))
    earlier: People[Draft] = People()
    about: dict[int, Draft] = {}  # by record: the first line that was about it
    for draft in lines.drafts:
        person = _person(draft)
        outcome, first = _twice(person, earlier)
        if first is None:
            outcome, pk = _known(person, records)
            if pk is not None and pk in about:
                outcome, first = "twice", about[pk]
            elif pk is not None:
                about[pk] = draft
            elif outcome == "new" and earlier.by_name(person):
                draft.remarks.append(Remark("same_name"))
        if first is not None:
            _add_to(first, draft)
        else:
            earlier.add(person)
        if outcome == "new":
            plan.new.append(draft)
        elif outcome == "unsure":
            draft.remarks.append(Remark("unsure"))
        plan.counts[outcome] += 1
    if existing != Existing.KEEP:
        _plan_updates(plan, about, existing)
    for draft in lines.drafts:
        plan.remarks += [(draft.number, draft.name, remark) for remark in draft.remarks]
    for number, cells in lines.refused:
        plan.counts["refused"] += 1
        plan.remarks.append((number, "", Remark("no_name", "", cells)))
    plan.remarks.sort(key=lambda remark: remark[0])
    return plan


def write_import(plan: Plan, importing: PatientImport) -> None:
    """In the caller's transaction. Each record that is made or changed is noted, for the way back."""
    practice, existing = importing.practice, importing.existing
    for drafts in in_batches(plan.new):
        records = [Patient(practice=practice, **_values(draft)) for draft in drafts]
        for record in records:
            record.write_search_text()
        records = Patient.objects.bulk_create(records)
        ImportedRecord.objects.bulk_create(
            ImportedRecord(by=importing, patient=record, was_made=True, print=print_of(record))
            for record in records
        )
    for pks in in_batches(plan.updates):
        changed, notes = [], []
        fields: set[str] = {"search_text"}
        for record in Patient.objects.select_for_update().filter(pk__in=pks).order_by("pk"):
            changes = changes_of(record, plan.updates[record.pk], existing)
            before = {name: value_of(record, name) for name in changes}
            for name, value in changes.items():
                setattr(record, name, value)
            record.write_search_text()
            fields |= changes.keys()
            changed.append(record)
            notes.append(
                ImportedRecord(
                    by=importing,
                    patient=record,
                    was_made=False,
                    before=before,
                    print=print_of(record),
                )
            )
        Patient.objects.bulk_update(changed, sorted(fields), batch_size=100)
        ImportedRecord.objects.bulk_create(notes)


def changes_of(record: Patient, draft: Draft, existing: str) -> dict[str, Any]:
    """Field by field what the line says otherwise and the practice wants to have from it. What it
    says and does not get is remarked on the draft."""
    changes: dict[str, Any] = {}
    has_address = any(getattr(record, name) for name in _ADDRESS)
    new = _values(draft)
    if existing == Existing.OVERWRITE and any(name in new for name in _ADDRESS):
        new = dict.fromkeys(_ADDRESS, "") | new  # never half of one, half of another
    for name, value in new.items():
        there = value_of(record, name)
        if str(value) == there:
            continue
        if name == "notes":
            if value not in there:
                changes[name] = f"{there}\n{value}".strip()[:NOTES]
        elif name == "email" and there and record.user_id:
            draft.remarks.append(Remark("account", "", str(value)))
        elif existing == Existing.OVERWRITE or not (has_address if name in _ADDRESS else there):
            changes[name] = value
        elif folded(str(value)) != folded(there):
            draft.remarks.append(Remark("different", "", str(value)))
    return changes


def _plan_updates(plan: Plan, about: dict[int, Draft], existing: str) -> None:
    for pks in in_batches(about):
        for record in Patient.objects.filter(pk__in=pks).order_by("pk"):
            if changes_of(record, about[record.pk], existing):
                plan.updates[record.pk] = about[record.pk]
                plan.counts["updated"] += 1
                plan.counts["there"] -= 1


def _twice(person: Person[Draft], earlier: People[Draft]) -> tuple[str, Draft | None]:
    """Whether the file had her before: surely, or both lines say nothing but the name."""
    before = earlier.sure(person)
    if not before and not person.signs:
        before = [other for other in earlier.by_name(person) if not other.signs]
    return ("twice", before[0].whom) if before else ("", None)


def _known(person: Person[Draft], records: People[int]) -> tuple[str, int | None]:
    known = records.sure(person)
    if not known and (known := records.by_name(person)):
        person.whom.remarks.append(Remark("by_name"))
    if not known:
        return "new", None
    return ("there", known[0].whom) if len(known) == 1 else ("unsure", None)


def _add_to(first: Draft, draft: Draft) -> None:
    """The second line of a person: what the first did not say, and what it says otherwise."""
    other = []
    for name, value in draft.fields.items():
        if name == "notes" and value not in first.fields.get("notes", ""):
            first.fields["notes"] = f"{first.fields.get('notes', '')}\n{value}".strip()[:NOTES]
        elif name != "notes" and folded(first.fields.setdefault(name, value)) != folded(value):
            other.append(value)
    draft.remarks.append(Remark("twice", str(first.number), " · ".join(other)))


def _person(draft: Draft) -> Person[Draft]:
    said = draft.fields
    return Person(
        draft,
        said.get("last_name", ""),
        said.get("first_name", ""),
        said.get("birth_name", ""),
        said.get("email", ""),
        frozenset(draft.numbers),
        draft.birth_date,
        said.get("external_id", ""),
    )


def _people_of(practice: Practice) -> Iterator[Person[int]]:
    rows: Iterable[Any] = (
        Patient.objects.kept()
        .filter(practice=practice)
        .order_by("pk")
        .values_list(
            "pk", "last_name", "first_name", "birth_name", "email", "mobile", "phone",
            "birth_date", "external_id",
        )
    )  # fmt: skip
    for pk, last, first, birth_name, email, mobile, phone, birth_date, external_id in rows:
        numbers = frozenset(str(number) for number in (mobile, phone) if number)
        yield Person(pk, last, first, birth_name, email, numbers, birth_date, external_id)


def _values(draft: Draft) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name == "birth_date" else value
        for name, value in draft.fields.items()
    }
