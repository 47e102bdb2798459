from shop.inventory.operations.books import recount, verify
from shop.inventory.operations.holds import commit, hold, release, release_expired
from shop.inventory.operations.levels import adjust, receive, receive_all, set_apart, set_backorder_room, take_stock
from shop.inventory.queries import shortage, wanted_of

__all__ = [
    "adjust",
    "commit",
    "hold",
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
    "wanted_of",
]
