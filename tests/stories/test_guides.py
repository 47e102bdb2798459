"""What the guides show happens: every `http` block is sent or compared, every `sh` and `python` block is run."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from shop.accounts.models import User
from tests.accounts.visitor import account
from tests.contracts.pages import GUIDES, ROOT, blocks
from tests.stories.exchanges import Conversation, matches

FIRST = """
```http
POST /api/v1/auth/forgot-password

{"email": "ada@example.com"}
```
"""


@pytest.fixture
def conversation(transactional_db: None, settings: Settings, client: Client) -> Iterator[Conversation]:
    """A talk with a shop as it runs in production, in which time stands still unless the page says otherwise."""
    origins = frozenset({"https://shop.example.com"})
    settings.SHOP = replace(settings.SHOP, limits_on=True, limits={}, redis_url="", cors_origins=origins)
    with time_machine.travel(datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC), tick=False) as traveller:
        yield Conversation(client, traveller)


@pytest.mark.parametrize("guide", ["accounts.md", "conventions.md"])
def test_the_exchanges_of_a_guide_are_true(guide: str, conversation: Conversation) -> None:
    page = (GUIDES / guide).read_text()

    differences = conversation.play(page)

    assert differences == []
    assert conversation.sent == sum(not block.text.startswith("HTTP/") for block in blocks(page) if is_http(block[0]))


@pytest.fixture
def grace(transactional_db: None) -> User:
    """Staff with every permission key, whom the guide logs in; and a customer to look at."""
    account("ada@example.com", first_name="Ada", last_name="Lovelace")
    grace = account("grace@example.com", is_staff=True, first_name="Grace", last_name="Hopper")
    grace.user_permissions.set(Permission.objects.all())
    return grace


@pytest.mark.usefixtures("grace")
def test_the_exchanges_of_the_guide_to_the_admin_api_are_true(conversation: Conversation) -> None:
    page = (GUIDES / "admin-api.md").read_text()

    differences = conversation.play(page)

    assert differences == []
    assert conversation.sent == sum(not block.text.startswith("HTTP/") for block in blocks(page) if is_http(block[0]))


def is_http(language: str) -> bool:
    return language == "http"


@pytest.mark.parametrize(
    ("answer", "difference"),
    [
        ("HTTP/1.1 200\n", "202 instead of 200"),
        ("HTTP/1.1 202\nLocation: /\n", "Location is None"),
        ('HTTP/1.1 202\n\n{"success": true}\n', '"expires_in":300'),
    ],
)
def test_an_exchange_that_is_not_true_is_seen(answer: str, difference: str, conversation: Conversation) -> None:
    page = f"{FIRST}\n```http\n{answer}```\n"

    differences = conversation.play(page)

    assert difference in differences[0]


def test_a_request_without_an_answer_must_succeed(conversation: Conversation) -> None:
    page = FIRST.replace("forgot-password", "no-such-thing")

    differences = conversation.play(page)

    assert differences == ["POST /api/v1/auth/no-such-thing: 404"]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("…", 3),
        ("usr_…", "usr_1"),
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}),
        ([{"a": "…"}], [{"a": None}]),
    ],
)
def test_an_ellipsis_stands_for_anything(shown: object, found: object) -> None:
    same = matches(shown, found)

    assert same


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("usr_…", "adr_1"),
        ("usr_…", None),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2, "…": "…"}, {"a": 1}),
        ([1], [1, 2]),
        (1, True),
    ],
)
def test_nothing_else_does(shown: object, found: object) -> None:
    same = matches(shown, found)

    assert not same


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """The environment of a production shop of its own, in a folder of its own."""
    (tmp_path / "var").mkdir()
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "shop.project.settings",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "shop.example.com",
        "DATABASE_URL": f"sqlite:///{tmp_path}/var/shop.sqlite3",
    }


@pytest.mark.guide
@pytest.mark.parametrize("guide", [pytest.param(path, id=path.stem) for path in sorted(GUIDES.glob("*.md"))])
def test_the_commands_of_a_guide_work(guide: Path, installation: dict[str, str], tmp_path: Path) -> None:
    lines = [block.text for block in blocks(guide.read_text()) if block.language == "sh"]

    ran = subprocess.run(  # noqa: S603
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],  # noqa: S607
        env=installation,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("guide", [pytest.param(path, id=path.stem) for path in sorted(GUIDES.glob("*.md"))])
def test_the_python_of_a_guide_runs(guide: Path) -> None:
    lines = [block.text for block in blocks(guide.read_text()) if block.language == "python"]

    exec("\n".join(lines), {"__name__": guide.stem})  # noqa: S102
