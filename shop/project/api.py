"""Every door of the API, in one place."""

from pathlib import Path

from shop.accounts.api import auth, me
from shop.checkout.api import storefront as checkout
from shop.orders.api import storefront as orders
from shop.platform.http.api import Api
from shop.platform.http.openapi import EXAMPLE_BASE
from shop.project.trying import stand_ins
from shop.storefront.api import storefront as catalog
from shop.stores.api import storefront as stores

DESCRIPTION = """
A headless e-commerce API: catalog, carts, checkout, orders and accounts for storefronts and apps.

## Answers

Every answer comes in one envelope: `success`, `message`, `data`, `errors`, `meta`. Branch on the HTTP status and on
`errors[].code`; show `message` to people. Absent values are null, not missing.

These failures can happen at any call, and mean the same everywhere:

| Status | When | What to do |
|---|---|---|
| 400 | broken JSON, an unknown or malformed query parameter or header | mend the request |
| 401 | no login where one is needed, or a token that is wrong or expired | refresh the tokens, or log in |
| 406 | `Accept` leaves out `application/json` | accept it |
| 413, 415 | a body that is too large, or not JSON | mend the request |
| 429 | too many calls | wait for `Retry-After` seconds |
| 500 | an error of ours | quote `meta.request_id` when you ask for help |
| 503 | the database or a payment provider is away | repeat, after `Retry-After` seconds where it is sent |

## Accounts

Register, confirm the address with the one-time password (OTP) from the mail, log in, and send the `access_token` as
`Authorization: Bearer …`. Forgot password sends an OTP that is valid for 5 minutes; reset password takes it. Calls that
need no login take one all the same: a customer sees their own prices, cart and orders.

## Money, ids, times

Amounts are integers in minor units: `{"amount": 1999, "currency": "EUR"}` is 19.99 EUR. Ids are opaque, with a prefix:
`prd_…`, `crt_…`. Times are UTC (RFC 3339).

## Repeating safely

POST honors `Idempotency-Key`: the same key gives the same answer, once. PATCH and DELETE honor `If-Match` where it is
listed. Completing a cart requires a key.
"""

api = Api(title="E-commerce API", version="1.0.0", description=DESCRIPTION.strip())
api.examples = Path(__file__).with_name("examples")
api.samples = Path(__file__).with_name("samples")
api.stand_ins = stand_ins
api.glossary = Path(__file__).with_name("glossary.toml")
DOORS = (stores.door, catalog.door, checkout.door, orders.door, auth.door, me.door)
for door in DOORS:
    api.add_router("", door.router)


def guide(title: str, place: str) -> dict[str, str]:
    """A page of docs/guides, or a section, as `externalDocs`. OpenAPI 3.1's schema wants the address to be absolute."""
    return {"description": title, "url": f"{EXAMPLE_BASE}/docs/{place}"}


BROWSING = guide("Guide: browsing", "buying/#browsing")
PROFILE = guide("Guide: profile, address book, devices", "accounts/#profile-address-book-devices")
TAGS = [
    {
        "name": "Store",
        "description": "Who sells here, where to, in what, and what an address needs.",
        "externalDocs": BROWSING,
    },
    {
        "name": "Catalogue",
        "description": "Products, categories, brands: anonymous and cacheable.",
        "externalDocs": BROWSING,
    },
    {
        "name": "Carts",
        "description": "Fill a cart, choose shipping, enter a code, complete.",
        "externalDocs": guide("Guide: the cart", "buying/#the-cart"),
    },
    {
        "name": "Orders",
        "description": "What became of it.",
        "externalDocs": guide("Guide: orders", "buying/#orders"),
    },
    {
        "name": "Authentication",
        "description": "Register, log in and out, forgot password, reset password, OTP.",
        "externalDocs": guide("Guide: accounts", "accounts/"),
    },
    {
        "name": "Account",
        "description": "Whoever is logged in: profile, devices, address book.",
        "externalDocs": PROFILE,
    },
]
api.guides = {
    "completeCart": guide("Guide: paying, and what to do when it is refused", "buying/#paying"),
    "refreshTokens": guide("Guide: tokens, and tabs that race", "accounts/#tokens-and-tabs-that-race"),
    "forgotPassword": guide("Guide: forgot password", "accounts/#forgot-password"),
    "resetPassword": guide("Guide: reset password", "accounts/#reset-password"),
}
GROUPS = [
    {"name": "Storefront", "tags": ["Store", "Catalogue", "Carts", "Orders"]},
    {"name": "Customers", "tags": ["Authentication", "Account"]},
]
api.openapi_extra["externalDocs"] = guide("The guides: how calls belong together", "")
api.openapi_extra["tags"] = TAGS
api.openapi_extra["x-tagGroups"] = GROUPS
api.openapi_extra["info"] = {
    "contact": {"name": "The operator of this installation", "url": f"{EXAMPLE_BASE}/"},
    "license": {"name": "MIT", "identifier": "MIT"},
}
