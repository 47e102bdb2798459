"""The shop without docstrings, as `python -OO` runs it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASK = """
import django
django.setup()
from django.test import Client
answer = Client(headers={"host": "localhost"}).get("/api/v1/nothing")
print(answer.status_code, answer.json()["errors"][0]["message"])
"""


def test_messages_do_not_depend_on_docstrings() -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-OO", "-c", ASK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"DJANGO_SETTINGS_MODULE": "shop.project.settings_test"},
    )

    assert (done.returncode, done.stdout) == (0, "404 Not found.\n"), done.stderr
