"""Keys for single purposes, derived from the installation's one secret, so that none can stand in for another."""

import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet
from django.conf import settings


def key_for(purpose: str) -> bytes:
    """32 bytes that depend on SECRET_KEY and the purpose (HMAC-SHA256 as a key derivation)."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"shop key: " + purpose.encode(), "sha256")


def locked(plain: bytes, *, purpose: str) -> bytes:
    """The bytes encrypted for this installation alone (AES-128-CBC with HMAC-SHA256, the Fernet format)."""
    return Fernet(urlsafe_b64encode(key_for(purpose))).encrypt(plain)


def unlocked(secret: bytes | memoryview, *, purpose: str) -> bytes:
    """What `locked` was given. Raises cryptography's InvalidToken for anything else."""
    return Fernet(urlsafe_b64encode(key_for(purpose))).decrypt(bytes(secret))


def keyed_hash(text: str, *, purpose: str) -> str:
    """The hex HMAC-SHA256 of a text under the key of that purpose."""
    return hmac.digest(key_for(purpose), text.encode("utf-8", "surrogatepass"), "sha256").hex()
