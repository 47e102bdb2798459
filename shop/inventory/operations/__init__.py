from shop.inventory.operations.books import recount, verify
from shop.inventory.operations.holds import commit, hold, make_firm, make_provisional, release, release_expired
from shop.inventory.operations.levels import adjust, receive, receive_all, set_apart, set_backorder_room, take_stock
from shop.inventory.queries import beyond_share, demand_of, shortage

__all__ = [
    "adjust",
    "beyond_share",
    "commit",
    "demand_of",
    "hold",
    "make_firm",
    "make_provisional",
    "receive",
    "receive_all",
    "recount",
    "release",
    "release_expired",
    "set_apart",
    "set_backorder_room",
    "shortage",
    "take_stock",
    "verify",
]
