"""The whole shop by one command, for development: the database, a first superuser, the server and the job worker."""

import http.client
import os
import secrets
import socket
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

import shop
from shop.platform.processes import Child, keep_running, note_signals, python
from shop.platform.settings import ShopSettings, shop_settings

FIRST_SUPERUSER: Final = "admin@example.com"
DEMO: Final = "demo"
"""An app of a higher layer has it."""
TIMEOUT: Final = 60.0
GRACEFUL: Final = ("--graceful-timeout", "8")
"""The job worker has to end before its parent kills it, after shop.platform.processes.GRACE seconds."""


class Command(BaseCommand):
    help = "Bring the database up to date, create a superuser, then run the server and the job worker until Ctrl-C."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Where to listen (127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="The port of the server (8000).")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        refuse_busy_port(host, port)
        try:
            call_command("upgrade", verbosity=0, stdout=self.stdout)
            self.greet_superuser()
            self.fill()
        except OperationalError as away:
            raise CommandError(f"The database does not answer, or refuses: {away}".strip()) from None
        connection.close()
        noted = note_signals()
        threading.Thread(target=self.announce, args=(host, port), daemon=True).start()
        hopeless = keep_running(children(host, port), is_stopping=lambda: bool(noted), say=self.say)
        if hopeless:
            raise CommandError(f"The {hopeless.name} keeps crashing; see its output above.")
        self.say("Stopped.")

    def greet_superuser(self) -> None:
        """A superuser exists; whoever runs this knows how to sign in as one."""
        users = get_user_model()._default_manager
        first = users.filter(is_superuser=True, is_active=True).order_by("pk").values_list("email", flat=True).first()
        if first:
            self.say(f"Superuser: {first}   (a new password: python manage.py changepassword {first})")
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser(email=FIRST_SUPERUSER, password=password)
        self.say(f"Superuser: {FIRST_SUPERUSER}   password: {password}   (shown this once)")

    def fill(self) -> None:
        """A shop without products has something to look at, if this installation knows the command."""
        if DEMO in get_commands():
            call_command(DEMO, verbosity=0, stdout=self.stdout)

    def announce(self, host: str, port: int) -> None:
        """Says where the shop is, as soon as it answers."""
        if not answers(host, port):
            return
        base = website(host, port)
        pages = {"the shop": "/", "API, to try out": "/swagger/", "API, to read": "/redoc/", "back office": "/admin/"}
        if settings.DEBUG:
            pages["mails sent here"] = "/dev/mailbox/"
        self.say("".join(f"\n  {base}{path:<16}{name}" for name, path in pages.items()) + "\n\nCtrl-C ends it.")

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def refuse_busy_port(host: str, port: int) -> None:
    """Raises CommandError with a sentence when nobody can listen there; the server itself would share the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as refused:
            raise CommandError(
                f"Port {port} on {host} is not free ({refused}). "
                f"Stop what runs there, or choose another port: make run PORT={port + 1}"
            ) from None


def children(host: str, port: int) -> list[Child]:
    """The server, in its production form but for DEBUG, and the job worker."""
    here = str(Path(shop.__file__).parents[1])  # the command may be given from another folder
    search = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "DEBUG": str(settings.DEBUG).lower(), "PYTHONPATH": search}
    if shop_settings().base_url == ShopSettings.base_url:  # nobody has said where clients reach the shop
        environment["BASE_URL"] = website(host, port)
    server = python(
        "-m", "granian", "--interface", "wsgi", "--http", "1", "--workers", "1", "--blocking-threads", "4", "--no-ws"
    )
    server += ["--workers-kill-timeout", "5"]  # a signal that comes while it loads is lost
    server += ["--host", host, "--port", str(port), "--log-level", "warning", "shop.project.wsgi:application"]
    return [
        Child("server", server, environment),
        Child("job worker", python("-m", "django", "work", *GRACEFUL), environment),
    ]


def website(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}"


def answers(host: str, port: int) -> bool:
    """Whether the server says within a minute that it lives."""
    until = time.monotonic() + TIMEOUT
    while time.monotonic() < until:
        time.sleep(0.1)
        call = http.client.HTTPConnection(host, port, timeout=2)
        try:
            call.request("GET", "/health/live")
            if call.getresponse().status == 200:
                return True
        except OSError:
            pass
        finally:
            call.close()
    return False
