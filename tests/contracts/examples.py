"""What every operation answers when all goes well, recorded: the examples of the OpenAPI document.

An example is the answer to the request that the document shows, in a small shop at a fixed time. What chance made of it
(ids, tokens, numbers of orders) is replaced by the same texts each time; a long list is cut. They are kept in
shop/project/examples, one file for each operation. `make openapi` records them anew.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import time_machine
from django.test import Client

from shop.accounts.operations import addresses
from shop.catalog.drafts import ImageDraft
from shop.catalog.models import Product
from shop.catalog.operations.categories import brand_named, plant
from shop.catalog.operations.products import write
from shop.exchange.demo.goods import COLOUR, alt, draft_of, goods
from shop.inventory import operations as inventory
from shop.kernel.ids import Prefix
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.platform.http.context import EXAMPLE_REQUEST_ID
from shop.platform.http.openapi import EXAMPLE_BASE, EXAMPLE_ID
from shop.platform.settings import shop_settings
from shop.pricing import operations as pricing
from shop.stores.models import Market, Store
from tests.checkout.storefront_client import code, open_shop
from tests.contracts import factories
from tests.contracts.callers import ANONYMOUS, BERLIN, Caller, Request, able, good
from tests.contracts.operations import Operation, operations

FOLDER: Final = Path(__file__).resolve().parents[2] / "shop/project/examples"
NOON: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOON: Final = timedelta(minutes=5)
"""Longer than it takes to play an operation: what happened within it is shown as one moment."""
MOST: Final = 3
"""So many entries of a long list are shown."""
LONG: Final = frozenset({"data", "subdivisions"})
"""Lists that are cut."""

COUNTRIES: Final = frozenset({"DE", "GB", "US"})
OFFICE: Final = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": "Analytical Engines Ltd",
    "line1": "12 St James Square",
    "city": "London",
    "postal_code": "SW1Y 4JH",
    "country": "GB",
}
STOREFRONT: Final = "https://shop.example.com"


def stock_the_shop() -> None:
    """There are two products of the demo to be bought, a code, and a way to ship: what `factories` find."""
    open_shop()
    Store.objects.update(
        name="Kiln & Loom", email="hello@example.com", country="DE", created_at=now(), updated_at=now()
    )
    Market.objects.update(created_at=now(), updated_at=now())  # migrations made it
    code(factories.CODE)
    kitchen = plant("Kitchen", slug="kitchen")
    mugs = plant("Mugs and cups", slug="mugs", parent=kitchen)
    for name, slug in (("Stoneware Mug", "mug"), ("Tea Bowl", "tea-bowl")):
        good = next(each for each in goods().products if each.name == name)
        good = msgspec.structs.replace(good, options={COLOUR: good.options[COLOUR][:2]})
        pictures = {
            colour: ImageDraft(
                file=f"products/{slug}-{colour.lower()}.png", width=1200, height=1200, alt=alt(good, colour)
            )
            for colour in good.colours
        }
        product = write(
            replace(
                draft_of(good, pictures),
                slug=slug,
                brand=brand_named(good.brand),
                category=mugs,
                status=Product.Status.ACTIVE,
                published_at=now(),
            )
        )
        pricing.set_prices(
            pricing.base_list("EUR"), {row.pk: (Money(good.price, "EUR"), None) for row in product.variants}
        )
        inventory.take_stock({row.pk: 40 for row in product.variants})


def recorded(operation: Operation, status: int, client: Client) -> Any:
    """The answer of the operation with this status, as it is shown. Raises AssertionError when it is another status."""
    with _time() as travel:
        prepare = PREPARED.get((operation.id, status), _plainly)
        request = prepare(operation)
        travel()
        response = request.answer(client)
    assert response.status_code == status, response.content
    return shown(json.loads(response.content))


def shown(answer: Any) -> Any:
    """An answer as an example: what chance made of it is replaced."""
    return _Shown().of(answer)


@contextmanager
def the_day_before() -> Iterator[None]:
    """When what is sold was made."""
    with time_machine.travel(NOON - timedelta(days=1), tick=True):
        yield


@contextmanager
def _time() -> Iterator[Callable[[], None]]:
    """Time runs from noon while things are prepared, so that they have an order, and stands still afterwards."""
    with time_machine.travel(NOON, tick=True) as traveller:
        yield lambda: traveller.move_to(NOON + timedelta(seconds=1), tick=False)


def _plainly(operation: Operation) -> Request:
    """Of a customer where the operation needs one, else of a guest."""
    ada = _ada(operation)
    return good(operation, ANONYMOUS if operation.is_public else ada)


def _ada(operation: Operation) -> Caller:
    return able(operation, first_name="Ada", last_name="Lovelace")


def _with_an_open_cart(operation: Operation) -> Request:
    ada = _ada(operation)
    factories.cart(ada.user)
    return good(operation, ada)


def _with_two_addresses(operation: Operation) -> Request:
    ada = _ada(operation)
    assert ada.user is not None
    addresses.add(ada.user.pk, {**OFFICE, "is_default_shipping": False, "is_default_billing": False})
    addresses.add(ada.user.pk, {**BERLIN, "is_default_shipping": True, "is_default_billing": False})
    return good(operation, ada)


def _twice(operation: Operation) -> Request:
    request = _plainly(operation).saying(Idempotency_Key="the-first-time")
    assert request.answer(Client()).status_code == operation.success
    return request.saying(Idempotency_Key="the-second-time")


def _asked_by_the_bank(operation: Operation) -> Request:
    request = _plainly(operation)
    body = json.loads(request.body)
    return request.sending(
        body | {"payment": {"method": "test", "token": "tok_3ds", "return_url": f"{STOREFRONT}/checkout"}}
    )


PREPARED: Mapping[tuple[str, int], Callable[[Operation], Request]] = {
    ("listAddresses", 200): _with_two_addresses,
    ("createCart", 200): _with_an_open_cart,
    ("completeCart", 200): _twice,
    ("completeCart", 202): _asked_by_the_bank,
}
"""How one comes by the successes that the document's own request does not lead to."""


