"""Changes one line of the rules at a time, in a clone, and asks the tests: what nobody noticed is named.

`make mutants` runs it, by hand: it takes half an hour. Of each room a sample is drawn, the same one each
time; `make mutants SAMPLE=500` draws more. cosmic-ray makes the mutants and runs the tests.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSION = "8.7.0"  # of cosmic-ray
SECONDS = 600  # that one mutant's tests may take
SEED = 20261203

# What is changed, and the tests that should tell.
ROOMS = [
    (["maia/availability"], ["tests/availability"]),
    (
        [
            "maia/appointments/acts/booking.py",
            "maia/appointments/offer.py",
            "maia/appointments/slots.py",
        ],
        ["tests/appointments", "tests/portal/test_offer.py", "tests/portal/test_booking_page.py"],
    ),
    (
        ["maia/messaging/judge.py"],
        [
            f"tests/messaging/test_{name}.py"
            for name in ("reminders", "delivery", "requests", "owed")
        ]
        + ["tests/messaging/test_invitation_email.py"],
    ),
    (["maia/patients/records.py"], ["tests/patients/test_patients.py", "tests/portal"]),
]


def main(sample: int) -> int:
    lived = []
    with tempfile.TemporaryDirectory(prefix="maia-mutants-") as folder:
        clone = Path(folder) / "maia"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        for words in ROOT.glob("maia/locale/**/*.mo"):  # made, and so in no clone
            shutil.copy(words, clone / words.relative_to(ROOT))
        for number, (modules, tests) in enumerate(ROOMS):
            session = Path(folder) / f"{number}.sqlite"
            _begin(clone, session, modules, tests)
            _cosmic_ray(
                clone, "baseline", str(session.with_suffix(".toml"))
            )  # or all would seem killed
            drawn, all_of_them = _draw(session, sample)
            print(f"{', '.join(modules)}: {drawn} of {all_of_them}", flush=True)
            _cosmic_ray(clone, "exec", str(session.with_suffix(".toml")), str(session))
            lived += _survivors(session)
    for place, diff in lived:
        print(f"\n{place}\n{diff}")
    print(f"\n{len(lived)} lived")
    return 0


def _begin(clone: Path, session: Path, modules: list[str], tests: list[str]) -> None:
    """Lists every mutant of the modules."""
    command = f"{sys.executable} -m pytest -x -q -n 0 -m 'not long and not alone' {' '.join(tests)}"
    session.with_suffix(".toml").write_text(
        "[cosmic-ray]\n"
        f"module-path = {json.dumps(modules)}\n"
        f"timeout = {SECONDS}.0\n"
        "excluded-modules = []\n"
        f"test-command = {json.dumps(command)}\n"
        '[cosmic-ray.distributor]\nname = "local"\n'
    )
    _cosmic_ray(clone, "init", str(session.with_suffix(".toml")), str(session))


def _draw(session: Path, sample: int) -> tuple[int, int]:
    """Keeps a sample of them; how many, of how many."""
    with closing(sqlite3.connect(session)) as base, base:
        jobs = [job for (job,) in base.execute("select job_id from mutation_specs order by 1")]
        specs = base.execute(
            "select job_id from mutation_specs"
            " order by module_path, start_pos_row, start_pos_col, operator_name, occurrence"
        )
        in_order = [job for (job,) in specs]
        kept = set(random.Random(SEED).sample(in_order, min(sample, len(in_order))))
        for job in set(jobs) - kept:
            base.execute("delete from mutation_specs where job_id = ?", [job])
            base.execute("delete from work_items where job_id = ?", [job])
    return len(kept), len(jobs)


def _survivors(session: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(session)) as base:
        rows = base.execute(
            "select module_path, start_pos_row, operator_name, diff from mutation_specs"
            " join work_results using (job_id) where test_outcome = 'SURVIVED' order by 1, 2"
        )
        return [(f"{module}:{row} {operator}", diff) for module, row, operator, diff in rows]


def _cosmic_ray(clone: Path, *arguments: str) -> None:
    uv = ROOT / ".tools" / "bin" / "uv"
    subprocess.run(
        [
            uv,
            "tool",
            "run",
            "--quiet",
            "--from",
            f"cosmic-ray=={VERSION}",
            "cosmic-ray",
            *arguments,
        ],
        cwd=clone,
        env={**os.environ, "MAIA_DATA_DIR": str(clone.parent / "data")},
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main(int(os.environ.get("SAMPLE", "25"))))
