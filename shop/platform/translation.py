"""Messages in the language of whoever reads them."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, ngettext

from shop.kernel.messages import Message, Plural, fill

AS_WRITTEN: Final = "en"
"""The language of the messages in the code: nobody is asked for their translation."""


def translate(message: Message, facts: Mapping[str, object] | None = None) -> str:
    """The message in the active language; its facts are filled in afterwards, so that translators see their names."""
    if isinstance(message, Plural):
        number = (facts or {}).get(message.by)
        return fill(ngettext(message.one, message.many, number if isinstance(number, int) else 0), facts)
    return fill(gettext(message), facts)
