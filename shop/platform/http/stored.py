"""Headers as Django keeps them: a quick way to many at once, which are right already."""

from django.http.response import HttpResponseBase

Stored = dict[str, tuple[str, str]]
"""From the name in lower case to the name and the value."""


def stored(response: HttpResponseBase) -> Stored:
    """The response's own mapping. Whoever writes into it knows that the values are plain ASCII without line ends:
    Django would look at each of them, for each answer."""
    found: Stored = response.headers._store
    return found
