"""The metadata of a cart and its lines is bounded together, whichever way it comes in."""

import pytest

from shop.catalog.models import Variant
from shop.checkout.models import Cart, CartLine, metadata_key
from tests.accounts.visitor import Visitor, account, login
from tests.checkout.storefront_client import outside, shopper

LARGEST = 16 * 1024


def words(size: int, name: str = "") -> dict[str, str]:
    """Pairs of so many bytes together, each of 404."""
    whole, rest = divmod(size, 404)
    pairs = {f"{name}{at:04}"[-4:]: "é" * 200 for at in range(whole)}
    return pairs | ({"rest": "x" * (rest - 4)} if rest > 4 else {})


def refused(size: int) -> dict[str, int]:
    return {"max_bytes": LARGEST, "bytes": size}


def test_a_cart_and_its_lines_have_16_kib_together(mug: Variant) -> None:
    ada = shopper(mug)
    [plain] = ada.cart()["lines"]
    line = {"variant_id": outside(mug), "metadata": words(10_000)}
    added = ada.visitor.post(f"{ada.path}/lines", lines=[line])
    full = ada.visitor.patch(ada.path, metadata=words(LARGEST - 10_000))
    before = ada.cart()

    seen = [
        ada.visitor.patch(ada.path, metadata={"m": "x"}),
        ada.visitor.patch(f"{ada.path}/lines/{plain['id']}", metadata={"m": "x"}),
        ada.visitor.post(f"{ada.path}/lines", variant_id=outside(mug), metadata={"m": "x"}),
        ada.visitor.post(f"{ada.path}/lines", lines=[{"variant_id": outside(mug), "metadata": {"m": "x"}}]),
    ]

    assert (added.status, full.status) == (200, 200)
    assert [each.refusal for each in seen] == [
        (422, "metadata_too_large", "metadata"),
        (422, "metadata_too_large", "metadata"),
        (422, "metadata_too_large", "metadata"),
        (422, "metadata_too_large", "lines.0.metadata"),
    ]
    assert [each.body["errors"][0]["params"] for each in seen] == [refused(LARGEST + 2)] * 4
    assert ada.cart() == before


def test_a_cart_that_begins_with_too_much_is_not_opened(mug: Variant) -> None:
    half = words(LARGEST // 2)
    line = {"variant_id": outside(mug), "metadata": {**half, "m": "x"}}

    alone = Visitor().post("/carts", metadata=words(LARGEST + 8))
    together = Visitor().post("/carts", metadata=half, lines=[line])

    assert alone.refusal == (422, "metadata_too_large", "metadata")
    assert together.refusal == (422, "metadata_too_large", "lines.0.metadata")
    assert (Cart.objects.count(), CartLine.objects.count()) == (0, 0)


def test_what_was_too_much_before_the_bound_may_shrink_and_other_things_change(mug: Variant) -> None:
    ada = shopper(mug)
    much = words(LARGEST + 2_000)
    CartLine.objects.update(metadata=much, metadata_key=metadata_key(much))
    [line] = ada.cart()["lines"]

    fewer = ada.visitor.patch(f"{ada.path}/lines/{line['id']}", metadata={"rest": None, "0000": None})
    more = ada.visitor.patch(f"{ada.path}/lines/{line['id']}", metadata={"more": "x"})
    counted = ada.visitor.patch(f"{ada.path}/lines/{line['id']}", quantity=2)
    noted = ada.visitor.patch(ada.path, note="Hello")

    assert [each.status for each in (fewer, more, counted, noted)] == [200, 422, 200, 200]


def test_a_guests_line_that_does_not_fit_is_left_out_and_that_is_told(mug: Variant) -> None:
    account()
    ada = shopper(mug, visitor=login(Visitor()))
    ada.visitor.patch(ada.path, metadata=words(LARGEST - 100))
    guest = shopper()
    lines = [{"variant_id": outside(mug), "metadata": each} for each in (words(90, "a"), words(300, "b"))]
    Visitor().post(f"{guest.path}/lines", lines=lines)

    merged = ada.visitor.post(f"{guest.path}/claim")

    assert [each["metadata"] for each in merged.data["lines"]] == [{}, words(90, "a")]
    assert [each["code"] for each in merged.data["notices"]] == ["quantity_clamped"]


@pytest.mark.parametrize("size", [LARGEST - 1, LARGEST])
def test_bytes_are_counted_not_letters(mug: Variant, size: int) -> None:
    seen = Visitor().post("/carts", metadata=words(size))

    assert seen.status == 201
