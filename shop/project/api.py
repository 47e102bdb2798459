"""Every router of the API, in one place."""

from pathlib import Path

from shop.accounts.api import admin as customers
from shop.accounts.api import auth, me, staff
from shop.checkout.api import storefront as checkout
from shop.orders.api import admin as staffs_orders
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
| 400 | broken JSON, an unknown or malformed query parameter or header | fix the request |
| 401 | no login where one is needed, or a token that is wrong or expired | refresh the tokens, or log in |
| 406 | `Accept` excludes `application/json` | accept it |
| 408 | the body arrived too slowly | send it again |
| 413, 415 | a body that is too large, or not JSON | fix the request |
| 429 | too many requests | wait for `Retry-After` seconds |
| 500 | server error | quote `meta.request_id` when you ask for help |
| 503 | the service is busy, or something that it needs is unreachable | repeat after `Retry-After` seconds |
| 503 `too_slow` | the request takes too long | ask for less |

## Accounts

Register, confirm your email address with the one-time password (OTP) from the email, log in, and send the
`access_token` as `Authorization: Bearer …`. Forgot password sends an OTP that is valid for 5 minutes; reset password
takes it. Public calls also accept a token: a customer sees their own prices, cart and orders.

## Staff

Operations below `/admin` are for staff. `POST /admin/auth/login` gives tokens that open `/admin` and nothing else; a
customer's token is refused there (403). `x-permission` of an operation is the permission key that it needs.

## Money, ids, times

Amounts are integers in minor units: `{"amount": 1999, "currency": "EUR"}` is 19.99 EUR. Ids are opaque, with a prefix:
`prd_…`, `crt_…`. Times are UTC (RFC 3339).

## Repeating safely

Every POST outside `/auth` accepts an `Idempotency-Key`: a repeated request with the same key and body gets the first
answer again and has no second effect. Completing a cart requires one. Operations that list `If-Match` refuse the change
(412) when the object has changed since you read it.

## How long things last

A cart lives for 90 days after its last change. Completing it reserves stock for 15 minutes while the shopper pays. A
guest's `order_token` is valid for 90 days.
"""

api = Api(title="E-commerce API", version="1.0.0", description=DESCRIPTION.strip())
api.examples = Path(__file__).with_name("examples")
api.refused = Path(__file__).with_name("refused.json")
api.samples = Path(__file__).with_name("samples")
api.stand_ins = stand_ins
api.glossary = Path(__file__).with_name("glossary.toml")
STOREFRONT = (stores.router, catalog.router, checkout.router, orders.router, auth.router, me.router)
ADMIN = (staff.router, customers.router, staffs_orders.router)
ROUTERS = STOREFRONT + ADMIN
for router in ROUTERS:
    api.add_router("", router.ninja)


def guide(title: str, place: str) -> dict[str, str]:
    """A page of docs/guides, or a section, as `externalDocs`. OpenAPI 3.1's schema wants the address to be absolute."""
    return {"description": title, "url": f"{EXAMPLE_BASE}/docs/{place}"}


BROWSING = guide("Guide: browsing", "buying/#browsing")
PROFILE = guide("Guide: profile, address book, devices", "accounts/#profile-address-book-devices")
TAGS = [
    {
        "name": "Store",
        "description": "The store, its markets and currencies, and address formats by country.",
        "externalDocs": BROWSING,
    },
    {
        "name": "Catalog",
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
        "description": "Placed orders: read, cancel, confirm.",
        "externalDocs": guide("Guide: orders", "buying/#orders"),
    },
    {
        "name": "Authentication",
        "description": "Register, log in and out, forgot password, reset password, OTP.",
        "externalDocs": guide("Guide: accounts", "accounts/"),
    },
    {
        "name": "Account",
        "description": "The account of the customer who is logged in: profile, devices, address book.",
        "externalDocs": PROFILE,
    },
    {
        "name": "Admin authentication",
        "description": "Staff logs in to the admin API. Its tokens open `/admin` and nothing else.",
        "externalDocs": guide("Guide: the admin API", "admin-api/"),
    },
    {
        "name": "Admin orders",
        "description": "The orders of all customers and guests, for staff.",
        "externalDocs": guide("Guide: orders for staff", "admin-api/#orders"),
    },
    {
        "name": "Admin customers",
        "description": "The accounts of customers, for staff.",
        "externalDocs": guide("Guide: lists of the admin API", "admin-api/#lists"),
    },
]
api.guides = {
    "completeCart": guide("Guide: paying", "buying/#paying"),
    "refreshTokens": guide("Guide: tokens, and tabs that race", "accounts/#tokens-and-tabs-that-race"),
    "forgotPassword": guide("Guide: forgot password", "accounts/#forgot-password"),
    "resetPassword": guide("Guide: reset password", "accounts/#reset-password"),
}
GROUPS = [
    {"name": "Storefront", "tags": ["Store", "Catalog", "Carts", "Orders"]},
    {"name": "Customers", "tags": ["Authentication", "Account"]},
    {"name": "Admin", "tags": ["Admin authentication", "Admin orders", "Admin customers"]},
]
api.openapi_extra["externalDocs"] = guide("Guides", "")
api.openapi_extra["tags"] = TAGS
api.openapi_extra["x-tagGroups"] = GROUPS
api.openapi_extra["info"] = {
    "contact": {"name": "The operator of this installation", "url": f"{EXAMPLE_BASE}/"},
    "license": {"name": "MIT", "identifier": "MIT"},
}
