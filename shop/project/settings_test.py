"""What differs under test: a fast hasher, no console mail, limits off unless a test is about them."""

import os

os.environ.setdefault("DEBUG", "true")

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from shop.project.settings import *  # noqa: F403
from shop.project.settings import ACCOUNTS, DATABASES, INSTALLED_APPS, MIDDLEWARE, SHOP

if DATABASES["default"]["ENGINE"] == "shop.platform.sqlite":
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))  # so that two runs at once don't meet
    DATABASES["default"]["TEST"] = {"NAME": Path(tempfile.gettempdir()) / f"shop-test-{run}.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # nothing here survives a power cut

SHOP = replace(SHOP, limits_on=False, cors_loopback=False)
ACCOUNTS = replace(ACCOUNTS, otp_resend_after=timedelta(seconds=30))
DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # nothing is collected
INSTALLED_APPS = [*INSTALLED_APPS, "zeal", "django_migration_linter"]
# A request that asks row by row what it could ask once fails.
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_ALLOWLIST = [
    {"model": "sessions.Session", "field": "get()"},  # Django reads it again to re-key it
    {"model": "accounts.User", "field": "get()"},  # who looks, and at whom, on the admin's page of a user
    {"model": "accounts.User", "field": "user_permissions"},  # of the access token, and of the refresh token beside it
    {"model": "catalog.Category", "field": "get()"},  # one, and the one below which the admin moves it
]
