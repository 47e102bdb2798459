"""Import a Shopify product CSV."""

from argparse import ArgumentParser
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import track

from shop.catalog.queries import images_elsewhere
from shop.exchange import importing, shopify
from shop.exchange.fetching import fetch
from shop.exchange.types import ReadProduct, Remark, Unreadable
from shop.kernel.currencies import EXPONENTS
from shop.platform.management.migrated import MigratedCommand
from shop.platform.statistics import refresh
from shop.stores.queries import markets

LARGEST: Final = 256 * 1024 * 1024
HEAD: Final = 200
"""The bytes from which the encoding is detected: part of the heading, which is mostly ASCII."""
WORDS: Final = ("created", "changed", "unchanged", "refused")


class Command(MigratedCommand):
    help = "Import products from a CSV file in Shopify's format. Importing the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The CSV file.")
        parser.add_argument("--currency", required=True, help="Currency of the prices in the file, for example EUR.")
        parser.add_argument("--fetch-images", action="store_true", help="Download pictures hosted elsewhere.")

    def handle(self, *, file: Path, currency: str, fetch_images: bool, **options: Any) -> None:
        if currency not in EXPONENTS:
            raise CommandError(f"{currency!a} is not an ISO 4217 currency code. Example: EUR.")
        if currency not in {market.currency for market in markets()}:
            self.stderr.write(f"No market sells in {currency}: the products stay hidden until one does.")
        entries = read(file, currency)
        console = Console(stderr=True)
        outcomes = []
        for outcome in track(
            importing.run(entries, currency=currency), total=len(entries), description="Importing", console=console
        ):
            outcomes.append(outcome)
            for fault in (*outcome.warnings, *outcome.faults):
                self.stderr.write(f"{file.name}, {fault}")
        refresh(importing.WRITTEN)
        counted = importing.count(outcomes)
        self.stdout.write(", ".join(f"{counted[word]} {word}" for word in WORDS))
        if warnings := sum(len(outcome.warnings) for outcome in outcomes):
            self.stdout.write(f"{warnings} warnings" if warnings > 1 else "1 warning")
        missed = self._fetch(console) if fetch_images else 0
        if counted["refused"] or missed:
            raise CommandError(_summary(counted["refused"], missed))

    def _fetch(self, console: Console) -> int:
        """Download the pictures, and return how many failed."""
        images = images_elsewhere()
        total = len({image.source_url for image in images})
        missed = 0
        for fetched in track(fetch(images), total=total, description="Pictures", console=console):
            if fetched.problem:
                missed += 1
                self.stderr.write(f"{fetched.url}: {fetched.problem}")
        self.stdout.write(f"{total - missed} pictures downloaded, {missed} failed")
        return missed


def read(file: Path, currency: str) -> list[ReadProduct | Unreadable | Remark]:
    """Read the file. Raises CommandError when it can't be read at all."""
    try:
        if file.stat().st_size > LARGEST:
            raise CommandError(f"{file} is larger than {LARGEST // 1024 // 1024} MiB. Import it in parts.")
        content = file.read_bytes()
    except OSError as wrong:
        raise CommandError(f"{file} can't be read: {wrong.strerror}.") from None
    return list(shopify.read(decoded(content, file.name), currency=currency))


def decoded(content: bytes, name: str) -> str:
    """Decode a file: UTF-16 (the "Unicode text" of spreadsheets) with or without a byte order mark, else UTF-8.

    Raises CommandError with the line where decoding fails.
    """
    encoding, codec = _encoding(content)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as wrong:
        raise _not_in(encoding, name, before=content[: wrong.start].decode(codec, "ignore")) from None
    if "\0" in text[:HEAD].partition("\n")[0]:  # UTF-32, or no text at all
        raise _not_in(encoding, name, before=text[: text.index("\0")])
    return text


def _not_in(encoding: str, name: str, *, before: str) -> CommandError:
    line = before.count("\n") + 1
    return CommandError(f"{name}, line {line}: this is not {encoding}. Save the file as CSV in UTF-8.")


def _encoding(content: bytes) -> tuple[str, str]:
    """Return the encoding's name and Python's codec. Without a byte order mark, UTF-16 shows in the heading: one byte
    of each ASCII character is NUL, the second one in little-endian."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "UTF-16", "utf-16"
    head = content[:HEAD]
    halves = {"utf-16-be": head[::2], "utf-16-le": head[1::2]}
    codec, high = max(halves.items(), key=lambda half: half[1].count(0))
    low = next(half for name, half in halves.items() if name != codec)
    if high.count(0) * 2 > len(high) and not low.count(0):
        return "UTF-16", codec
    return "UTF-8", "utf-8-sig"


def _summary(refused: int, missed: int) -> str:
    problems = [f"{refused} products were not imported; see the messages above"] if refused else []
    return "; ".join([*problems, *([f"{missed} pictures could not be downloaded"] if missed else [])]) + "."
