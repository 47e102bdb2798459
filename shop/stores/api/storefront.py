"""`/store` and `/countries`: what a storefront reads before anything else."""

from typing import cast

import msgspec

from shop.kernel.messages import gettext_noop
from shop.platform.http.conditions import content_etag
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer
from shop.platform.http.router import Router
from shop.stores import queries
from shop.stores.api import presenters
from shop.stores.api.schemas import CountryOut, StoreOut
from shop.stores.country_names import CODES

router = Router(tag="Store")


@router.get("/store", id="getStore", public=True)
def get_store(request: Request) -> Answer[StoreOut]:
    """Retrieve the store.

    Its name, its address, its markets with their countries and currencies, and its limits. Find the market of a country
    here, or the default one, and send `country`, `currency` and `locale` wherever prices are read.
    """
    shown = presenters.store(queries.store(), queries.markets())
    return Answer(data=shown, message=gettext_noop("Store retrieved."), etag=content_etag(msgspec.json.encode(shown)))


@router.get("/countries", id="listCountries", public=True)
def list_countries(request: Request) -> Answer[list[CountryOut]]:
    """List all countries.

    Each with the format of its addresses: fields in order, postal codes, subdivisions. One page, sorted by name.
    Addresses are checked by the same rules. `GET /store` lists the countries that the shop sells to.
    """
    shown = presenters.every_country(request.context.language)
    data = cast(list[CountryOut], msgspec.Raw(shown))
    return Answer(
        data=data,
        message=gettext_noop("Countries retrieved."),
        etag=content_etag(shown),
        meta={"pagination": {"limit": len(CODES), "next": None, "previous": None}},
    )
