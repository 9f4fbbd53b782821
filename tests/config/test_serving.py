"""`maia serve` as an operator starts it."""

import os
import subprocess
import sys
import urllib.request

import pytest

from tests.pace import PATIENCE
from tests.ports import free_port
from tests.site import running_site

pytestmark = pytest.mark.once


def test_static_files_that_were_not_collected_are_asked_for(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
    env |= {
        "MAIA_DATA_DIR": str(tmp_path / "data"),
        "MAIA_STATIC_DIR": str(tmp_path / "static"),
        "MAIA_PORT": str(free_port()),
    }
    command = [sys.executable, "-m", "maia", "serve"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "make install" in done.stderr
    assert not (tmp_path / "static").exists()


def test_starting_writes_no_static_files_and_an_address_may_have_brackets(tmp_path):
    with running_site(tmp_path, empty=True, MAIA_HOST="[::]") as site:
        address = f"http://[::1]:{site.port}/accounts/login/"
        with urllib.request.urlopen(address, timeout=PATIENCE) as page:
            text = page.read().decode()
        sheet = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        with urllib.request.urlopen(
            f"http://127.0.0.1:{site.port}{sheet}", timeout=PATIENCE
        ) as style:
            assert style.status == 200
    assert sheet.startswith("/static/")
    assert not (tmp_path / "static").exists()
