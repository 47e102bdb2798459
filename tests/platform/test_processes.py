"""The parent of server and job worker: what ends is started again, what is stopped leaves nothing behind."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shop.platform.management.commands.start import children
from shop.platform.processes import GRACE, Child, keep_running, python

FAMILY = """
import os, signal, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open(sys.argv[1], "w") as pipe:
    pipe.write(f"{os.getpid()} {grandchild.pid}\\n")
time.sleep(60)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FAMILY


@pytest.fixture
def births(tmp_path: Path) -> Path:
    """A pipe into which each start writes its process ids: reading it waits for the next start."""
    pipe = tmp_path / "births"
    os.mkfifo(pipe)
    return pipe


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stopping() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def family(births: Path) -> tuple[int, int]:
    with births.open() as pipe:
        child, grandchild = pipe.read().split()
    return int(child), int(grandchild)


def looked_after(child: Child, stopping: threading.Event, said: list[str]) -> threading.Thread:
    thread = threading.Thread(
        target=keep_running, args=([child],), kwargs={"is_stopping": stopping.is_set, "say": said.append, "grace": 0.5}
    )
    thread.start()
    return thread


def test_a_child_that_dies_is_started_again(births: Path, stopping: threading.Event, said: list[str]) -> None:
    child = Child("server", python("-c", FAMILY, str(births)), os.environ)
    parent = looked_after(child, stopping, said)
    first, _ = family(births)

    os.kill(first, signal.SIGKILL)
    second, _ = family(births)
    stopping.set()
    parent.join(20)

    assert second != first
    assert said == ["The server ended (SIGKILL). Starting it again in 1 s."]


@pytest.mark.parametrize("program", [FAMILY, DEAF])
def test_stopping_leaves_no_orphans_even_of_a_child_that_will_not_listen(
    program: str, births: Path, stopping: threading.Event, said: list[str]
) -> None:
    parent = looked_after(Child("server", python("-c", program, str(births)), os.environ), stopping, said)
    child, grandchild = family(births)

    stopping.set()
    parent.join(20)

    assert [pid for pid in (child, grandchild) if stays(pid)] == []
    assert said == []


def test_a_child_that_keeps_ending_at_once_is_given_up(stopping: threading.Event, said: list[str]) -> None:
    child = Child("server", python("-c", "raise SystemExit(3)"), os.environ)

    hopeless = keep_running([child], is_stopping=stopping.is_set, say=said.append, max_early_ends=2)

    assert hopeless is child
    assert said == [
        "The server ended (exit code 3). Starting it again in 1 s.",
        "The server ended (exit code 3). Starting it again in 2 s.",
    ]


def stays(pid: int) -> bool:
    """Whether the process is still there after a while; a zombie that waits for its new parent is not."""
    status = Path(f"/proc/{pid}/stat")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with suppress(FileNotFoundError, ProcessLookupError):
            if status.read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.01)
                continue
        return False
    return True


def test_the_job_worker_gives_its_jobs_back_before_its_parent_kills_it() -> None:
    _, worker = children("127.0.0.1", 8000)

    timeout = worker.command[worker.command.index("--graceful-timeout") + 1]

    assert (worker.name, timeout, GRACE) == ("job worker", "8", 10.0)
