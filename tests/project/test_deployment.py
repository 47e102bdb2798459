"""The production form: what Django and we look for before a deployment is all in place."""

import os
import re
import subprocess
import sys

import pytest

from shop.project.env import ROOT, Env
from tests.project.test_env import PRODUCTION


def test_nothing_is_left_to_say_about_a_deployment() -> None:
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": os.environ["PATH"]} | PRODUCTION,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("System check identified no issues")


@pytest.mark.parametrize(
    ("said", "website"),
    [
        ({"base_url": "https://shop.example.com", "allowed_hosts": ["api.example.com"]}, "https://shop.example.com"),
        ({"allowed_hosts": [".example.com", "example.org"]}, "https://example.com"),
        ({"base_url": "https://shop.example.com", "allowed_hosts": ["*"]}, "https://shop.example.com"),
        ({"allowed_hosts": ["shop.example.com", "*"]}, "https://shop.example.com"),
        ({"debug": True, "allowed_hosts": ["example.com"]}, "http://127.0.0.1:8000"),
    ],
)
def test_the_website_follows_from_what_is_said(said: dict[str, object], website: str) -> None:
    environment = Env.model_validate({"secret_key": PRODUCTION["SECRET_KEY"], "debug": False} | said)

    assert environment.website == website


def test_the_proxy_writes_no_line_that_has_a_path_in_it() -> None:
    said = (ROOT / "nginx.conf").read_text()

    assert re.findall(r"^\s*(access_log|error_log) ([^;]+);", said, re.MULTILINE) == [
        ("error_log", "/dev/stderr alert"),
        ("access_log", "off"),
    ]
