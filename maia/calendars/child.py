"""Reads one calendar in a process of its own. A line of JSON says how; the file follows."""

import json
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from maia.calendars.reading import Unreadable, read_calendar
from maia.outside.child import bind_itself


def main() -> None:
    most_bytes = bind_itself()
    how = json.loads(sys.stdin.buffer.readline())
    try:
        reading = read_calendar(
            sys.stdin.buffer.read(),
            ZoneInfo(how["zone"]),
            datetime.fromisoformat(how["opens"]),
            datetime.fromisoformat(how["closes"]),
            ours=how["ours"],
            seconds=how["seconds"],
        )
        answer = {
            "times": [[s.timestamp(), e.timestamp()] for s, e in reading.times],
            "unread": reading.unread,
            "unread_dates": [date.isoformat() for date in reading.unread_dates],
            "is_cut": reading.is_cut,
        }
    except Unreadable as refused:
        answer = {"error": refused.code}
    words = json.dumps(answer)
    sys.stdout.write(words if len(words) <= most_bytes else '{"error": "too_many"}')


if __name__ == "__main__":
    main()
