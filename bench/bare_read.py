"""What one API read costs above the bare server: both in turn under the production server, the medians compared.

make bench-bare        needs wrk
"""

import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request

ROUNDS, SECONDS, CONNECTIONS, PORT = 5, 4, 16, 8971
ENVIRONMENT = {
    **os.environ,
    "SECRET_KEY": "bench-" + "0123456789abcdefghij" * 4,
    "ALLOWED_HOSTS": "127.0.0.1",
    "LOG_LEVEL": "INFO",
    "DEBUG": "false",
    "DJANGO_SETTINGS_MODULE": "shop.project.settings",
}


def rate(target: str, path: str) -> float:
    """Requests per second that one worker answers."""
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
        said = subprocess.run(load, capture_output=True, text=True, check=True).stdout  # noqa: S603
    finally:
        server.terminate()
        server.wait(10)
    if "Non-2xx" in said:
        raise SystemExit(said)
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if not found:
        raise SystemExit(said)
    return float(found[1])


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
        bare.append(1e6 / rate("bench.bare_wsgi:application", "/"))
        ours.append(1e6 / rate("bench.bare_api:application", "/api/v1/bench"))
    above = statistics.median(ours) - statistics.median(bare)
    print(f"bare server  {statistics.median(bare):7.1f} us a request ({min(bare):.1f} to {max(bare):.1f})")  # noqa: T201
    print(f"API read     {statistics.median(ours):7.1f} us a request ({min(ours):.1f} to {max(ours):.1f})")  # noqa: T201
    print(f"above        {above:7.1f} us")  # noqa: T201


if __name__ == "__main__":
    main()
