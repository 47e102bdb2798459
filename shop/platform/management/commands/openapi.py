"""Write the API's documentation, or check that what is committed is what the code says."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.platform.http.openapi import document, errors_page


class Command(BaseCommand):
    help = "Write docs/api/openapi.json and docs/api/errors.md; --check fails instead when they differ from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Compare only; fail if they differ.")
        parser.add_argument("--folder", type=Path, default=Path("docs/api"), help="Where the files are (docs/api).")

    def handle(self, *, check: bool, folder: Path, **options: Any) -> None:
        wanted = {
            folder / "openapi.json": json.dumps(document(), indent=1, ensure_ascii=False) + "\n",
            folder / "errors.md": errors_page(),
        }
        if check:
            stale = [str(path) for path, text in wanted.items() if not path.exists() or path.read_text() != text]
            if stale:
                raise CommandError(f"Out of date: {', '.join(stale)}. Run make openapi and commit what changed.")
            self.stdout.write("The documentation matches the code.")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in wanted.items():
            path.write_text(text)
            self.stdout.write(f"wrote {path}")
