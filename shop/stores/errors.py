"""What the store refuses."""

from shop.kernel.errors import Invalid


class LocaleNotServed(Invalid):
    """This language is not available."""

    code = "locale_not_served"
