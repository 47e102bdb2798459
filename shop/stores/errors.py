"""What the store refuses."""

from shop.kernel.errors import Invalid


class LocaleNotServed(Invalid):
    """The shop does not speak this language."""

    code = "locale_not_served"
