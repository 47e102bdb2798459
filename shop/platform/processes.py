"""Keeps child processes running until told to stop, then ends them and all that they started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Final

POLL: Final = 0.1
SHORT_LIFE: Final = 5.0
LONGEST_PAUSE: Final = 30.0
GRACE: Final = 10.0
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child:
    """One process that is to be always there. `name` is what people read: "server", "job worker"."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.early_ends = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._due_at = 0.0

    def start(self) -> None:
        """The process runs, in a group of its own so that Ctrl-C reaches it through its parent alone."""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(self.command, env=dict(self.environment), start_new_session=True)  # noqa: S603

    def look_after(self, say: Callable[[str], object]) -> None:
        """Starts the process again if it has ended: at once, or after a growing pause when it keeps ending early."""
        if self._process is not None and self._process.poll() is not None:
            self._note_end(self._process.returncode, say)
        if self._process is None and time.monotonic() >= self._due_at:
            self.start()

    def stop(self, *, by: float) -> None:
        """The process and everything it started are gone; those that still run at the moment `by` are killed."""
        if self._process is None:
            return
        _signal_group(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=max(by - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal_group(self._process.pid, signal.SIGKILL)  # what it left behind, too
            self._process.wait()
            self._process = None

    def _note_end(self, code: int, say: Callable[[str], object]) -> None:
        early = time.monotonic() - self._started_at < SHORT_LIFE
        self.early_ends = self.early_ends + 1 if early else 0
        pause = min(2.0 ** (self.early_ends - 1), LONGEST_PAUSE) if self.early_ends else 0.0
        self._due_at = time.monotonic() + pause
        self._process = None
        say(f"The {self.name} ended ({_ending(code)}). Starting it again{f' in {pause:.0f} s' if pause else ''}.")


def keep_running(
    children: Sequence[Child],
    *,
    is_stopping: Callable[[], bool],
    say: Callable[[str], object],
    max_early_ends: int = 5,
    grace: float = GRACE,
) -> Child | None:
    """Looks after the children until `is_stopping` says so, then ends them all within `grace` seconds.

    Returns None then, or the child that ended early so many times in a row that there is no use in trying again.
    """
    hopeless = None
    try:
        while hopeless is None and not is_stopping():
            time.sleep(POLL)
            for child in children:
                child.look_after(say)
            hopeless = next((child for child in children if child.early_ends >= max_early_ends), None)
    finally:
        by = time.monotonic() + grace
        for child in children:
            child.stop(by=by)
    return hopeless


def note_signals() -> list[int]:
    """A list that is no longer empty after Ctrl-C, SIGTERM or the end of the terminal.

    The handler only takes a note: an Event that a handler sets can deadlock with the thread that waits for it.
    """
    noted: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        noted.append(number)

    for each in STOP_SIGNALS:
        signal.signal(each, note)
    return noted


def python(*arguments: str) -> list[str]:
    """A command that this very interpreter runs."""
    return [sys.executable, *arguments]


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # gone already; macOS says the latter of a group of zombies
        os.killpg(group, number)


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
