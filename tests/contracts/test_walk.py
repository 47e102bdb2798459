"""The walk of one request through the modules, in ARCHITECTURE.md, is the way that a request really takes."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from types import FrameType

import pytest
from django.db import connection
from pytest_django import Settings

from shop.platform.http.entry import Application
from tests.accounts.test_password import forgot
from tests.accounts.visitor import EMAIL, OTHER_PASSWORD, Visitor, account
from tests.contracts.pages import ROOT, section
from tests.platform.serving import served

STEP = re.compile(r"^(?P<step>[a-z]*) +(?P<module>shop/[\w/]+\.py)", re.MULTILINE)
PASSIVE = {"shop/accounts/api/schemas.py"}
"""Declarations without code of their own: pydantic reads them."""


def walked() -> list[tuple[str, str]]:
    """The steps of the drawing that name a module, each with it."""
    architecture = (ROOT / "ARCHITECTURE.md").read_text()
    return STEP.findall(section(architecture, "One request through the modules"))


class Frames:
    """The modules of the shop that this thread enters, in their order, and those below one of them on its stack."""

    def __init__(self, deepest: str) -> None:
        self.deepest = deepest
        self.entered: dict[str, None] = {}
        self.stack: list[str] = []

    def note(self, frame: FrameType, event: str, _: object) -> None:
        module = module_of(frame)
        if event == "call" and module:
            self.entered.setdefault(module)
            if module == self.deepest and not self.stack:
                self.stack = list(dict.fromkeys(filter(None, map(module_of, callers(frame)))))


def module_of(frame: FrameType) -> str:
    """The file of a frame relative to the root; empty where it is none of the shop's."""
    path = frame.f_code.co_filename.removeprefix(f"{ROOT}/")
    return path if path.startswith("shop/") else ""


def callers(frame: FrameType | None) -> list[FrameType]:
    """The stack down to a frame, outermost first."""
    return [*callers(frame.f_back), frame] if frame else []


@contextmanager
def watched(deepest: str) -> Iterator[Frames]:
    frames = Frames(deepest)
    sys.setprofile(frames.note)
    try:
        yield frames
    finally:
        sys.setprofile(None)


@pytest.mark.django_db
def test_the_walk_names_the_modules_in_the_order_in_which_a_request_enters_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_MIDDLEWARE = []
    account()
    otp = forgot(Visitor())
    body = json.dumps({"email": EMAIL, "otp": otp, "new_password": OTHER_PASSWORD}).encode()
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    server = Application()

    with watched("shop/accounts/operations/password.py") as frames:
        status, _, _ = served("/api/v1/auth/reset-password", by=server, **environ, **{"wsgi.input": BytesIO(body)})

    modules = [module for step, module in walked() if step != "worker" and module not in PASSIVE]
    assert status == 200
    assert [module for module in frames.entered if module in modules] == modules
    assert [module for module in modules if module in frames.stack] == frames.stack
