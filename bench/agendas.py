"""The heart against the naive model, on many more agendas than the tests draw each time."""

import json
import os
import re
import subprocess
import sys
import time

from bench.rows import goal, row

AGENDAS = 20_000
TEST = "tests/availability/test_slots_agree_with_the_naive_model.py"


def main() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:cacheprovider", TEST],
        env=os.environ | {"MAIA_TESTS_AGENDAS": str(AGENDAS)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    counted = re.search(r"'agendas': (\d+)", done.stdout)
    compared = int(counted[1]) if counted and done.returncode == 0 else 0
    if not compared:
        sys.stderr.write(done.stdout[-4000:])
    rows = [
        goal("agendas that the naive model agrees on", compared, "agendas", at_least=AGENDAS * 0.8),
        row("... took", round(time.monotonic() - began), "s"),
    ]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
