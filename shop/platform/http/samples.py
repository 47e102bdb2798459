"""Code samples of the document, one Markdown file for each operation: a fenced block for each language.

What stands below a heading is another use of the same operation: its samples have the heading in their label.
"""

import re
from pathlib import Path

LANGUAGES = {"sh": ("Shell", "curl"), "js": ("JavaScript", "JavaScript"), "python": ("Python", "Python")}
"""What ReDoc colours a block as, and what its tab is called, by the word behind the fence."""

_PIECE = re.compile(r"^## (?P<use>[^\n]+)$|^```(?P<fence>\w+)\n(?P<source>.*?)^```$", re.MULTILINE | re.DOTALL)


def samples(file: Path) -> list[dict[str, str]]:
    """The `x-codeSamples` of a file, in its order. Raises KeyError for a language that is not in LANGUAGES."""
    found, use = [], ""
    for piece in _PIECE.finditer(file.read_text()):
        if piece["use"]:
            use = f": {piece['use']}"
            continue
        lang, label = LANGUAGES[piece["fence"]]
        found.append({"lang": lang, "label": label + use, "source": piece["source"].rstrip()})
    return found
