"""What each column is read as, guessed from its title in French, in English, and as the programs
write it that practices come from. A guess is shown and may be changed: nothing is read in silence."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from maia.patients.text import folded

Row = tuple[int, list[str]]  # its number, its cells


class Column(StrEnum):
    """What a column holds. Several may hold numbers, addresses, streets and notes."""

    IGNORED = ""
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    FIRST_LAST = "first_last"  # both in one cell, in this order
    LAST_FIRST = "last_first"
    BIRTH_NAME = "birth_name"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    MOBILE = "mobile"
    ANY_PHONE = "any_phone"  # hers, of either kind: the first mobile is her mobile
    PHONE = "phone"  # never gets an SMS
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    ADDRESS = "address"  # all of it in one cell
    STREET = "street"
    POSTCODE = "postcode"
    CITY = "city"
    ACCESS = "access"
    EXTERNAL_ID = "external_id"
    OWN_PRACTITIONER = "own_practitioner"  # by her name, of the practice's team
    NOTES = "notes"


NAMES = {Column.LAST_NAME, Column.FIRST_NAME, Column.FIRST_LAST, Column.LAST_FIRST}
_SEVERAL = {
    Column.IGNORED, Column.EMAIL, Column.MOBILE, Column.ANY_PHONE, Column.PHONE, Column.STREET,
    Column.NOTES,
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """``asks``: somebody should look whose it is before it is read so."""

    column: Column
    asks: bool = False


@dataclass(frozen=True)
class Layout:
    """Where titles and patients are, as indexes of rows; no titles: None."""

    titles: int | None
    first: int


# Titles, folded (no accent, no apostrophe, no sign), as whole.
_TITLES: list[tuple[Column, str]] = [
    (Column.BIRTH_NAME, r"(patient )?(birth|maiden) ?name|nom (de )?(naissance|jeune fille)"),
    (
        Column.LAST_NAME,
        r"(patient )?(last|family) ?name|surname|(patient )?noms?( (de )?famille| usuel| dusage"
        r"| dusage ou marital| marital| depouse| utilise| patiente?s?| (de|du) (la )?patiente?)?",
    ),
    (
        Column.FIRST_NAME,
        r"(patient )?(first|given|fore) ?names?|(patient )?(premier )?prenoms?"
        r"( (usuel|dusage|utilise|principal|patiente?s?)| (de|du) (la )?patiente?)?( e?s?)?",
    ),
    (
        Column.LAST_FIRST,
        r"noms? (et |puis )?prenoms?( (de|du) (la )?patiente?)?|patiente?s?( e)?( s)?|file as",
    ),
    (
        Column.FIRST_LAST,
        r"(full |display |patient )?name|nom complet|nom affiche|prenoms? (et |puis )?noms?",
    ),
    (
        Column.BIRTH_DATE,
        r"(patient )?(date of birth|birth ?date|birth ?day|dob)|(date )?(de )?nais(s|sance)?"
        r"( (de|du) (la )?patiente?)?|ddn|date naiss|nee?( e)? le|anniversaire",
    ),
    (
        Column.EMAIL,
        r"((home|work|personal|other|perso|personnel|patient) )?(e ?mail|courriel|mel|mail)s?"
        r"( ?\d)?( (id|value|address|adresse|perso|personnel|personnelle|patiente?))?"
        r"|adresses? (e ?mail|mail|mel|courriel|electronique|de courriel|de messagerie)s?"
        r"( (electronique|perso|personnelle|patiente?))?( ?\d)?|messagerie|courrier electronique",
    ),
    (
        Column.POSTCODE,
        r"((home|address 1|address) )?(code ?postal|cp|post(al)? ?code|zip( ?code)?|pin ?code)"
        r"( domicile)?",
    ),
    (Column.CITY, r"((home|address 1|address) )?(ville|city|commune|localite|town)( domicile)?"),
    (
        Column.STREET,
        r"(home|address 1|address) street( ?\d)?|street( address)?( ?\d)?|rue( domicile)?( ?\d)?"
        r"|voie|ndeg et (rue|voie)|address line ?\d|(ligne )?adresse ?(ligne )?\d|adresse rue"
        r"|complement( dadresse)?|address ?\d",
    ),
    (
        Column.ADDRESS,
        r"(home )?address|adresse( postale| complete| (du )?domicile| (de|du) (la )?patiente?)?"
        r"|address 1 formatted",
    ),
    (
        Column.OWN_PRACTITIONER,
        r"own practitioner|(own )?midwife|((sage ?femme|praticienn?e?) )?(referente?|traitante?)"
        r"|sage ?femmes?|praticienn?e?s?|suivie? par",
    ),
    (Column.ACCESS, r"(codes? )?d?acces( au)?( domicile)?|digicode|interphone|access|how to get in"),
    (
        Column.EXTERNAL_ID,
        r"id|identifiant( (externe|interne|unique|patiente?|dossier))?|external id|(patient|record) id"
        r"|(numero|ndeg|num|n|no) ?(de )?(dossier|patiente?)|dossier|ipp|ref(erence)?( externe)?"
        r"|code patiente?",
    ),
    (
        Column.NOTES,
        r"notes?( (internes?|privees?|patiente?|du cabinet))?|remarques?|commentaires?|comments?"
        r"|observations?|memo|informations? complementaires?|divers|remarks?",
    ),
]  # fmt: skip
_COMPILED = [(column, re.compile(pattern)) for column, pattern in _TITLES]
# The same field under several titles: the name that she uses before the one of her papers.
_BETTER_LAST_NAMES = re.compile(r".*(usage|usuel|utilise|marital|epouse).*")

# Titles of numbers: all their words are of these.
_PHONES = {"tel", "telephone", "telephones", "phone", "phones", "telefon", "numero", "appel"}
_MOBILES = {"mobile", "mobiles", "portable", "portables", "gsm", "cell", "cellulaire", "cellphone"}
_FIXED = {
    "fixe", "home", "domicile", "landline", "business", "bureau", "work", "travail", "maison",
    "professionnel", "pro", "autre", "other", "second", "secondaire", "company", "societe",
}  # fmt: skip
_FILLERS = {
    "n", "no", "ndeg", "num", "nr", "number", "numero", "de", "du", "des", "la", "le", "patient",
    "patiente", "value", "valeur", "primary", "principal", "principale", "main", "contact", "perso",
    "personnel", "and", "et", "ou", "or", *"123456789",
}  # fmt: skip
_OTHERS = {
    "conjoint", "conjointe", "spouse", "spouses", "partner", "partners", "partenaire", "mari",
    "epoux", "urgence", "durgence", "emergency", "proche", "prevenir", "confiance", "pere",
    "compagnon", "husband",
}  # fmt: skip
_WORDS_OF_OTHERS = {"nom", "name", "prenom", "personne", "contact", "a", "de", "du", "en", "cas"}
_HOW_TO_FILL_IN = re.compile(
    r"[(\[][^()\[\]]*(?:jj|dd|aaaa|yyyy|facultatif|optional|obligatoire|required)[^()\[\]]*[)\]]",
    re.IGNORECASE,
)
_SEARCHED = 40  # rows, for the titles


def find_layout(rows: Sequence[Row]) -> Layout:
    """The row whose cells are titles, wherever it is: programs put theirs, a date, blanks before."""
    known: list[tuple[int, int]] = []
    for at, (_number, cells) in enumerate(rows[:_SEARCHED]):
        if cells and folded(cells[0]) == "column name":  # the ancestor's older form
            return Layout(at, _first_after_instructions(rows, at))
        columns = {column for column in map(column_of_title, cells) if column}
        if columns & (NAMES | {Column.BIRTH_NAME}) or len(columns) > 2:
            known.append((len(columns), -at))
    if not known:
        return Layout(None, 0)
    at = -max(known)[1]
    return Layout(at, at + 1)


def _first_after_instructions(rows: Sequence[Row], at: int) -> int:
    first = at + 1
    for after, (_number, cells) in enumerate(islice(rows, at + 1, at + 12), start=at + 1):
        if cells and (cells[0].endswith(":") or cells[0].lower().startswith("start entering")):
            first = after + 1
    return first


def column_of_title(title: str) -> Column:
    """Alone, without its neighbours. `IGNORED` is what is not known."""
    plain = folded(_HOW_TO_FILL_IN.sub("", title[:200]))
    if not plain:
        return Column.IGNORED
    words = set(plain.split())
    if of_others := words & _OTHERS:
        return _of_somebody_else(words - of_others)
    for column, pattern in _COMPILED:
        if pattern.fullmatch(plain):
            return column
    if words <= _PHONES | _MOBILES | _FIXED | _FILLERS:
        if words & _MOBILES:
            return Column.MOBILE
        if words & (_PHONES - {"numero"}):
            return Column.PHONE if words & _FIXED else Column.ANY_PHONE
    return Column.IGNORED


def _of_somebody_else(words: set[str]) -> Column:
    if words & (_PHONES | _MOBILES):
        allowed = _PHONES | _MOBILES | _FILLERS | _WORDS_OF_OTHERS
        return Column.CONTACT_PHONE if words <= allowed else Column.IGNORED
    return Column.CONTACT_NAME if words <= _WORDS_OF_OTHERS | _FILLERS else Column.IGNORED


def guess_columns(titles: Sequence[str], cells_of: Callable[[int], Sequence[str]]) -> list[Guess]:
    """Of every column, in order. ``cells_of(at)``: some cells of it that say something."""
    columns = [column_of_title(title) for title in titles]
    plain = [folded(title) for title in titles]
    _prefer_the_name_she_uses(columns, plain)
    _tell_names_apart(columns, plain)
    has_parts = bool({Column.POSTCODE, Column.CITY} & set(columns))
    if has_parts and Column.STREET not in columns:
        columns = [Column.STREET if c is Column.ADDRESS else c for c in columns]
    elif Column.STREET in columns:
        columns = [Column.IGNORED if c is Column.ADDRESS else c for c in columns]
    has_mobiles = Column.MOBILE in columns
    guesses, taken = [], set()
    for at, column in enumerate(columns):
        asks = False
        if column is Column.ANY_PHONE and has_mobiles:
            # Where mobiles have a column of their own, this one may be her husband's.
            column, asks = Column.PHONE, True
        elif column is Column.IGNORED and _are_addresses(cells_of(at)):
            column, asks = Column.EMAIL, True
        if column in taken and column not in _SEVERAL:
            column = Column.IGNORED
        taken.add(column)
        guesses.append(Guess(column, asks))
    return guesses


def _prefer_the_name_she_uses(columns: list[Column], plain: list[str]) -> None:
    """Beside *nom d'usage*, *nom* alone is the one of her birth."""
    last_names = [at for at, column in enumerate(columns) if column is Column.LAST_NAME]
    if not any(_BETTER_LAST_NAMES.fullmatch(plain[at]) for at in last_names):
        return
    for at in last_names:
        if not _BETTER_LAST_NAMES.fullmatch(plain[at]):
            has_one = Column.BIRTH_NAME in columns
            columns[at] = Column.IGNORED if has_one else Column.BIRTH_NAME


def _tell_names_apart(columns: list[Column], plain: list[str]) -> None:
    """A column of whole names beside one of last and one of first names says nothing more."""
    has_first, has_last = Column.FIRST_NAME in columns, Column.LAST_NAME in columns
    for at, column in enumerate(columns):
        if plain[at] == "name" and any(title.startswith("patient first") for title in plain):
            columns[at] = Column.EXTERNAL_ID  # the ancestor's
        elif column is Column.FIRST_LAST and plain[at] == "name" and has_first and not has_last:
            columns[at], has_last = Column.LAST_NAME, True
        elif column in (Column.FIRST_LAST, Column.LAST_FIRST) and has_first and has_last:
            columns[at] = Column.IGNORED


def _are_addresses(cells: Sequence[str]) -> bool:
    return bool(cells) and sum("@" in cell for cell in cells) > 0.6 * len(cells)
