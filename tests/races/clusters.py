"""A server of PostgreSQL of one's own, which may be stopped while others work."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

NOBODY_IS_ROOT: Final = "postgres" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""

Mode = Literal["fast", "immediate"]


def programs() -> Path | None:
    """Where initdb and pg_ctl are, of the newest version; None where there is no server."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((each.parent for each in versions), key=lambda bin: int(bin.parent.name), default=None)


class Cluster:
    """Its databases lie in a folder; it listens on a port of this machine."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"

    def make(self) -> None:
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.folder / 'log'}", f"--options={options}")

    def stop(self, mode: Mode) -> None:
        """Every connection is gone. `immediate` is a crash: it recovers at the next start."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}")

    def _run(self, program: str, *options: str) -> None:
        at = programs()
        assert at is not None
        subprocess.run(  # noqa: S603
            [at / program, f"--pgdata={self.folder / 'data'}", *options],
            user=NOBODY_IS_ROOT,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )


@contextmanager
def cluster(port: int) -> Iterator[Cluster]:
    """It runs, and is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="shop-cluster-", dir="/tmp"))
    if NOBODY_IS_ROOT:
        shutil.chown(folder, NOBODY_IS_ROOT)
    made = Cluster(folder, port)
    try:
        made.make()
        made.start()
        yield made
        made.stop("fast")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
