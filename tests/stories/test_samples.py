"""The code samples of the document buy something: each is taken from /openapi.json and run as it stands there.

A sample is a program of its own. Before it stand the values that the samples before it have read; what it reads is
printed after its end, as JSON.
"""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from shop.accounts.models import User
from shop.orders.models import Order
from shop.project.api import api
from tests.checkout.storefront_client import code, open_shop, sell
from tests.contracts.operations import operations

FILLING = (
    ("listProducts", ""),
    ("getProduct", ""),
    ("createCart", ""),
    ("addLines", ""),
    ("updateCart", ""),
    ("listShippingMethods", ""),
    ("updateCart", "Shipping method"),
    ("addCode", ""),
    ("completeCart", ""),
)
"""The calls of a purchase, in their order, each with the use that the document has a heading for."""
AFTER_THE_BANK = ("completeCart", "3-D Secure")
LOOKING = ("getOrder", "")
LOGGING_IN = (("login", ""), ("getMe", ""))

LANGUAGES = ["curl", "JavaScript", "Python"]


def in_shell(source: str, known: Mapping[str, Any]) -> tuple[list[str], str]:
    names = re.findall(r"^([A-Z_]+)=", source, re.MULTILINE)
    given = [f"{name}={shlex.quote(value)}" for name, value in known.items()]
    shown = [f"export {name}" for name in names] + ["echo", "jq -cn '$ENV | {" + ", ".join(names) + "}'"]
    return ["bash", "-euo", "pipefail", "-s"], "\n".join([*given, source, *shown])


def in_javascript(source: str, known: Mapping[str, Any]) -> tuple[list[str], str]:
    names = re.findall(r"^const (\w+) =", source, re.MULTILINE)
    given = [f"const {name} = {json.dumps(value)};" for name, value in known.items() if name not in names]
    shown = "console.log(JSON.stringify({ " + ", ".join(set(names) - {"response", "query"}) + " }));"
    return ["node", "--input-type=module", "-"], "\n".join([*given, source, shown])


def in_python(source: str, known: Mapping[str, Any]) -> tuple[list[str], str]:
    given = [f"{name} = {value!r}" for name, value in known.items()]
    texts = "{name: value for name, value in globals().items() if isinstance(value, str | dict) and name[0] != '_'}"
    shown = f"import json\nprint(json.dumps({texts}))"
    return [sys.executable, "-"], "\n".join([*given, source, shown])


PROGRAMS = dict(zip(LANGUAGES, (in_shell, in_javascript, in_python), strict=True))


@dataclass
class Reader:
    """Somebody who copies the samples of one language out of the document, one after another."""

    language: str
    document: Any
    folder: Path
    known: dict[str, Any] = field(default_factory=dict)

    def runs(self, operation: str, use: str = "") -> None:
        """The sample has ended well, and what it read is known. AssertionError when it failed."""
        command, program = PROGRAMS[self.language](self._sample(operation, use), self.known)
        ran = subprocess.run(  # noqa: S603
            command, input=program, cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )
        assert ran.returncode == 0, f"{operation}\n{program}\n{ran.stdout}{ran.stderr}"
        self.known |= json.loads(ran.stdout.splitlines()[-1])

    def _sample(self, operation: str, use: str) -> str:
        label = f"{self.language}: {use}" if use else self.language
        found = [each for item in self.document["paths"].values() for each in item.values()]
        shown = next(each["x-codeSamples"] for each in found if each["operationId"] == operation)
        return str(next(each["source"] for each in shown if each["label"] == label))

    @property
    def page(self) -> str:
        """Where the shopper has to go."""
        return str(self.known.get("page") or self.known.get("PAGE"))


@pytest.fixture
def reader(settings: Settings, live_server: LiveServer, request: pytest.FixtureRequest, tmp_path: Path) -> Reader:
    """With a shop that sells a mug, knows a code, and has Ada as its customer."""
    settings.SHOP = replace(settings.SHOP, base_url=live_server.url)
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)
    settings.CSRF_COOKIE_SECURE = False  # as in development
    open_shop()
    sell("mug", stock=10)
    code("WELCOME10")
    User.objects.create_user(
        email="ada@example.com", password="correct horse battery", email_verified_at="2026-11-22T08:00:00Z"
    )
    return Reader(request.param, httpx.get(f"{live_server.url}/openapi.json").json(), tmp_path)


def approve(page: str) -> None:
    """What the shopper does in a browser: press Approve on the bank's page."""
    with httpx.Client() as browser:
        form = re.findall(r'csrfmiddlewaretoken" value="([^"]*)"', browser.get(page).text)
        answer = browser.post(page, data={"csrfmiddlewaretoken": form[0], "answer": "approve"})
    assert answer.status_code < 400


in_every_language = pytest.mark.parametrize("reader", LANGUAGES, indirect=True)


@pytest.mark.guide
@in_every_language
def test_the_samples_buy_something(reader: Reader) -> None:
    reader.known = {"CARD" if reader.language == "curl" else "card": "tok_success"}

    for call in FILLING:
        reader.runs(*call)
    reader.runs(*LOOKING)

    assert list(Order.objects.values_list("email", "status", "payment_status", "lines__quantity")) == [
        ("ada@example.com", "placed", "paid", 2)
    ]


@pytest.mark.guide
@in_every_language
def test_the_samples_buy_something_with_3_d_secure(reader: Reader) -> None:
    reader.known = {"CARD" if reader.language == "curl" else "card": "tok_3ds"}

    for call in FILLING:
        reader.runs(*call)
    waiting = list(Order.objects.values_list("status", flat=True))
    approve(reader.page)
    reader.runs(*AFTER_THE_BANK)
    reader.runs(*LOOKING)

    assert waiting == ["pending_payment"]
    assert list(Order.objects.values_list("status", "payment_status")) == [("placed", "paid")]


@pytest.mark.guide
@in_every_language
def test_the_samples_log_in(reader: Reader) -> None:
    for call in LOGGING_IN:
        reader.runs(*call)

    assert User.objects.get(email="ada@example.com").sessions.count() == 1


def test_every_sample_is_run_in_every_language() -> None:
    shown = {
        (operation.id, each["label"]) for operation in operations() for each in operation.said.get("x-codeSamples", ())
    }

    run = {
        (operation, f"{language}: {use}" if use else language)
        for operation, use in (*FILLING, AFTER_THE_BANK, LOOKING, *LOGGING_IN)
        for language in LANGUAGES
    }

    assert shown == run


def test_no_sample_is_of_an_operation_that_does_not_exist() -> None:
    assert api.samples is not None
    names = {path.stem for path in api.samples.iterdir()}

    assert names - {operation.id for operation in operations()} == set()


def test_the_samples_name_the_address_of_the_shop_that_shows_them(client: Client, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, base_url="https://shop.example.net")

    shown = client.get("/openapi.json").json()["paths"]["/api/v1/products"]["get"]["x-codeSamples"]

    assert [each["source"].count("https://shop.example.net/api/v1/products") for each in shown] == [1, 1, 1]
