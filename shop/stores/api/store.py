"""`/store` and `/countries`: what a storefront reads before anything else."""

from typing import cast

import msgspec

from shop.platform.http.call import Request
from shop.platform.http.conditions import content_etag
from shop.platform.http.door import Door
from shop.platform.http.envelope import Answer
from shop.stores import queries
from shop.stores.api import show
from shop.stores.api.schemas import CountryOut, StoreOut
from shop.stores.country_names import NAMES

door = Door(tag="Store")


@door.get("/store", id="getStore", public=True)
def get_store(request: Request) -> Answer[StoreOut]:
    """The store: its name, its markets with their countries and currencies, and how much fits.

    Take a country's market from here, or the default one, and name its `country`, `currency` and `locale` where prices
    are read.
    """
    shown = show.store(queries.store(), queries.markets())
    return Answer(data=shown, message="Store retrieved.", etag=content_etag(msgspec.json.encode(shown)))


@door.get("/countries", id="listCountries", public=True)
def list_countries(request: Request) -> Answer[list[CountryOut]]:
    """Every country with what its addresses need: fields in order, postal codes, subdivisions.

    The whole list at once, by name; an address is checked by the same rules. Which of them are sold to, the markets in
    `GET /store` say.
    """
    shown = show.every_country()
    data = cast(list[CountryOut], msgspec.Raw(shown))
    return Answer(
        data=data,
        message="Countries retrieved.",
        etag=content_etag(shown),
        meta={"pagination": {"limit": len(NAMES), "next": None, "previous": None}},
    )
