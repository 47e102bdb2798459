"""People at the admin, and what they look at."""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User


def root() -> Client:
    """A superuser, logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "a long passphrase"))
    return client


def clerk(*permissions: str) -> Client:
    """Staff with these permissions ("app.codename") and no others, logged in."""
    user = User.objects.create_user("clerk@example.com", "a long passphrase", is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(user)
    return client


def cost(client: Client, path: str) -> int:
    """Return how many statements a page takes with empty caches."""
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as taken:
        assert client.get(path).status_code == 200
    return len(taken)


def errors(answer: Any) -> dict[str, list[str]]:
    """Return the messages of the form by field."""
    messages: dict[str, list[str]] = answer.context["adminform"].form.errors
    return messages


def said(client: Client, answer: Any) -> str:
    """Return the page that the answer redirects to."""
    return client.get(answer["Location"]).content.decode()
