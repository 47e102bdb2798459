"""The shop as it is in production, but for the hasher and for the limits that can't be switched off.

Thousands of logins are not about Argon2id here, and the one address of the examples asks for thousands of codes.
"""

from dataclasses import replace

from shop.project.settings import *  # noqa: F403
from shop.project.settings import SHOP

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SHOP = replace(SHOP, limits=dict.fromkeys(["otp-hour", "otp-tries"], "1000000/60"))
