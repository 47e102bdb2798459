"""Two people whom the fuzzer plays: they register as everybody does, and now and then clear up after it."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_string
from pathlib import Path
from typing import Any

import httpx

from shop.platform.clock import now

NAMES = ("ada", "bob")
EMAILS = tuple(f"{name}@fuzz.example" for name in NAMES)
PASSWORD = "in no example 4711"  # so that nothing generated closes an account or changes its password
CLEAR_AFTER = timedelta(seconds=5)
LOGIN = "/api/v1/auth/login"


def register(base: str, mails: Path) -> None:
    """Both have an account whose address is confirmed."""
    for email in EMAILS:
        asked = _post(base, "/api/v1/auth/register", email=email, password=PASSWORD)
        token = asked["registration_token"]
        _post(base, "/api/v1/auth/verify-email", email=email, registration_token=token, otp=_code(mails, email))


def as_wfc() -> dict[str, Any]:
    """How Schemathesis logs in as each of them (Web Fuzzing Commons, authentication)."""
    token = {
        "extractFrom": "body",
        "extractSelector": "/data/access_token",
        "sendIn": "header",
        "sendName": "Authorization",
        "sendTemplate": "Bearer {token}",
    }
    return {
        "auth": [
            {
                "name": name,
                "loginEndpointAuth": {
                    "endpoint": LOGIN,
                    "verb": "POST",
                    "contentType": "application/json",
                    "payloadUserPwd": {
                        "username": f"{name}@fuzz.example",
                        "password": PASSWORD,
                        "usernameField": "email",
                        "passwordField": "password",
                    },
                    "token": token,
                },
            }
            for name in NAMES
        ]
    }


@contextmanager
def clearing(base: str) -> Iterator[None]:
    """While this lasts, addresses that are five seconds old go: a full address book would refuse every new one."""
    done = threading.Event()
    thread = threading.Thread(target=_clear, args=(base, done), daemon=True)
    thread.start()
    yield
    done.set()
    thread.join()


def _clear(base: str, done: threading.Event) -> None:
    with httpx.Client(base_url=base, timeout=20) as client:
        while not done.wait(1):
            for email in EMAILS:
                token = _post(base, LOGIN, email=email, password=PASSWORD)["access_token"]
                client.headers["Authorization"] = f"Bearer {token}"
                listed = client.get("/api/v1/me/addresses?limit=100")
                for each in listed.json()["data"] or ():
                    if datetime.fromisoformat(each["created_at"]) < now() - CLEAR_AFTER:
                        client.delete(f"/api/v1/me/addresses/{each['id']}")


def _post(base: str, path: str, **body: str) -> dict[str, str]:
    answer = httpx.post(base + path, json=body, timeout=20)
    answer.raise_for_status()
    found: dict[str, str] = answer.json()["data"]
    return found


def _code(mails: Path, email: str) -> str:
    """The code in the mail to this address, as soon as the worker has written it."""
    for _ in range(200):
        written = [text for path in mails.glob("*.log") for text in path.read_text().split("-" * 79)]
        codes = [
            found[1]
            for text in written
            if (found := re.search(r"^ +(\d{6})\s*$", text, re.MULTILINE))
            and message_from_string(text.lstrip())["To"] == email
        ]
        if codes:
            return codes[-1]
        time.sleep(0.1)
    raise TimeoutError(f"No code was mailed to {email}.")
