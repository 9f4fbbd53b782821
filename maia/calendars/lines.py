"""A calendar's file as lines and events, whatever its writer did to it (RFC 5545, section 3.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_OF_A_LINE = 200_000  # bytes; a longer one is no property that counts
WANTED = {
    "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID",
    "STATUS", "TRANSP", "SEQUENCE", "X-MICROSOFT-CDO-BUSYSTATUS",
}  # fmt: skip
TZID = re.compile(r'TZID=("[^"]*"|[^;]*)', re.IGNORECASE)
_TIMES = {"DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"}
# A zone's name may have a colon without the quotes that it needs, and a time of ISO 8601 has some.
_BEFORE_A_TIME = re.compile(r":(?=\s*\d{4}-?\d\d-?\d\d)", re.ASCII)
_BEFORE_A_VALUE = re.compile(r'[^:"]*(?:"[^"]*"[^:"]*)*:')
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass
class RawEvent:
    """Its properties that say when: name to ``(parameters, value)``, in their order."""

    properties: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def all(self, name: str) -> list[tuple[str, str]]:
        return self.properties.get(name, [])

    def word(self, name: str) -> str:
        found = self.properties.get(name)
        return found[0][1].strip() if found else ""


@dataclass
class File:
    events: list[RawEvent]
    is_cut: bool  # its end is missing
    zones: dict[str, str]  # what a VTIMEZONE says that its zone is called elsewhere
    # Of a VFREEBUSY, ``(parameters, periods)``: a calendar that says when and not what.
    published: list[tuple[str, str]] = field(default_factory=list)

    def zone_names(self) -> set[str]:
        times = [
            time for event in self.events for values in event.properties.values() for time in values
        ]
        found = (TZID.search(parameters) for parameters, _value in [*times, *self.published])
        return {one[1] for one in found if one}


def read_file(content: bytes) -> File | None:
    """None: this is no calendar."""
    if content[:2] in _BOMS:
        content = content.decode("utf-16", errors="replace").encode()
    file, events, stack = File([], is_cut=True, zones={}), [], list[str]()
    current: RawEvent | None = None
    began, zone = False, ""
    for number, line in enumerate(_unfolded(content)):
        head = line[:20].upper().rstrip()
        if not began:
            began = head.lstrip(b"\xef\xbb\xbf \t") == b"BEGIN:VCALENDAR"
            if number > 50:
                return None
            continue
        if head == b"BEGIN:VEVENT":  # whatever was left open before it
            current = RawEvent()
            events.append(current)
            stack = []
        elif head == b"BEGIN:VFREEBUSY":
            current, stack = None, ["VFREEBUSY"]
        elif head == b"END:VCALENDAR":
            file.is_cut, current = False, None
        elif head == b"BEGIN:VCALENDAR":  # several, one after the other
            file.is_cut, current = True, None
        elif head == b"END:VEVENT":
            current = None
        elif head.startswith(b"BEGIN:"):
            stack.append(head[6:].decode("latin-1"))
            zone = ""
        elif head.startswith(b"END:"):
            if stack:
                stack.pop()
        elif current is not None and not stack:
            _add(current, line)
        elif stack == ["VFREEBUSY"]:
            if _name(line) == "FREEBUSY":
                file.published.append(_parted("FREEBUSY", line))
        elif stack == ["VTIMEZONE"]:
            if head.startswith(b"TZID"):
                zone = _text(line).partition(":")[2].strip()
            elif head.startswith(b"X-LIC-LOCATION") and zone:
                file.zones[zone] = _text(line).partition(":")[2].strip()
    file.events = events
    return file if began else None


def _unfolded(content: bytes) -> Iterator[bytes]:
    """In bytes: a fold may part the two of an accented letter."""
    parts: list[bytes] = []
    length = 0
    for line in content.splitlines():
        if line[:1] in (b" ", b"\t") and parts:
            length += len(line)
            if length < MOST_OF_A_LINE:
                parts.append(line[1:])
            continue
        if parts:
            yield b"".join(parts)
        parts, length = ([line] if len(line) < MOST_OF_A_LINE else []), len(line)
    if parts:
        yield b"".join(parts)


def _name(line: bytes) -> str:
    return line[:40].split(b":", 1)[0].split(b";", 1)[0].strip().upper().decode("latin-1")


def _add(event: RawEvent, line: bytes) -> None:
    name = _name(line)
    if name in WANTED:
        event.properties.setdefault(name, []).append(_parted(name, line))


def _parted(name: str, line: bytes) -> tuple[str, str]:
    """Parameters and value."""
    text = _text(line)
    if name == "UID":
        head, _colon, value = text.partition(":")
    elif found := (_BEFORE_A_TIME.search if name in _TIMES else _BEFORE_A_VALUE.match)(text):
        head, value = text[: found.end() - 1], text[found.end() :]
    else:
        head, _colon, value = text.rpartition(":")
    return head.partition(";")[2], value


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
