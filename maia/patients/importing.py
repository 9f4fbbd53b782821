"""A list of patients into records: what each line would become. `import_writing` does that.

Lines are counted in and out: each is new, changes a record, is there already, is twice in the file,
could be several records, has no name, or is empty. Accounts and what patients agreed to are never
touched.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from maia.patients.batches import in_batches
from maia.patients.import_models import PatientImport
from maia.patients.lists.rows import NOTES, Draft, NoName, Reads, Remark, read_row
from maia.patients.matching import People, Person
from maia.patients.models import Patient
from maia.patients.prints import value_of
from maia.patients.text import folded
from maia.practices.models import Practice

Existing = PatientImport.Existing
OUTCOMES = ("new", "updated", "there", "twice", "unsure", "refused", "blank")
# Remarks that say of a cell that it is in the notes: not where nothing is written.
KEPT_IN_NOTES = {
    *("bad_email", "bad_phone", "bad_date", "bad_name", "long", "more", "words"),
    "no_practitioner",
}
OWN = "own_practitioner_id"  # the column of the record
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
    """Every row judged. One query, for the team."""
    lines, team = Lines(), _names_of_team(practice)
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
            _find_own_practitioner(draft, team)
            lines.drafts.append(draft)
    return lines


def _names_of_team(practice: Practice) -> dict[str, int]:
    """Keys of practitioners by their folded names, in either order; none for a name of two."""
    by_name: dict[str, set[int]] = defaultdict(set)
    for one in practice.practitioners.filter(is_active=True):
        first, last = folded(one.first_name), folded(one.last_name)
        for name in (f"{first} {last}", f"{last} {first}", last, folded(one.name)):
            by_name[name.strip()].add(one.pk)
    return {name: min(keys) for name, keys in by_name.items() if name and len(keys) == 1}


def _find_own_practitioner(draft: Draft, team: dict[str, int]) -> None:
    name = draft.fields.get("own_practitioner")
    if name is None:
        return
    if (key := team.get(folded(name))) is not None:
        draft.own_practitioner = key
        return
    del draft.fields["own_practitioner"]
    draft.remarks.append(Remark("no_practitioner", "", name))
    draft.fields["notes"] = f"{draft.fields.get('notes', '')}\n{name}".strip()[:NOTES]


def plan_import(lines: Lines, practice: Practice, existing: str) -> Plan:
    """What would become of each line. Nothing is written."""
    plan = Plan()
    plan.counts["blank"] = lines.blank
    known = list(_people_of(practice))
    records: People[int] = People(known)
    addresses = {one.email for one in known} - {""}
    earlier: People[Draft] = People()
    about: dict[int, Draft] = {}  # by record: the first line that was about it
    unheard: set[int] = set()  # drafts of which nothing is written
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
            if person.email in addresses:
                draft.remarks.append(Remark("shared", "", person.email))
            addresses |= {person.email} - {""}
            plan.new.append(draft)
        elif outcome == "unsure":
            draft.remarks.append(Remark("unsure"))
        plan.counts[outcome] += 1
        left = outcome == "there" and existing == Existing.KEEP
        if left or outcome == "unsure" or (first is not None and id(first) in unheard):
            unheard.add(id(draft))
    if existing != Existing.KEEP:
        _plan_updates(plan, about, existing, addresses)
    for draft in lines.drafts:
        told = [r for r in draft.remarks if id(draft) not in unheard or r.code not in KEPT_IN_NOTES]
        plan.remarks += [(draft.number, draft.name, remark) for remark in told]
    for number, cells in lines.refused:
        plan.counts["refused"] += 1
        plan.remarks.append((number, "", Remark("no_name", "", cells)))
    plan.remarks.sort(key=lambda remark: remark[0])
    return plan


def changes_of(record: Patient, draft: Draft, existing: str) -> dict[str, Any]:
    """Field by field what the line says otherwise and the practice wants to have from it. What it
    says and does not get is remarked on the draft."""
    changes: dict[str, Any] = {}
    has_address = any(getattr(record, name) for name in _ADDRESS)
    new = values_of(draft)
    if existing == Existing.OVERWRITE and any(name in new for name in _ADDRESS):
        new = dict.fromkeys(_ADDRESS, "") | new  # never half of one, half of another
    for name, value in new.items():
        there = value_of(record, name)
        if str(value) == there:
            continue
        if name == OWN and there and existing != Existing.OVERWRITE:
            draft.remarks.append(Remark("different", "", draft.fields["own_practitioner"]))
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


def _plan_updates(plan: Plan, about: dict[int, Draft], existing: str, addresses: set[str]) -> None:
    for pks in in_batches(about):
        for record in Patient.objects.filter(pk__in=pks).order_by("pk"):
            if changes := changes_of(record, about[record.pk], existing):
                if changes.get("email") in addresses:
                    about[record.pk].remarks.append(Remark("shared", "", changes["email"]))
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
    if first.own_practitioner is None:
        first.own_practitioner = draft.own_practitioner
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


def values_of(draft: Draft) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: date.fromisoformat(value) if name == "birth_date" else value
        for name, value in draft.fields.items()
        if name != "own_practitioner"
    }
    return values if draft.own_practitioner is None else values | {OWN: draft.own_practitioner}
