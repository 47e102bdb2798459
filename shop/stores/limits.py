"""How much fits: bounds that every client may rely on, whichever app holds them."""

from typing import Final

MOST_LINES: Final = 200
"""Lines of a cart."""

MOST_OF_ONE: Final = 999
"""The quantity of one line."""

LARGEST_METADATA: Final = 16 * 1024
"""Bytes of the metadata of a cart and its lines together: names and values, in UTF-8."""

LARGEST_PRICE: Final = 20_000_000_000
"""Minor units of one price, of a variant or of a way to ship: 200 million euros. A full cart of it, taxed at 100 % on
top, is still an amount that every JSON reader keeps (shop.kernel.money.LARGEST), so none is too dear to be read."""

LONGEST_SEARCH: Final = 200
"""Characters of a search."""

MOST_FILTERS: Final = 10
"""Filters of a list, each with at most MOST_FILTER_VALUES values."""

MOST_FILTER_VALUES: Final = 20
