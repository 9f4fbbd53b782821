"""Every test, on SQLite and then on a real PostgreSQL: what `make test` runs.

Extra arguments go to pytest, for instance `make test ARGS="-k overlap"`.
"""

import os
import subprocess
import sys
import tempfile
import time

from tests.browser.chromium import find_chromium
from tests.postgres import postgres


def main(extra: list[str]) -> int:
    chromium = find_chromium(install=True)
    if chromium is None:
        print("\n!!! NO CHROMIUM: the browser tests cannot run on this machine !!!\n", flush=True)
        if os.environ.get("CI"):
            return 1
    else:
        os.environ["MAIA_CHROMIUM"] = chromium
    failures = _pytest("SQLite", "", extra)
    with postgres() as url:
        # The heart knows no database: once is enough.
        failures |= _pytest("PostgreSQL", url, ["--ignore=tests/availability", *extra])
    return failures


def _pytest(engine: str, url: str, extra: list[str]) -> int:
    print(f"\n=== {engine} ===", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="maia-test-") as data_dir:
        env = {**os.environ, "MAIA_DATA_DIR": data_dir}
        if url:
            env["MAIA_DATABASE_URL"] = url
        done = subprocess.run([sys.executable, "-m", "pytest", *extra], env=env)
    print(f"=== {engine}: {time.monotonic() - started:.0f} s ===", flush=True)
    # 5: nothing was selected, which is no failure when the caller selects.
    return 0 if done.returncode == 5 and extra else done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
