"""Schemathesis against a live shop: what the OpenAPI document promises, asked with data that nobody thought of.

    python -m tests.fuzz --examples 500

On SQLite, or in a new database of the PostgreSQL that DATABASE_URL names. Everything is run twice, as two people who
are logged in and as nobody. Between the two, chains of calls by those people are run once more until a time is over:
Hypothesis gives up a series of them when a replay goes another way, as after a logout. Ends with 0 when nothing was
found.
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.people import NAMES, as_wfc, clearing, register
from tests.fuzz.shop import running

SETTINGS = Path(__file__).with_name("schemathesis.toml")
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def main() -> int:
    options = ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--examples", type=int, default=500, help="how many for each operation")
    options.add_argument("rest", nargs="*", help="more for `schemathesis run`, after --")
    chosen = options.parse_args()
    with TemporaryDirectory() as name, running(os.environ.get("DATABASE_URL", ""), Path(name)) as base:
        folder = Path(name)
        register(base, folder / "mail")
        asked = [f"{base}/openapi.json", "--checks", "all", "--max-examples", str(chosen.examples), *chosen.rest]
        again = [*asked, "--phases", "stateful", "--max-time", str(chosen.examples // 5 + 5)]
        with clearing(base):
            found = [_run(_signed_in(folder), asked), _run(_signed_in(folder), again), _run(SETTINGS, asked)]
        if any(found):
            print((folder / "log").read_text()[-5000:])  # noqa: T201
    return max(found)


def _signed_in(folder: Path) -> Path:
    """The settings, and how the two people log in."""
    people, settings = folder / "people.json", folder / "schemathesis.toml"
    people.write_text(json.dumps(as_wfc()))
    auth = f"[auth.wfc]\npath = {json.dumps(str(people))}\npeers = {json.dumps(list(NAMES))}\n"
    settings.write_text(f"{SETTINGS.read_text()}\n{auth}")
    return settings


def _run(settings: Path, asked: list[str]) -> int:
    command = [str(SCHEMATHESIS), "--config-file", str(settings), "run", *asked]
    return subprocess.run(command, check=False).returncode  # noqa: S603


sys.exit(main())
