"""Messages in the language of whoever reads them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Final

from django.utils.translation import get_supported_language_variant, gettext, ngettext, override
from django.utils.translation.trans_real import parse_accept_lang_header

from shop.kernel.messages import Message, Plural, fill

AS_WRITTEN: Final = "en"
"""The language of the messages in the code: nobody is asked for their translation."""

_PARSED: Final = 500
"""Django parses this many characters of an Accept-Language header, up to the last comma in them."""


def translate(message: Message, facts: Mapping[str, object] | None = None) -> str:
    """The message in the active language; its facts are filled in afterwards, so that translators see their names."""
    if isinstance(message, Plural):
        number = (facts or {}).get(message.by)
        return fill(ngettext(message.one, message.many, number if isinstance(number, int) else 0), facts)
    return fill(gettext(message), facts)


def negotiated(accept_language: str) -> str:
    """The language that an Accept-Language header prefers among those that exist (RFC 9110, 12.5.4), else English.

    Unlike Django's own function it does not look at cookies: no cookie changes what the API answers.
    """
    return _negotiated(accept_language[: _PARSED + 1])  # one more shows Django that the header was longer


@lru_cache(256)
def _negotiated(accept_language: str) -> str:
    for tag, quality in parse_accept_lang_header(accept_language):
        if tag == "*" or not quality:
            break
        if supported := _supported(tag):
            return supported
    return AS_WRITTEN


def language_of(locale: str) -> str:
    """The language that messages have for this locale: de for de-AT; English where there is no translation."""
    return _supported(locale) or AS_WRITTEN


def in_language_of(locale: str) -> AbstractContextManager[None]:
    """Within this, messages are in the language of that locale."""
    return override(language_of(locale))


def _supported(tag: str) -> str:
    try:
        return get_supported_language_variant(tag.lower())
    except LookupError:
        return ""
