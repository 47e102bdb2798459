"""The headers of an envelope: those of every answer are there from the start."""

from collections.abc import ItemsView, Iterator, MutableMapping

from django.http.response import ResponseHeaders

Entries = dict[str, tuple[str, str]]


def prepared(**headers: str) -> Entries:
    """Headers in the form in which they are stored: by the name in lower case, the name and the value."""
    names = {name: name.replace("_", "-") for name in headers}
    return {names[name].lower(): (names[name], value) for name, value in headers.items()}


class EnvelopeHeaders(MutableMapping[str, str]):
    """The headers of one answer, by their names in any case, as Django's own.

    Django's look at each character of each name and value again for each answer, which is a fifth of what the API's
    own code takes. Here what is the same for all answers is copied, and plain text is stored as it is.
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Entries) -> None:
        self._entries = entries.copy()

    def __getitem__(self, name: str) -> str:
        return self._entries[name.lower()][1]

    def __setitem__(self, name: str, value: str) -> None:
        if not (value.isascii() and value.isprintable() and name.isascii()):
            ((name, value),) = ResponseHeaders({name: value}).items()  # encodes, or refuses
        self._entries[name.lower()] = (name, value)

    def __delitem__(self, name: str) -> None:
        self._entries.pop(name.lower(), None)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._entries

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def items(self) -> ItemsView[str, str]:
        return dict(self._entries.values()).items()
