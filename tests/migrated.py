"""A migrated SQLite database is made once for all processes and runs that have the same migrations, and copied.

Making it takes five seconds of CPU, which every process of every run paid before. It stays in the system's folder for
temporary files, named by what it was made of.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import django
from django.conf import settings
from django.db import connection

from tests.contracts.pages import ROOT

SOURCES: Final = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "*/apps.py", "platform/*.py", "stores/*.py")
FOLDER: Final = Path(tempfile.gettempdir())

Create = Callable[..., str]


def copied(create: Create) -> Create:
    """Django's create_test_db, which is asked only where no copy of its work is there yet."""

    def create_test_db(verbosity: int = 1, autoclobber: bool = False, **options: Any) -> str:
        database = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
        template = FOLDER / f"shop-migrated-{fingerprint()}.sqlite3"
        with (FOLDER / "shop-migrated.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not template.exists():
                forget(FOLDER)
                create(verbosity=verbosity, autoclobber=True, **{**options, "serialize": False})
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                shutil.copy(database, template.with_suffix(".part"))
                template.with_suffix(".part").rename(template)
        connection.close()
        shutil.copy(template, database)
        settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = database
        connection.ensure_connection()
        return str(database)

    return create_test_db


def fingerprint() -> str:
    """Changes with everything that a migrated database depends on."""
    digest = sha256(f"{django.__version__} {os.getuid()}".encode())
    for path in sorted({path for pattern in SOURCES for path in (ROOT / "shop").glob(pattern)}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def forget(folder: Path) -> None:
    """What earlier migrations made is gone, but for the newest ten."""
    made = sorted(folder.glob("shop-migrated-*.sqlite3"), key=lambda path: path.stat().st_mtime, reverse=True)
    for template in made[10:]:
        template.unlink(missing_ok=True)
