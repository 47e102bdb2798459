"""Which view answers a path below /api/v1/, found without walking Django's patterns one by one.

A path is looked up as a whole, then among the templates that have as many parts. What is not found here is left to
Django's own resolver, which answers 404.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

View = Callable[..., HttpResponseBase]
MOUNT = "api/v1/"


@dataclass(frozen=True, slots=True)
class Found:
    """The view of a path, its arguments, and the template that it fits: /api/v1/me/addresses/{address_id}."""

    view: View
    arguments: Mapping[str, str]
    route: str


@dataclass(frozen=True, slots=True)
class Routes:
    """The templates of one URL configuration."""

    fixed: Mapping[str, Found]
    open: Mapping[int, tuple[tuple[tuple[str, ...], Found], ...]]
    """By the number of their parts: the parts, an argument as <name>, and the view."""

    def find(self, path: str) -> Found | None:
        """The view of a path with its leading slash and without a trailing one; None when there is none here."""
        whole = self.fixed.get(path)
        if whole is not None:
            return whole
        parts = path.split("/")
        for template, found in self.open.get(len(parts), ()):
            arguments = _fit(template, parts)
            if arguments is not None:
                return Found(found.view, arguments, found.route)
        return None


def _fit(template: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    arguments = {}
    for wanted, part in zip(template, parts, strict=True):
        if wanted.startswith("<"):
            if not part:
                return None
            arguments[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return arguments


@cache
def routes(urlconf: str) -> Routes:
    """The routes of a URL configuration. Fixed paths win over templates, as the first pattern does with Django."""
    fixed: dict[str, Found] = {}
    templates: dict[int, list[tuple[tuple[str, ...], Found]]] = defaultdict(list)
    for pattern in _patterns(get_resolver(urlconf)):
        path = f"/{MOUNT}{pattern.pattern}"
        parts = tuple(path.replace("<str:", "<").split("/"))
        found = Found(pattern.callback, {}, path.replace("<", "{").replace(">", "}"))
        if "<" in path:
            templates[len(parts)].append((parts, found))
        else:
            fixed.setdefault(path, found)
    return Routes(fixed, {length: tuple(these) for length, these in templates.items()})


def _patterns(resolver: URLResolver) -> list[Any]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver) and str(each.pattern) == MOUNT:
            return [pattern for pattern in each.url_patterns if isinstance(pattern, URLPattern)]
    return []
