"""What Unfold is told: names, colours and the admin's navigation."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    def asks(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(permission))

    return asks


def _list(title: str, icon: str, model: str, *, permission: str = "") -> dict[str, Any]:
    app, name = model.split(".")
    link = reverse_lazy(f"admin:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": _may(permission or f"{app}.view_{name}")}


NAVIGATION = [
    {"items": [{"title": "Dashboard", "icon": "dashboard", "link": reverse_lazy("admin:index")}]},
    {
        "title": "Orders",
        "separator": True,
        "items": [
            _list("Orders", "receipt_long", "orders.order"),
            _list("Carts", "shopping_cart", "checkout.cart"),
            _list("Payments", "payments", "payments.payment"),
            _list("Payment summaries", "request_quote", "payments.bill"),
            _list("Refunds", "undo", "payments.refund"),
        ],
    },
    {
        "title": "Catalog",
        "separator": True,
        "items": [
            _list("Products", "inventory_2", "catalog.product"),
            _list("Categories", "account_tree", "catalog.category"),
            _list("Brands", "sell", "catalog.brand"),
            _list("Price lists", "price_change", "pricing.pricelist"),
            _list("Prices", "euro", "pricing.price"),
            _list("Price history", "history", "pricing.pricehistory"),
        ],
    },
    {
        "title": "Stock",
        "separator": True,
        "items": [
            _list("Stock levels", "shelves", "inventory.stocklevel"),
            _list("Movements", "swap_vert", "inventory.stockmovement"),
            _list("Reserved stock", "front_hand", "inventory.hold"),
            _list("Locations", "warehouse", "inventory.location"),
        ],
    },
    {
        "title": "Discounts",
        "separator": True,
        "items": [
            _list("Promotions", "campaign", "promotions.promotion"),
            _list("Discount codes", "confirmation_number", "promotions.discountcode"),
            _list("Discount uses", "redeem", "promotions.redemption"),
        ],
    },
    {
        "title": "Shipping & tax",
        "separator": True,
        "items": [
            _list("Shipping methods", "local_shipping", "shipping.shippingmethod"),
            _list("Tax classes", "percent", "tax.taxclass"),
        ],
    },
    {
        "title": "People",
        "separator": True,
        "items": [
            _list("Users", "group", "accounts.user"),
            _list("Customer groups", "groups", "accounts.customergroup"),
            _list("Addresses", "home_pin", "accounts.address"),
            _list("Sessions", "devices", "accounts.session"),
            _list("One-time passwords", "password", "accounts.onetimepassword"),
            _list("Pending registrations", "hourglass_top", "accounts.pendingregistration"),
            _list("Groups", "shield_person", "auth.group"),
        ],
    },
    {
        "title": "Store",
        "separator": True,
        "items": [
            _list("Store", "storefront", "stores.store"),
            _list("Markets", "public", "stores.market"),
            _list("Gateway credentials", "key", "payments.gatewaycredentials", permission="payments.configure_gateway"),
        ],
    },
    {
        "title": "Operation",
        "separator": True,
        "items": [
            _list("Jobs", "schedule", "platform.job"),
            {"title": "API documentation", "icon": "menu_book", "link": reverse_lazy("swagger")},
        ],
    },
]

TEAL = {
    "50": "#f0fdfa",
    "100": "#ccfbf1",
    "200": "#99f6e4",
    "300": "#5eead4",
    "400": "#2dd4bf",
    "500": "#14b8a6",
    "600": "#0f766e",
    "700": "#0d665f",
    "800": "#115e59",
    "900": "#134e4a",
    "950": "#042f2e",
}
"""The accent of the front page; 600 has enough contrast below white letters (WCAG 2.2, 1.4.3)."""

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "E-commerce API",
    "SITE_HEADER": "E-commerce API",
    "SITE_SUBHEADER": "shop.backoffice.dashboard.store_name",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("shop/favicon.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {"primary": TEAL},
    "ENVIRONMENT": "shop.backoffice.dashboard.environment",
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": lambda request: reverse("admin:password_change")},
        ]
    },
    "STYLES": [lambda request: static("shop/admin.css")],
    "SIDEBAR": {"navigation": NAVIGATION, "show_search": True, "command_search": True},
    "COMMAND": {"search_callback": "shop.backoffice.searching.results"},
}
