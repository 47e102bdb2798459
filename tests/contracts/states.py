"""The drawings of states in ARCHITECTURE.md, made of every model's TRANSITIONS.

`python -m tests.contracts.states` draws them anew.
"""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import django
from django.apps import apps
from django.db.models import Field, Model

from shop.kernel.states import Transitions, drawing
from tests.contracts.pages import ROOT

PAGE = ROOT / "ARCHITECTURE.md"
BLOCK = re.compile(r"(?<=<!-- states -->\n).*?(?=<!-- /states -->)", re.DOTALL)
NONE = "No row has such a status yet.\n"


class Graph(NamedTuple):
    """A model's statuses: the name, where it starts, which follow which."""

    name: str
    start: str
    transitions: Transitions


def graphs() -> Iterator[Graph]:
    """One for each model that has TRANSITIONS."""
    for model in apps.get_models():
        transitions, status = getattr(model, "TRANSITIONS", None), dict(_fields(model)).get("status")
        if isinstance(transitions, Mapping) and status is not None:
            yield Graph(model.__name__, str(status.get_default()), transitions)


def _fields(model: type[Model]) -> Iterator[tuple[str, "Field[Any, Any]"]]:
    return ((field.name, field) for field in model._meta.concrete_fields)


def drawings(found: list[Graph]) -> str:
    """One heading and one Mermaid diagram for each, by name."""
    drawn = [
        f"### {each.name}\n\n```mermaid\n{drawing(each.transitions, start=each.start)}\n```\n" for each in sorted(found)
    ]
    return "\n".join(drawn) or NONE


def drawn() -> str:
    """What stands on the page now."""
    return "".join(BLOCK.findall(PAGE.read_text()))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings_test")
    django.setup()
    PAGE.write_text(BLOCK.sub(lambda _: drawings(list(graphs())), PAGE.read_text()))
