"""Generate clients of docs/api/openapi.json in TypeScript and Python, compile them, and buy something with each.

    python -m tests.clients

The shop is a new one with the demo's goods, on a free port, and is gone afterwards. Each client buys three times: with
a card that pays at once, and with two that need 3-D Secure, on a page and by a client secret. Needs Node.js 20 or
newer; the Python generator gets an environment of its own, because its requirements are not the project's.
"""

import os
import subprocess
import venv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.fuzz.shop import ROOT, running

HERE: Final = Path(__file__).parent
DOCUMENT: Final = ROOT / "docs/api/openapi.json"
ENVIRONMENT: Final = ROOT / ".venv/clients"
TIMEOUT_SECONDS: Final = 600


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        buyers = [compiled_typescript(), generated_python(folder / "python")]
        os.environ["PAYMENTS_TEST_MODE"] = "true"
        with running(os.environ.get("DATABASE_URL", ""), folder) as base:
            for language, command, environment in buyers:
                print(f"{language}: ", end="", flush=True)  # noqa: T201
                run([*command, base], folder, environment)


def compiled_typescript() -> tuple[str, list[str], dict[str, str]]:
    """How to run what tsc --strict makes of the types that openapi-typescript makes, with its default flags."""
    place = HERE / "typescript"
    run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], place)
    for script in ("generate", "compile"):
        run(["npm", "run", "--silent", script], place)
    return "TypeScript", ["node", str(place / "built/buy.js")], {}


def generated_python(folder: Path) -> tuple[str, list[str], dict[str, str]]:
    """How to run what uses the client that openapi-python-client makes; a warning of it is a failure."""
    place = HERE / "python"
    wanted, installed = place / "requirements.txt", ENVIRONMENT / "requirements.txt"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        run([str(ENVIRONMENT / "bin/pip"), "install", "--quiet", "--no-input", "-r", str(wanted)], place)
        installed.write_bytes(wanted.read_bytes())
    path = {"PATH": f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}"}  # where it looks for ruff
    generate = ["openapi-python-client", "generate", "--fail-on-warning", "--path", str(DOCUMENT)]
    run([*generate, "--output-path", str(folder)], place, path)
    return "Python", [str(ENVIRONMENT / "bin/python"), str(place / "buy.py")], {"PYTHONPATH": str(folder)}


def run(command: list[str], folder: Path, more: dict[str, str] | None = None) -> None:
    """The command ended well. Raises CalledProcessError."""
    environment = {**os.environ, **(more or {})}
    subprocess.run(command, cwd=folder, env=environment, check=True, timeout=TIMEOUT_SECONDS)  # noqa: S603


if __name__ == "__main__":
    main()
