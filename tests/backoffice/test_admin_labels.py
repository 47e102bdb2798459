"""What the admin's pages say is what a shopkeeper would say: no names of columns, no words of the code."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db.models import BooleanField
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.admins import root
from tests.backoffice.every_row import one_of_each, paths
from tests.rolled_back import RolledBack

pytestmark = pytest.mark.django_db

UNSEEN = ("script", "style", "svg", "template")
COLUMN = re.compile(r"(by )?(is|has|may) ", re.IGNORECASE)
CODE = re.compile(
    r"floors?|rooms?|roof|doors?|gates?|guards?|acts|gave up|given up|letters?|shel(f|ves)|sheets?|wish(es)?|bills?|"
    r"holds?|held|redemptions?|claims?|claimed|covered|committed|spoken for|rivals?|minor units?|in line",
    re.IGNORECASE,
)
"""Words that the code has, or had, for things that shopkeepers call otherwise."""

FINE = re.compile(r"Hold down “Control”|^Bill to$")
"""The same words where they mean what everybody means by them."""

INLINE = re.compile(r"<script(?![^>]*(?: src=|application/json))[^>]*>|<[^>]* on[a-z]+=|javascript:", re.IGNORECASE)

Pages = Mapping[str, Any]
"""The answers with pages, by their paths."""


class Texts(HTMLParser):
    """The texts of a page that can be seen, without the names of icons."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.hidden and (tag in UNSEEN or "material-symbols" in (dict(attrs).get("class") or "")):
            self.hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self.hidden:
            self.found.append(text)


def texts_of(client: Client, path: str) -> list[str]:
    """What a page says; nothing where there is no such page."""
    answer = client.get(path)
    return texts_in(answer.content.decode()) if answer.status_code == 200 else []


def texts_in(page: str) -> list[str]:
    """What a page says."""
    parser = Texts()
    parser.feed(page)
    return parser.found


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Pages:
    """Every page that there is in a shop in which every table has a row, read once for the tests of all pages."""
    with django_db_blocker.unblock(), RolledBack():
        one_of_each()
        client = root()
        answers = {path: client.get(path) for path in ("/admin/", *paths())}
    return {path: answer for path, answer in answers.items() if answer.status_code == 200}


def test_no_page_says_a_word_of_the_code(pages: Pages) -> None:
    said = {text: path for path, page in pages.items() for text in texts_in(page.content.decode())}

    assert len(said) > 500
    assert {text: path for text, path in said.items() if COLUMN.match(text)} == {}
    assert {text: path for text, path in said.items() if " object (" in text} == {}
    wrong = re.compile(rf"\b({CODE.pattern})\b", re.IGNORECASE)
    assert {text: path for text, path in said.items() if wrong.search(FINE.sub("", text))} == {}


def test_no_page_has_a_script_of_its_own(pages: Pages) -> None:
    scripts = {path: INLINE.findall(page.content.decode()) for path, page in pages.items()}

    policies = {page.headers["Content-Security-Policy"] for page in pages.values()}
    assert len(pages) > 100
    assert {path: found for path, found in scripts.items() if found} == {}
    assert ["script-src 'self' 'unsafe-eval';" in each for each in policies] == [True]


def test_the_names_of_columns_are_nowhere_shown_for_a_yes_or_no() -> None:
    labels = {
        f"{model._meta.label}.{field.name}": str(field.verbose_name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BooleanField)
    }

    assert len(labels) > 20
    assert {name: label for name, label in labels.items() if COLUMN.match(label)} == {}


@pytest.mark.parametrize(
    ("path", "one", "many"),
    [
        ("payments/bill", "Payment summary of €22.89", "Payment summaries"),
        ("inventory/hold", "Reserved on ", "Reserved stock"),
        ("promotions/redemption", "WELCOME10 used by guest@example.com", "Discount uses"),
        ("pricing/price", "€19.99 on Ordinary prices in EUR", "Prices"),
    ],
)
def test_what_an_order_keeps_is_called_the_same_everywhere(path: str, one: str, many: str) -> None:
    one_of_each()
    client = root()
    app, name = path.split("/")
    row = apps.get_model(app, name)._default_manager.first()

    found = [texts_of(client, f"/admin/{path}/"), texts_of(client, f"/admin/{path}/{row.pk}/change/")]

    assert [texts.count(many) > 1 for texts in found] == [True, True]
    assert [any(text.startswith(one) for text in found[1])] == [True]


def test_permissions_are_chosen_by_the_names_of_the_pages() -> None:
    client = root()

    said = texts_of(client, "/admin/auth/group/add/")

    assert [each for each in said if each.startswith("Inventory: view reserved")] == ["Inventory: view reserved stock"]
    assert [each for each in said if each.startswith("Orders: cancel")] == ["Orders: cancel orders"]
