"""Runs every benchmark on SQLite and on a PostgreSQL of its own; prints a table, keeps the figures."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.postgres import postgres

RESULTS = Path(__file__).parent / "results.json"
BENCHES = {
    "bench.web": ("sqlite", "postgresql"),
    "bench.messages": ("sqlite", "postgresql"),
    "bench.office": ("sqlite", "postgresql"),
    "bench.phone": ("sqlite",),
    "bench.agendas": ("sqlite",),
}


def main() -> int:
    results = {"machine": machine(), "at": f"{datetime.now(UTC):%Y-%m-%d}", "benches": {}}
    missed = 0
    for module, engines in BENCHES.items():
        for engine in engines:
            rows = _run(module, engine)
            results["benches"].setdefault(module, {})[engine] = rows
            for row in rows:
                missed += not row["met"]
                mark = "ok  " if row["met"] else "MISS"
                print(f"{mark} {engine:<10} {row['what']:<44} {row['value']:>8} {row['unit']:<9}"
                      f" (goal {row['goal']})")  # fmt: skip
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    return 1 if missed else 0


def machine() -> dict[str, object]:
    """What the figures are of: ratios hold elsewhere, seconds do not."""
    return {
        "cpus": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "os": platform.platform(terse=True),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((x.partition(": ")[2] for x in lines if x.startswith("model name")), "")


def _run(module: str, engine: str) -> list[dict[str, object]]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
    with tempfile.TemporaryDirectory() as folder:
        env = own | {"MAIA_DATA_DIR": folder}
        if engine == "sqlite":
            return _measure(module, env)
        with postgres(durable=True) as url:
            return _measure(module, env | {"MAIA_DATABASE_URL": url})


def _measure(module: str, env: dict[str, str]) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", module], env=env, stdout=subprocess.PIPE, check=True
    )
    rows: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return rows


if __name__ == "__main__":
    sys.exit(main())
