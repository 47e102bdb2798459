"""The written pages of the tree: which there are, what they link to, which blocks and tables they hold.

`python -m tests.contracts.pages` draws the README's map anew.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.contracts.layers import described, layers

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DECISIONS = ROOT / "docs" / "decisions"
GUIDES = ROOT / "docs" / "guides"

FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (?P<title>.+)$", re.MULTILINE)
ROW = re.compile(r"^\| (?P<cells>.*) \|$", re.MULTILINE)
MAP = re.compile(r"(?<=<!-- map -->\n).*?(?=<!-- /map -->)", re.DOTALL)
ENFORCED = re.compile(r"^Enforced by: .+\Z", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"`([\w./-]+(?:/[\w.-]+|\.(?:toml|txt|in)))`")
HOLDS_NOTHING = {"__init__.py", "apps.py"}


class Block(NamedTuple):
    language: str
    text: str


def pages() -> list[Path]:
    """Every Markdown page, relative to the root."""
    return sorted(path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))


def decisions() -> list[Path]:
    """The records, by number."""
    return sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in their order."""
    return [Block(found["language"], found["text"]) for found in FENCE.finditer(page)]


def section(page: str, title: str) -> str:
    """What stands under a heading of the second level. Raises IndexError when there is none."""
    return page.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(text: str) -> list[list[str]]:
    """The body of each table in a text: the cells of its rows, without the heads."""
    found = [[cell.strip() for cell in row["cells"].split(" | ")] for row in ROW.finditer(text)]
    heads = {at - 1 for at, line in enumerate(text.splitlines()) if re.fullmatch(r"\|(-+\|)+", line)}
    headings = [text.splitlines()[at] for at in heads]
    return [row for row in found if f"| {' | '.join(row)} |" not in headings]


def dead_links(path: Path) -> Iterator[str]:
    """The links of a page, relative to the root, that lead nowhere in this tree."""
    for link in LINK.finditer(FENCE.sub("", (ROOT / path).read_text())):
        target, _, anchor = link["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        aim = (ROOT / path).parent / target if target else ROOT / path
        if not aim.exists() or (anchor and anchor not in anchors(aim)):
            yield f"{path}: {link['target']}"


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have, as the usual hosts make them."""
    titles = (found["title"].lower() for found in HEADING.finditer(FENCE.sub("", page.read_text())))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def missing_paths(record: str) -> list[str]:
    """The paths in a record's last paragraph that do not exist."""
    return [path for path in enforcing(record) if not (ROOT / path).exists()]


def enforcing(record: str) -> list[str]:
    """The paths of tests, tools and files that a record's last paragraph names."""
    return PATH.findall("".join(ENFORCED.findall(record)))


def is_empty(package: str) -> bool:
    """Whether a package of the shop holds nothing yet but its place."""
    files = {path for path in (ROOT / "shop" / package).rglob("*.py") if "migrations" not in path.parts}
    return {path.name for path in files} <= HOLDS_NOTHING


def map_of_layers() -> str:
    """The layers for the README: one line each, empty packages in brackets."""
    lines = ["```text"]
    for number, names in _layers():
        lines.append(f"{number:<4}" + "  ".join(f"({name})" if is_empty(name) else name for name in names))
    return "\n".join([*lines, "```", ""])


def _layers() -> Iterator[tuple[int, list[str]]]:
    by_number: dict[int, list[str]] = {}
    for package in (package for layer in layers() for package in layer):
        by_number.setdefault(described(package)[0], []).append(package)
    return iter(by_number.items())


def map_drawn() -> str:
    """The map that stands in the README now."""
    return "".join(MAP.findall(README.read_text()))


if __name__ == "__main__":
    README.write_text(MAP.sub(lambda _: map_of_layers(), README.read_text()))
