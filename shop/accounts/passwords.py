"""How passwords are stored and which are refused (NIST SP 800-63B-4, 3.1.1; OWASP password storage)."""

import os
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import (
    UNUSABLE_PASSWORD_PREFIX,
    Argon2PasswordHasher,
    check_password,
    get_hasher,
    get_hashers,
    identify_hasher,
    make_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from shop.kernel.plain_text import is_visible
from shop.platform.settings import shop_settings

SHORTEST = 10
LONGEST = 128
SHORTEST_WORD = 3
_SEPARATORS = re.compile(r"[\W_]+")


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane (OWASP), at most two at once in a process.

    They are computed in two threads of their own. The C library keeps freed memory for the thread that had it, so that
    a burst of logins would leave 19 MiB with every thread of the server.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _two.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return _two.submit(super().verify, password, encoded).result()


def _start() -> None:
    global _two  # anew in a forked process, which has none of its parent's threads
    _two = ThreadPoolExecutor(2, thread_name_prefix="passwords")


_two: ThreadPoolExecutor
_start()
os.register_at_fork(after_in_child=_start)


def normalized(password: str) -> str:
    """The password as it is hashed: NFKC, so that the same keys give the same text on every device.

    One that is far too long stays as it is: the form of a long run of combining marks takes quadratic time.
    """
    return password if len(password) > 8 * LONGEST else unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """The text to store for a password."""
    return make_password(normalized(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was stored. When nothing was, one hash is computed all the same.

    Where hashes of other shops are accepted, a wrong password costs one hash of each kind, whichever the account has:
    else the time would tell which accounts came from another shop.
    """
    if check_password(normalized(password), stored or UNUSABLE_PASSWORD_PREFIX):
        return True
    _compute_others(normalized(password), stored or "")
    return False


def _compute_others(password: str, stored: str) -> None:
    """One hash of each accepted kind that the comparison did not compute."""
    preferred, *others = get_hashers()
    own = next((each for each in others if stored.startswith(f"{each.algorithm}$")), None)
    for hasher in (preferred, *others) if own else others:
        if hasher is not own:
            hasher.encode(password, hasher.salt())


def is_dated(stored: str) -> bool:
    """Whether the hash was made by another hasher, or with weaker parameters, than are preferred now."""
    preferred = get_hasher("default")
    return identify_hasher(stored).algorithm != preferred.algorithm or preferred.must_update(stored)


def weaknesses(password: str, *, of: Any = None) -> list[str]:
    """Why the password is refused, as sentences; empty when it is good. `of` has email, first_name, last_name."""
    try:
        password_validation.validate_password(normalized(password), of)
    except ValidationError as wrong:
        return [str(each) for each in wrong.messages]
    return []


class Length:
    """10 to 128 characters, each code point counted."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(
                gettext("It needs at least %(min)s characters.") % {"min": SHORTEST}, code="password_too_short"
            )
        if len(password) > LONGEST:
            raise ValidationError(
                gettext("It may have at most %(max)s characters.") % {"max": LONGEST}, code="password_too_long"
            )

    def get_help_text(self) -> str:
        return gettext("%(min)s to %(max)s characters.") % {"min": SHORTEST, "max": LONGEST}


class Visible:
    """Something of it can be seen: spaces, U+200B and U+3164 alone are no secret, however many they are."""

    def validate(self, password: str, user: Any = None) -> None:
        if password and not is_visible(password):
            raise ValidationError(
                gettext("Use letters, digits or symbols, not only spaces."), code="password_invisible"
            )

    def get_help_text(self) -> str:
        return gettext("Must not consist only of spaces.")


class OwnData:
    """Not made of the person's own e-mail or names: five characters at least are something else."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is not None and _is_made_of(_words_of(user), password):
            raise ValidationError(gettext("Too similar to your email or name."), code="password_own_data")

    def get_help_text(self) -> str:
        return gettext("Must not be similar to your email or name.")


class ShopsName:
    """Not made of the shop's own name or address, which a guesser tries first."""

    def validate(self, password: str, user: Any = None) -> None:
        host = urlsplit(shop_settings().base_url).hostname or ""
        if _is_made_of([settings.DEFAULT_FROM_EMAIL, host], password):
            raise ValidationError(gettext("Must not contain the shop's name."), code="password_shops_name")

    def get_help_text(self) -> str:
        return gettext("Must not contain the shop's name.")


def _is_made_of(texts: list[str], password: str) -> bool:
    """Whether less than half of the shortest password is left without these texts and the words in them."""
    known = [normalized(text).casefold() for text in texts]
    words = {word for text in known for word in [text, *_SEPARATORS.split(text)] if len(word) >= SHORTEST_WORD}
    whole_password = rest = normalized(password).casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != whole_password and len(rest) < SHORTEST // 2


def _words_of(user: Any) -> list[str]:
    return [str(getattr(user, each, "")) for each in ("email", "first_name", "last_name")]
