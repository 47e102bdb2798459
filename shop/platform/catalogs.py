"""The translations of the messages in the code: one gettext catalog for each language, in LOCALE_PATHS.

A catalog is a file for translators (django.po) and the same compiled (django.mo), which is what Django reads. Both are
committed: an installation needs no compiler.
"""

import io
import re
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

CODE = Path(__file__).resolve().parents[1]
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "gettext_noop": None, "ngettext_noop": (1, 2)}
HEADER = "# Translations of the shop. Written by `make messages`; only the lines msgstr are yours."

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")


class _Plain(Catalog):
    """A catalog whose header has no times and names, so that writing it twice gives the same file."""

    @property  # type: ignore[misc]
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


@cache
def extracted() -> Catalog:
    """Every message that the code and the templates mark, with the files that it stands in."""
    template = Catalog(header_comment=HEADER)
    methods = [("**/templates/**.html", f"{__name__}:from_template"), ("**.py", "python")]
    for file, _, ids, _, context in extract_from_dir(CODE, methods, keywords=KEYWORDS):
        template.add(ids, locations=[(file, 1)], context=context)
    return template


def from_template(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Generator[Any, None, None]:
    """Babel's extractor for Django templates: Django writes them as Python, in which all else is blanked out."""
    python = "\n".join(line.strip() for line in templatize(file.read().decode()).splitlines())
    yield from extract_python(io.BytesIO(python.encode()), keywords, comment_tags, options)


def languages() -> list[str]:
    """The languages that have a catalog."""
    return sorted(file.parent.parent.name for file in _folder().glob("*/LC_MESSAGES/django.po"))


def update(language: str) -> Catalog:
    """Write the catalog of a language: new messages without a translation, and none that the code no longer has."""
    file = po_file(language)
    old = _read(language) if file.exists() else Catalog()
    new = _Plain(locale=language, header_comment=HEADER, fuzzy=False)
    for message in sorted(filter(_id, extracted()), key=_place):
        known = old.get(message.id, context=message.context)
        string = known.string if known is not None and _has_same_form(known, message) else None
        new.add(message.id, string, sorted(set(message.locations)), context=message.context)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_written(write_po, new, include_lineno=False, width=120))
    file.with_suffix(".mo").write_bytes(_compiled(language))
    return new


def faults(language: str) -> Iterator[str]:
    """What is wrong with the catalog of a language, a sentence for each; nothing when it is complete."""
    catalog = _read(language)
    marked = {_id(message) for message in extracted()}
    for message in filter(_id, catalog):
        if _id(message) not in marked:
            yield f"Stale: {message.id!r} is no longer in the code."
        elif message.fuzzy:
            yield f"Fuzzy: {message.id!r}."
        elif not all(_strings(message.string)):
            yield f"Without a translation: {message.id!r}."
        elif not _has_same_placeholders(message):
            yield f"Other placeholders than the original: {message.string!r}."
    for missing in sorted(marked - {_id(message) for message in catalog}):
        yield f"Missing: {missing[0]!r}."
    if po_file(language).with_suffix(".mo").read_bytes() != _compiled(language):
        yield "django.mo is not what django.po says."


def po_file(language: str) -> Path:
    """Where the translations into a language stand."""
    return _folder() / language / "LC_MESSAGES" / "django.po"


def _folder() -> Path:
    return Path(settings.LOCALE_PATHS[0])


def _read(language: str) -> Catalog:
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _compiled(language: str) -> bytes:
    plain = _Plain(locale=language, fuzzy=False)
    for message in filter(_id, _read(language)):
        plain.add(message.id, message.string, context=message.context)
    return _written(write_mo, plain)


def _written(write: Callable[..., None], catalog: Catalog, **options: Any) -> bytes:
    buffer = io.BytesIO()
    write(buffer, catalog, **options)
    return buffer.getvalue()


def _id(message: Message) -> tuple[str, ...]:
    """What is looked up: the texts of the code; empty for the header of a file."""
    return (*_strings(message.id), message.context or "") if message.id else ()


def _place(message: Message) -> tuple[str, tuple[str, ...]]:
    return min(message.locations)[0], _id(message)


def _strings(texts: Any) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, list | tuple) else (texts,)


def _has_same_form(known: Message, message: Message) -> bool:
    return _strings(known.id) == _strings(message.id)


def _has_same_placeholders(message: Message) -> bool:
    """Whether each text names the same facts; a singular may leave out the number."""
    *others, original = (set(_PLACEHOLDER.findall(text)) for text in _strings(message.id))
    *translations, last = (set(_PLACEHOLDER.findall(text)) for text in _strings(message.string))
    return last == original and all(each <= original for each in [*others, *translations])