def successes() -> list[tuple[Operation, int]]:
    """Every success of every operation."""
    return [
        (operation, int(status))
        for operation in operations()
        for status in operation.said["responses"]
        if status.startswith("2")
    ]


class _Shown:
    """Replaces what chance made of an answer, by the order in which it stands there."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    def of(self, node: Any, name: str = "") -> Any:
        if isinstance(node, dict):
            return {key: self.of(value, key) for key, value in node.items()}
        if isinstance(node, list):
            return [self.of(each) for each in (_cut(node) if name in LONG else node)]
        if name == "request_id":
            return EXAMPLE_REQUEST_ID
        if name == "expires_in" and isinstance(node, int):
            return -(-node // 10) * 10
        return self._text(node) if isinstance(node, str) else node

    def _text(self, text: str) -> str:
        if _MOMENT.fullmatch(text):
            return self._moment(text)
        text = _ID.sub(lambda found: self._id(found[0]), text)
        text = _SECRET.sub(lambda found: f"{found[1]}_{_NO_SECRET}", text)
        text = _NUMBER.sub("7K3QX-M9P2A", text)
        text = _UUID.sub(_NO_UUID, text)
        return text.replace(shop_settings().base_url, EXAMPLE_BASE)

    def _id(self, text: str) -> str:
        prefix = text[:3]
        if text not in self.ids:
            place = sum(each.startswith(prefix) for each in self.ids)
            self.ids[text] = f"{prefix}_{EXAMPLE_ID[:-1]}{'wxyz0123456789'[place]}"
        return self.ids[text]

    def _moment(self, text: str) -> str:
        at = datetime.fromisoformat(text)
        return (at - (at - NOON) % SOON).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cut(entries: list[Any]) -> list[Any]:
    """The first entries of a list; of all countries those that readers know."""
    known = [
        each for each in entries if isinstance(each, dict) and "calling_code" in each and each["code"] in COUNTRIES
    ]
    return (known or entries)[:MOST]


_ID: Final = re.compile(rf"\b(?:{'|'.join(Prefix)})_[0-7][0-9a-hjkmnp-tv-z]{{25}}\b")
_SECRET: Final = re.compile(r"\b([a-z]{3})_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_NUMBER: Final = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")
_UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_NO_UUID: Final = "01a20320-a5e8-7000-a65a-1a5add51b7ae"
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NO_SECRET: Final = "hH0QvT1b9cXr2mJ8sYd4LwEa6Kz7nUf3PgRi5OtAqVM"


def file_of(operation: Operation) -> Path:
    return FOLDER / f"{operation.id}.json"


def kept(operation: Operation) -> dict[str, Any]:
    """The recorded answers of an operation, by status; nothing when none was recorded."""
    path = file_of(operation)
    return dict(json.loads(path.read_text())) if path.exists() else {}


def keep(operation: Operation, status: int, answer: Any, *, is_recording: bool) -> None:
    """The answer is in the operation's file, with the statuses in their order; nothing changes while not recording."""
    if not is_recording:
        return
    found = kept(operation) | {str(status): answer}
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False)
    file_of(operation).write_text(text + "\n")


RECORDING: Final = "RECORD_EXAMPLES"
"""The variable of the environment with which a test keeps what it gets, instead of comparing."""
