"""Other people's calendar libraries, as readers of our files.

ical.js is what Thunderbird and Nextcloud read with; libical is GNOME's and KDE's; vobject stands for
the many small ones. Each gives the same few facts of every event, so that they can be compared.
"""

import ctypes
import json
import os
import shutil
import subprocess
from ctypes.util import find_library
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import vobject

ICAL_JS = "ical.js@2.1.0"


@dataclass(frozen=True)
class Read:
    """What a reader understood of one event. Instants are UTC."""

    start: datetime
    end: datetime
    summary: str
    location: str
    status: str
    sequence: str
    alarms: int


def by_icalendar(content: bytes) -> dict[str, Read]:
    return {
        str(event["UID"]): Read(
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            str(event["SUMMARY"]),
            str(event.get("LOCATION", "")),
            str(event.get("STATUS", "")),
            str(event.get("SEQUENCE", "")),
            len(event.walk("VALARM")),
        )
        for event in icalendar.Calendar.from_ical(content).walk("VEVENT")
    }


def by_vobject(content: bytes) -> dict[str, Read]:
    calendar = vobject.readOne(content.decode())

    def text(event, name):
        line = getattr(event, name, None)
        return line.value if line else ""

    return {
        event.uid.value: Read(
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            text(event, "summary"),
            text(event, "location"),
            text(event, "status"),
            text(event, "sequence"),
            len(getattr(event, "valarm_list", [])),
        )
        for event in calendar.vevent_list
    }


_SCRIPT = """
import { readFileSync } from "node:fs";
const ICAL = (await import(process.argv[2])).default;
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  const text = (name) => String(component.getFirstPropertyValue(name) ?? "");
  return [event.uid, event.startDate.toJSDate(), event.endDate.toJSDate(), event.summary,
    event.location ?? "", text("status"), text("sequence"),
    component.getAllSubcomponents("valarm").length];
});
console.log(JSON.stringify(events));
"""


def install_ical_js(folder: Path) -> Path | None:
    """ical.js in ``folder``, by npm; None where there is neither node nor npm nor a registry."""
    if not shutil.which("node") or not shutil.which("npm"):
        _install_from_debian("nodejs", "npm")
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    wanted = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", ICAL_JS]
    subprocess.run(wanted, cwd=folder, capture_output=True, timeout=180)
    module = folder / "node_modules" / "ical.js" / "dist" / "ical.js"
    return module if module.exists() else None


def by_ical_js(content: bytes, module: Path) -> dict[str, Read]:
    script = module.parent / "read.mjs"
    script.write_text(_SCRIPT)
    done = subprocess.run(
        ["node", str(script), module.as_uri()], input=content, capture_output=True, check=True
    )
    return {
        uid: Read(datetime.fromisoformat(start), datetime.fromisoformat(end), *rest)
        for uid, start, end, *rest in json.loads(done.stdout)
    }


def find_libical() -> ctypes.CDLL | None:
    name = find_library("ical")
    if name is None:
        _install_from_debian("libical3")
        name = find_library("ical")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    for function in (
        "icalparser_parse_string",
        "icalcomponent_get_first_component",
        "icalcomponent_get_next_component",
        "icalcomponent_get_first_property",
        "icalcomponent_get_next_property",
    ):
        getattr(library, function).restype = ctypes.c_void_p
    for function in ("icalproperty_get_property_name", "icalproperty_get_value_as_string"):
        getattr(library, function).restype = ctypes.c_char_p
    library.icalcomponent_isa.restype = ctypes.c_int
    return library


ANY_COMPONENT, ANY_PROPERTY, VEVENT, VALARM = 1, 0, 4, 10  # ical.h


def by_libical(content: bytes, library: ctypes.CDLL) -> dict[str, Read]:
    """It also says whether the file obeys the rules of its METHOD (RFC 5546)."""
    calendar = ctypes.c_void_p(library.icalparser_parse_string(content))
    assert calendar, "libical reads nothing"
    assert library.icalcomponent_count_errors(calendar) == 0
    assert library.icalrestriction_check(calendar) == 1
    read = {}
    for event in _components(library, calendar, VEVENT):
        said = _properties(library, event)
        read[said["UID"]] = Read(
            _instant(said["DTSTART"]),
            _instant(said["DTEND"]),
            _plain(said["SUMMARY"]),
            _plain(said.get("LOCATION", "")),
            said.get("STATUS", ""),
            said.get("SEQUENCE", ""),
            len(list(_components(library, event, VALARM))),
        )
    return read


def _components(library, parent, kind):
    child = library.icalcomponent_get_first_component(parent, kind)
    while child:
        yield ctypes.c_void_p(child)
        child = library.icalcomponent_get_next_component(parent, kind)


def _properties(library, event) -> dict[str, str]:
    said = {}
    line = library.icalcomponent_get_first_property(event, ANY_PROPERTY)
    while line:
        pointer = ctypes.c_void_p(line)
        name = library.icalproperty_get_property_name(pointer).decode()
        said[name] = library.icalproperty_get_value_as_string(pointer).decode()
        line = library.icalcomponent_get_next_property(event, ANY_PROPERTY)
    return said


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _plain(text: str) -> str:
    return text.replace("\\,", ",").replace("\\;", ";").replace("\\n", "\n").replace("\\\\", "\\")


def _install_from_debian(*packages: str) -> None:
    """As root, as the browser is."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, env=env, capture_output=True)
