"""How much fits: bounds that every client may rely on, whichever app holds them."""

from typing import Final

MOST_LINES: Final = 200
"""Lines of a cart."""

MOST_OF_ONE: Final = 999
"""The quantity of one line."""

LONGEST_SEARCH: Final = 200
"""Characters of a search."""

MOST_FILTERS: Final = 10
"""Filters of a list, each with at most MOST_FILTER_VALUES values."""

MOST_FILTER_VALUES: Final = 20
