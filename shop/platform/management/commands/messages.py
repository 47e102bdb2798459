"""Bring the catalogs of translations up to date with the messages in the code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.platform import catalogs


class Command(BaseCommand):
    help = "Write django.po and django.mo of every language; --check fails instead when a translation is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail if a catalog is not complete.")
        parser.add_argument("--add", metavar="LANGUAGE", help="Begin the catalog of another language, for example fr.")

    def handle(self, *, check: bool, add: str | None, **options: Any) -> None:
        languages = sorted({*catalogs.languages(), *filter(None, [add])})
        if check:
            faults = [f"{language}: {fault}" for language in languages for fault in catalogs.faults(language)]
            if faults:
                raise CommandError("\n".join([*faults, "Run make messages, and complete what it wrote."]))
            self.stdout.write("Every message is translated.")
            return
        for language in languages:
            catalog = catalogs.update(language)
            missing = sum(1 for message in catalog if message.id and not message.string)
            self.stdout.write(f"wrote {catalogs.po_file(language)}: {len(catalog)} messages, {missing} to translate")
