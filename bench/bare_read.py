"""What one API read costs above the bare server: both in turn under the production server, the medians compared.

make bench-bare        needs wrk, and Linux: it is the CPU time of the server that counts, so other work disturbs less
"""

import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROUNDS, SECONDS, CONNECTIONS, PORT = 5, 4, 16, 8971
ENVIRONMENT = {
    **os.environ,
    "SECRET_KEY": "bench-" + "0123456789abcdefghij" * 4,
    "ALLOWED_HOSTS": "127.0.0.1",
    "LOG_LEVEL": "INFO",
    "DEBUG": "false",
    "DJANGO_SETTINGS_MODULE": "shop.project.settings",
}


def cost(target: str, path: str) -> float:
    """The CPU time of one worker for a request, in microseconds."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT)]
    server = subprocess.Popen(  # noqa: S603 our own command
        [*command, "--workers", "1", "--blocking-threads", "1", target],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{PORT}{path}"
        wait_for(url)
        load = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url]
        before = cpu_seconds(server.pid)
        report = subprocess.run(load, capture_output=True, text=True, check=True).stdout  # noqa: S603
        spent = cpu_seconds(server.pid) - before
    finally:
        server.terminate()
        server.wait(10)
    requests = re.search(r"(\d+) requests in", report)
    if "Non-2xx" in report or not requests:
        raise SystemExit(report)
    return spent / int(requests[1]) * 1e6


def cpu_seconds(parent: int) -> float:
    """The CPU time that the children of a process have used."""
    workers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    fields = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in workers]
    return sum(int(user) + int(system) for user, system in (each[11:13] for each in fields)) / os.sysconf("SC_CLK_TCK")


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 the address is ours
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def main() -> None:
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(cost("bench.bare_wsgi:application", "/"))
        ours.append(cost("bench.bare_api:application", "/api/v1/bench"))
    above = statistics.median(ours) - statistics.median(bare)
    print(f"bare server  {statistics.median(bare):7.1f} us a request ({min(bare):.1f} to {max(bare):.1f})")  # noqa: T201
    print(f"API read     {statistics.median(ours):7.1f} us a request ({min(ours):.1f} to {max(ours):.1f})")  # noqa: T201
    print(f"above        {above:7.1f} us")  # noqa: T201


if __name__ == "__main__":
    main()
