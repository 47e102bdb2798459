"""Keys for single purposes, derived from the installation's one secret, so that none can stand in for another."""

import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def key_for(purpose: str) -> bytes:
    """32 bytes that depend on SECRET_KEY and the purpose (HMAC-SHA256 as a key derivation)."""
    return _derived(settings.SECRET_KEY, purpose)


def locked(plain: bytes, *, purpose: str) -> bytes:
    """The bytes encrypted for this installation alone (AES-128-CBC with HMAC-SHA256, the Fernet format)."""
    return _fernet(settings.SECRET_KEY, purpose).encrypt(plain)


def unlocked(secret: bytes | memoryview, *, purpose: str) -> bytes:
    """What `locked` was given, under this SECRET_KEY or a fallback. Raises cryptography's InvalidToken otherwise."""
    return _fernets(purpose).decrypt(bytes(secret))


def relocked(secret: bytes | memoryview, *, purpose: str) -> bytes | None:
    """The same, encrypted with SECRET_KEY; None where it is already, or where no fallback has encrypted it."""
    try:
        _fernet(settings.SECRET_KEY, purpose).decrypt(bytes(secret))
    except InvalidToken:
        try:
            return _fernets(purpose).rotate(bytes(secret))
        except InvalidToken:
            return None
    return None


def keyed_hash(text: str, *, purpose: str) -> str:
    """The hex HMAC-SHA256 of a text under the key of that purpose."""
    return _keyed_hash(settings.SECRET_KEY, text, purpose)


def is_keyed_hash(given: str, text: str, *, purpose: str) -> bool:
    """Whether `keyed_hash` has given it for the text, under this SECRET_KEY or a fallback."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(given, _keyed_hash(each, text, purpose)) for each in keys)


def _keyed_hash(secret_key: str, text: str, purpose: str) -> str:
    return hmac.digest(_derived(secret_key, purpose), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _fernets(purpose: str) -> MultiFernet:
    """Encrypts with SECRET_KEY, and decrypts with its fallbacks too."""
    return MultiFernet([_fernet(each, purpose) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret_key: str, purpose: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_derived(secret_key, purpose)))


def _derived(secret_key: str, purpose: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"shop key: " + purpose.encode(), "sha256")
