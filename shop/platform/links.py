"""Links in mails: into the storefront, by the URL templates of the setting STOREFRONT_URLS."""

from string import Formatter
from urllib.parse import quote, urlsplit

from shop.platform.settings import shop_settings

PLACEHOLDERS = {
    "order": frozenset({"id", "number"}),
    "payment": frozenset({"id", "number"}),
    "cart": frozenset[str](),
    "product": frozenset({"id", "slug"}),
    "reset": frozenset[str](),
}
"""The pages that a storefront can name, and what each URL may be filled with: never a token, and no cart's id."""


def storefront_url(page: str, **values: str) -> str | None:
    """The URL of a page of the storefront, or None where the setting does not name it."""
    template = shop_settings().storefront_urls.get(page)
    if template is None:
        return None
    return template.format(**{name: quote(value, safe="") for name, value in values.items()})


def parsed_templates(words: list[str]) -> dict[str, str]:
    """The templates of `page=URL` words. Raises ValueError with a sentence."""
    templates: dict[str, str] = {}
    for word in words:
        page, _, template = word.partition("=")
        if page not in PLACEHOLDERS:
            raise ValueError(f"{page!r} is not a known page; known pages: {', '.join(PLACEHOLDERS)}, each as page=URL")
        if page in templates:
            raise ValueError(f"{page} is given twice")
        templates[page] = _checked(page, template)
    return templates


def _checked(page: str, template: str) -> str:
    if not _is_web(template):
        raise ValueError(f"{page} must be a URL that begins with https:// or http://")
    allowed = PLACEHOLDERS[page]
    known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "no placeholder"
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template)]
    except ValueError:
        raise ValueError(f"{page} has a brace that is not closed; it takes {known}") from None
    for name, spec, conversion in fields:
        if name is not None and (name not in allowed or spec or conversion):
            raise ValueError(f"{page} takes {known}, not {{{name}}}")
    return template


def _is_web(template: str) -> bool:
    try:
        parts = urlsplit(template)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
