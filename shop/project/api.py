"""Every door of the API, in one place."""

from shop.accounts.api import auth, me
from shop.checkout.api import store as checkout
from shop.orders.api import store as orders
from shop.platform.http.api import Api
from shop.storefront.api import store as storefront
from shop.stores.api import store

DESCRIPTION = """
A headless e-commerce API.

Every answer comes in one envelope: `success`, `message`, `data`, `errors`, `meta`. Branch on the HTTP status and on
`errors[].code`; show `message` to people.

**Accounts.** Register, confirm the address with the one-time password (OTP) from the mail, log in, send the
`access_token` as `Authorization: Bearer …`. Forgot password sends an OTP that is valid for 5 minutes; reset password
takes it.

**Repeating safely.** POST honours `Idempotency-Key`, PATCH and DELETE honour `If-Match` where it is listed.
"""

api = Api(title="E-commerce API", version="1.0.0", description=DESCRIPTION.strip())
for door in (store.door, storefront.door, checkout.door, orders.door, auth.door, me.door):
    api.add_router("", door.router)

TAGS = [
    {"name": "Store", "description": "Who sells here, where to, in what, and what an address needs."},
    {"name": "Catalogue", "description": "Products, categories, brands: anonymous and cacheable."},
    {"name": "Carts", "description": "Fill a cart, choose shipping, enter a code, complete."},
    {"name": "Orders", "description": "What became of it."},
    {"name": "Authentication", "description": "Register, log in and out, forgot password, reset password, OTP."},
    {"name": "Account", "description": "Whoever is logged in: profile, devices, address book."},
]
api.openapi_extra["tags"] = TAGS
api.openapi_extra["info"] = {"license": {"name": "MIT", "identifier": "MIT"}}
