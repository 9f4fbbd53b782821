"""The process that reads a file of patients: bytes in, JSON out. It knows no database and no secret."""

import csv
import json
import sys

from maia.outside.child import bind_itself
from maia.patients.lists.bounds import UnreadableFile
from maia.patients.lists.table import read_table


def main() -> None:
    most_bytes = bind_itself()
    csv.field_size_limit(sys.maxsize)  # the file is bounded, and so is this process
    try:
        answer = json.dumps(read_table(sys.stdin.buffer.read()).as_json(), ensure_ascii=False)
    except UnreadableFile as refusal:
        answer = json.dumps({"refused": refusal.code})
    encoded = answer.encode("utf-8", errors="replace")
    if len(encoded) > most_bytes:
        encoded = json.dumps({"refused": "too_long"}).encode()
    sys.stdout.buffer.write(encoded)


if __name__ == "__main__":
    main()
