"""The written pages are true of this tree, as far as a machine can tell."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands
from pydantic_core import PydanticUndefined

import shop.project.urls  # noqa: F401 - the catalogue has every refusal that is loaded
from shop.accounts import limits
from shop.checkout import limits as limits_of_carts
from shop.kernel.errors import catalogue
from shop.platform.http.refusals import status_of
from shop.platform.limits import Policy
from shop.project.env import Env
from shop.project.permissions import KEYS
from tests.contracts.pages import (
    DECISIONS,
    ENFORCED,
    GUIDES,
    README,
    ROOT,
    blocks,
    dead_links,
    decisions,
    enforcing,
    map_drawn,
    map_of_layers,
    missing_paths,
    pages,
    rows,
    section,
)

PAGES = [pytest.param(page, id=str(page)) for page in pages()]
RECORDS = [pytest.param(record, id=record.stem) for record in decisions()]
ENTRIES = [pytest.param(path, id=path.stem) for path in sorted(GUIDES.glob("*.md"))]
PARTS = ["## Context", "## Decision", "## Consequences", "## Alternatives"]
RUN = {"http", "sh", "python"}
SHOWN = {"text", "json", "mermaid"}
OF_A_MACHINE = re.compile(r"(?<![\w:.…])/(?:home|root|Users|work|tmp)/\S*")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = list(dead_links(page))

    assert dead == []


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    text = (ROOT / page).read_text()

    assert OF_A_MACHINE.findall(text) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_and_command_that_a_page_names_exists(page: Path) -> None:
    text = (ROOT / page).read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))

    assert named - targets == set()
    assert commands - set(get_commands()) == set()


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_is_short_and_has_its_parts(record: Path) -> None:
    text = record.read_text()

    parts = re.findall(r"^## .+$", text, re.MULTILINE)

    assert parts == PARTS
    assert len(text.splitlines()) <= 60
    assert text.startswith(f"# {int(record.name[:4])}. ")


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_ends_with_what_enforces_it_and_that_exists(record: Path) -> None:
    text = record.read_text()

    last = text.split("\n\n")[-1]

    assert ENFORCED.fullmatch(last)
    assert enforcing(text) != []
    assert missing_paths(text) == []


def test_records_are_numbered_without_a_gap_and_all_stand_in_the_index() -> None:
    names = [record.name for record in decisions()]

    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text())

    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert listed == names


def test_every_library_has_its_reason_in_the_first_record() -> None:
    files = (ROOT / name for name in ("requirements.in", "requirements-sentry.in", "requirements-opentelemetry.in"))
    lines = "".join(path.read_text() for path in files)
    required = re.findall(r"^([a-z][\w-]*(?:\[\w+\])?)", lines, re.MULTILINE)

    reasons = re.findall(r"\*\*([\w\[\]-]+)\*\*", decisions()[0].read_text())

    assert sorted(reasons) == sorted(required)


def test_the_readme_names_every_variable_of_the_environment_with_its_default() -> None:
    table = rows(section(README.read_text(), "Configuration"))

    listed = [(name.strip("`"), default) for name, default, *_ in table]

    assert listed == [
        (name.upper(), shown_default(field.get_default(call_default_factory=True)))
        for name, field in Env.model_fields.items()
    ]


def shown_default(default: object) -> str:
    """As the table shows it: a dash for nothing, Python's own words in lower case, no path of this machine."""
    assert default is not PydanticUndefined
    if default in ("", None, [], {}):
        return "\N{EN DASH}"
    return f"`{str(default).lower() if isinstance(default, bool) else str(default).replace(str(ROOT), '…')}`"


def test_the_readme_draws_the_layers_and_which_are_empty() -> None:
    drawn = map_drawn()

    assert drawn == map_of_layers(), "Run: python -m tests.contracts.pages"


def test_the_folders_on_the_readmes_map_exist() -> None:
    lines = next(block.text for block in blocks(section(README.read_text(), "The map")))

    named = re.findall(r"^(\S+)", lines, re.MULTILINE)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_asks_for_the_python_that_the_project_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    text = section(README.read_text(), "What it needs")

    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in text


@pytest.mark.parametrize("guide", ENTRIES)
def test_every_block_of_a_guide_is_run_or_marked_as_text(guide: Path) -> None:
    languages = {block.language for block in blocks(guide.read_text())}

    assert languages - RUN - SHOWN == set()


def test_the_guide_to_accounts_names_their_limits_as_they_are() -> None:
    table = rows(section((GUIDES / "accounts.md").read_text(), "Limits"))
    policies: list[Policy] = [
        limits.AUTH,
        *limits.LOGIN,
        limits.LOGIN_ANYWHERE,
        limits.LOGIN_GUARDED,
        limits.code_gap(),
        limits.CODES_PER_ADDRESS,
        limits.CODES_PER_IP,
        limits.WRONG_CODES,
        limits.GUESSED_CODES,
    ]

    listed = [(name.strip("`"), int(uses), int(seconds)) for name, uses, seconds, _ in table]

    assert listed == [(policy.name, policy.quota, policy.window_seconds) for policy in policies]


def test_the_guide_to_operating_names_the_limits_of_carts_as_they_are() -> None:
    table = rows(section((GUIDES / "operating.md").read_text(), "Limits"))
    policies = [each for each in vars(limits_of_carts).values() if isinstance(each, Policy)]

    listed = [(name.strip("`"), int(uses), int(seconds)) for name, uses, seconds, _ in table]

    assert listed == [(policy.name, policy.quota, policy.window_seconds) for policy in policies]


def test_the_guide_to_the_admin_api_lists_every_permission_key() -> None:
    table = rows(section((GUIDES / "admin-api.md").read_text(), "Who may use it"))

    assert {key.strip("`"): set(re.findall(r"`([^`]+)`", permissions)) for key, _, permissions in table} == KEYS


@pytest.mark.parametrize(
    ("guide", "title"),
    [("accounts.md", "Errors to expect"), ("buying.md", "Errors to expect"), ("admin-api.md", "Errors to expect")],
)
def test_the_errors_that_a_guide_names_exist_with_that_status(guide: str, title: str) -> None:
    table = rows(section((GUIDES / guide).read_text(), title))
    known = {(str(status_of(kind)), kind.code) for kind in catalogue()}

    listed = {(status, code.strip("`")) for status, code, _ in table}

    assert listed - known == set()


def test_the_guide_to_operating_names_every_table() -> None:
    table = rows(section((GUIDES / "operating.md").read_text(), "Backups"))

    listed = {name.strip("`") for cells in table for name in cells[0].split(", ")}

    expected = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert listed == expected | {"django_migrations"}
