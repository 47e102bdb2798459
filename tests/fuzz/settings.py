"""The shop as it is in production, but for the hasher, for limits that can't be switched off, and for mails: files.

Thousands of logins are not about Argon2id here, and the one address of the examples asks for thousands of codes.
"""

import os
from dataclasses import replace

from shop.project.settings import *  # noqa: F403
from shop.project.settings import SHOP

EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", os.environ["FUZZ_MAILS"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SHOP = replace(SHOP, limits=dict.fromkeys(["otp-hour", "otp-tries"], "1000000/60"))
