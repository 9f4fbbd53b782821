"""Every test, on SQLite and then on a real PostgreSQL: what `make test` runs.

Extra arguments go to pytest, for instance `make test ARGS="-k overlap"`.
"""

import os
import subprocess
import sys
import tempfile
import time

from tests.browser.chromium import find_chromium
from tests.browser.engines.installed import missing
from tests.postgres import postgres
from tests.ready import ready_made


def main(extra: list[str]) -> int:
    for engine in missing(install=True):
        print(f"\n!!! NO {engine.upper()}: its tests cannot run on this machine !!!\n", flush=True)
        if os.environ.get("CI"):
            return 1
    if chromium := find_chromium():
        os.environ["MAIA_CHROMIUM"] = chromium
    with tempfile.NamedTemporaryFile("r", prefix="maia-failed-") as failed:
        os.environ["MAIA_TESTS_FAILED"] = failed.name
        with ready_made():
            failures = _both_passes("SQLite", "", extra)
        with postgres() as url, ready_made():
            # The heart knows no database: once is enough.
            extra = ["--ignore=tests/availability", *extra]
            failures |= _both_passes("PostgreSQL", url, extra, but=" and not once")
        # Once more, where a reader of a long log looks.
        print("".join(dict.fromkeys(failed)), end="")
    return failures


def _both_passes(engine: str, url: str, extra: list[str], but: str = "") -> int:
    """What measures seconds runs when nothing else does. ``but`` ends an expression of marks."""
    together = _pytest(engine, url, ["-m", f"not alone{but}", "--durations=12", *extra])
    alone = _pytest(
        f"{engine}, alone", url, ["-m", f"alone{but}", "-n", "0", "-rfEP", "--durations=12", *extra]
    )
    return together | alone


def _pytest(engine: str, url: str, extra: list[str]) -> int:
    print(f"\n=== {engine} ===", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="maia-test-") as data_dir:
        env = {**os.environ, "MAIA_DATA_DIR": data_dir}
        if url:
            env["MAIA_DATABASE_URL"] = url
        done = subprocess.run([sys.executable, "-m", "pytest", *extra], env=env)
    print(f"=== {engine}: {time.monotonic() - started:.0f} s ===", flush=True)
    # 5: nothing was selected. Only a caller who selects may see that.
    return 0 if done.returncode == 5 and len(sys.argv) > 1 else done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
