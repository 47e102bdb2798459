"""The guides of docs/guides as pages, so that whoever reads the API's document can read on. They need no script."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from shop.platform.http.docs import DOCS

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

INDEX = DOCS / "guides" / "README.md"


@dataclass(frozen=True)
class Guide:
    """A page: what it is called, its HTML, and its sections as (anchor, title)."""

    title: str
    html: str
    sections: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    """The guides that it leads to, in its order, by name."""


@cache
def files() -> dict[str, Path]:
    """Which file is shown under which name; the index has none."""
    written = {path.stem: path for path in sorted(INDEX.parent.glob("*.md")) if path != INDEX}
    return {"": INDEX, "errors": DOCS / "api" / "errors.md", **written}


def guide_of(name: str) -> Guide:
    """The guide of that name as it is written now. Raises Http404."""
    try:
        return _read(name, files()[name].stat().st_mtime_ns)
    except (KeyError, OSError) as exc:
        raise Http404 from exc


def _page(name: str) -> tuple[bytes, str]:
    return _rendered(name, guide_of(name), guide_of(""))


def _etag(request: HttpRequest, name: str = "") -> str:
    return _page(name)[1]


@require_safe
@condition(etag_func=_etag)
def guide(request: HttpRequest, name: str = "") -> HttpResponse:
    """The guide of that name; without a name the page that lists them."""
    response = HttpResponse(_page(name)[0])
    response["Cache-Control"] = "public, max-age=60, stale-while-revalidate=600"
    return response


@lru_cache(maxsize=32)
def _rendered(name: str, shown: Guide, index: Guide) -> tuple[bytes, str]:
    """The page and its ETag."""
    others = [(each, guide_of(each).title) for each in index.links]
    whole = render_to_string("shop/guide.html", {"name": name, "guide": shown, "others": others}).encode()
    return whole, f'"{hashlib.sha256(whole).hexdigest()[:32]}"'


@lru_cache(maxsize=32)
def _read(name: str, written_at: int) -> Guide:
    file = files()[name]
    tokens = _markdown().parse(file.read_text())
    links = tuple(_linked(tokens, file))
    headings = [(tokens[at], tokens[at + 1].content) for at, each in enumerate(tokens) if each.type == "heading_open"]
    for heading, title in headings:
        heading.attrSet("id", _anchor(title))
    return Guide(
        title=headings[0][1],
        html=_markdown().renderer.render(tokens, _markdown().options, {}),
        sections=tuple((_anchor(title), title.replace("`", "")) for heading, title in headings if heading.tag == "h2"),
        links=links,
    )


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # four megabytes that a process without readers of guides does without

    return MarkdownIt("commonmark").enable("table")


def _anchor(title: str) -> str:
    """As the usual hosts of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _linked(tokens: "list[Token]", file: Path) -> Iterator[str]:
    """Links between guides lead to their pages, and their names are given back; others into the tree become text."""
    names = {path.resolve(): name for name, path in files().items()}
    hides = False
    for token in (each for inline in tokens for each in inline.children or ()):
        if token.type == "link_open":
            target, _, anchor = str(token.attrs["href"]).partition("#")
            name = names.get((file.parent / target).resolve() if target else file.resolve())
            hides = name is None and "://" not in target
            if name is not None:
                token.attrs["href"] = address(name) + (f"#{anchor}" if anchor else "")
                yield name
        if token.type in {"link_open", "link_close"}:
            token.hidden = hides


def address(name: str) -> str:
    """The path of a guide."""
    return reverse("guide", args=[name]) if name else reverse("guides")
