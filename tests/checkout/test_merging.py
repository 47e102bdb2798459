"""From guest to customer: the guest's cart goes into the customer's, by claiming it or with the login."""

from dataclasses import replace
from unittest.mock import Mock

import pytest
from django.db import IntegrityError

from shop.accounts.models import User
from shop.catalog.models import Variant
from shop.checkout import queries
from shop.checkout.models import Cart, CartLine
from shop.checkout.operations import carts, merging
from shop.inventory import operations as inventory
from shop.kernel.errors import NotFound
from shop.platform.actors import ANONYMOUS
from shop.stores.models import Market
from tests.accounts.visitor import EMAIL, PASSWORD, Seen, Visitor, account, deliver, login
from tests.accounts.visitor import code as code_in_mail
from tests.checkout.storefront_client import ADDRESS, Shopper, code, outside, sell, shopper


@pytest.fixture
def ada(market: Market) -> Visitor:
    """A customer who is logged in, without a cart."""
    account()
    return login(Visitor())


def claim(ada: Visitor, guest: Shopper) -> Seen:
    return ada.post(f"{guest.path}/claim")


def held(seen: Seen) -> dict[str, int]:
    """What is in a cart that was answered."""
    return {line["variant_id"]: line["quantity"] for line in seen.data["lines"]}


def test_without_a_cart_of_his_own_the_guests_is_the_customers_under_another_id(mug: Variant, ada: Visitor) -> None:
    guest = shopper(mug, quantity=2)

    seen = claim(ada, guest)

    mine = Shopper(seen.data["id"], ada)
    assert (seen.status, seen.data["email"], held(seen)) == (200, EMAIL, {outside(mug): 2})
    assert (mine.cart_id != guest.cart_id, mine.cart(), ada.get("/me/cart").data) == (True, seen.data, seen.data)
    assert Visitor().get(mine.path).status == 404
    assert Cart.objects.count() == 1


def test_a_claim_that_is_tried_again_expects_the_version_that_the_cart_still_has(
    mug: Variant, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = queries.cart(shopper(mug, quantity=2).cart_id, seen_by=ANONYMOUS)
    version = guest.version
    user = User.objects.get(email=EMAIL)
    capabilities = Mock(side_effect=[IntegrityError("the customer has an open cart"), carts.new_capability()])
    monkeypatch.setattr(merging, "new_capability", capabilities)

    claimed = merging.claim(guest, user_id=user.pk, expected_version=version)

    assert (claimed.user_id, claimed.version) == (user.pk, version + 2)
    assert Cart.objects.get().version == version + 2


def test_the_guests_id_is_dead_for_everybody(mug: Variant, ada: Visitor) -> None:
    guest = shopper(mug, quantity=2)
    claimed = claim(ada, guest)

    seen = [each.get(guest.path) for each in (ada, guest.visitor)]
    changed = [each.patch(guest.path, note="Mine") for each in (ada, guest.visitor)]
    again = claim(ada, guest)

    assert [each.status for each in (*seen, *changed, again)] == [404] * 5
    assert ada.get("/me/cart").data == claimed.data


def test_an_answer_that_was_lost_is_given_again_for_the_same_key(mug: Variant, ada: Visitor) -> None:
    guest = shopper(mug, quantity=2)
    keyed = replace(ada, headers={"Idempotency-Key": "claim-1"})

    lost, found = claim(keyed, guest), claim(keyed, guest)

    assert (lost.status, found.status, found.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert (found.data, ada.get("/me/cart").data) == (lost.data, lost.data)


def test_a_change_that_began_before_the_claim_does_not_reach_the_customers_cart(mug: Variant, ada: Visitor) -> None:
    guest = shopper(mug)
    begun = queries.cart(guest.cart_id, seen_by=ANONYMOUS)
    claim(ada, guest)

    with pytest.raises(NotFound):
        carts.change(begun, {"note": "Not mine any more"})

    assert ada.get("/me/cart").data["note"] is None


def test_an_address_that_a_guest_has_given_stays(mug: Variant, ada: Visitor) -> None:
    guest = shopper(mug).ready()

    seen = claim(ada, guest)

    assert (seen.data["email"], seen.data["shipping_address"]["city"]) == ("guest@example.com", "Berlin")


def test_lines_are_added_to_those_of_the_customer_and_the_guests_id_is_dead(mug: Variant, ada: Visitor) -> None:
    cup = sell("cup")
    mine, guest = shopper(mug, visitor=ada, quantity=2), shopper(mug, cup, quantity=3)

    seen, again = claim(ada, guest), claim(ada, guest)

    assert (seen.data["id"], held(seen)) == (mine.cart_id, {outside(mug): 5, outside(cup): 3})
    assert (again.status, guest.visitor.get(guest.path).status) == (404, 404)
    assert held(ada.get("/me/cart")) == {outside(mug): 5, outside(cup): 3}
    assert CartLine.objects.count() == 2


def test_lines_with_other_words_stay_apart(mug: Variant, ada: Visitor) -> None:
    mine, guest = shopper(mug, visitor=ada), shopper()
    guest.visitor.post(f"{guest.path}/lines", variant_id=outside(mug), metadata={"engraving": "Ada"})

    seen = claim(ada, guest)

    assert [(line["quantity"], line["metadata"]) for line in seen.data["lines"]] == [(1, {}), (1, {"engraving": "Ada"})]
    assert seen.data["id"] == mine.cart_id


def test_quantities_end_at_what_there_is_with_a_notice(market: Market, ada: Visitor) -> None:
    mug = sell(stock=4)
    shopper(mug, visitor=ada, quantity=3)

    seen = claim(ada, shopper(mug, quantity=3))

    assert held(seen) == {outside(mug): 4}
    assert [each["code"] for each in seen.data["notices"]] == ["quantity_clamped"]


def test_quantities_end_at_what_there_is_on_all_lines_together(market: Market, ada: Visitor) -> None:
    mug = sell(stock=4)
    mine, guest = shopper(visitor=ada), shopper()
    ada.post(f"{mine.path}/lines", variant_id=outside(mug), quantity=3, metadata={"engraving": "Ada"})
    for word in ("Bob", "Eve"):
        guest.visitor.post(f"{guest.path}/lines", variant_id=outside(mug), quantity=2, metadata={"engraving": word})

    seen = claim(ada, guest)

    assert [(each["quantity"], each["metadata"]["engraving"]) for each in seen.data["lines"]] == [
        (3, "Ada"),
        (1, "Bob"),
    ]
    assert [each["code"] for each in seen.data["notices"]] == ["quantity_clamped"]
    assert "insufficient_stock" not in [each["code"] for each in seen.data["requirements"]]


def test_a_line_says_that_there_is_not_enough_for_it_beside_another(market: Market) -> None:
    mug = sell(stock=4)
    shop = shopper()
    for word in ("Bob", "Eve"):
        shop.visitor.post(f"{shop.path}/lines", variant_id=outside(mug), quantity=2, metadata={"engraving": word})
    inventory.take_stock({mug.pk: 3})

    seen = shop.visitor.get(shop.path)

    assert [[each["code"] for each in line["notices"]] for line in seen.data["lines"]] == [[], ["insufficient_stock"]]
    assert [each["field"] for each in seen.data["requirements"] if each["code"] == "insufficient_stock"] == [
        "lines.1.quantity"
    ]


def test_what_was_clamped_is_told_until_the_lines_are_changed(market: Market, ada: Visitor) -> None:
    mug = sell(stock=4)
    mine = shopper(mug, visitor=ada, quantity=3)
    told = claim(ada, shopper(mug, quantity=3))

    renamed = ada.patch(mine.path, note="Soon")
    lowered = ada.patch(f"{mine.path}/lines/{told.data['lines'][0]['id']}", quantity=2)

    assert [[each["code"] for each in seen.data["notices"]] for seen in (told, renamed, lowered)] == [
        ["quantity_clamped"],
        ["quantity_clamped"],
        [],
    ]


def test_merging_takes_nothing_away_from_the_customer(market: Market, ada: Visitor) -> None:
    mug = sell(stock=4)
    shopper(mug, visitor=ada, quantity=3)
    guest = shopper(mug, quantity=2)
    inventory.take_stock({mug.pk: 1})

    seen = claim(ada, guest)

    assert held(seen) == {outside(mug): 3}
    assert seen.data["lines"][0]["notices"][0]["code"] == "insufficient_stock"


def test_a_customers_cart_takes_over_what_it_has_not(mug: Variant, ada: Visitor) -> None:
    code()
    mine, guest = shopper(mug, visitor=ada), shopper(mug).ready()
    guest.visitor.post(f"{guest.path}/codes", code="welcome10")
    ada.patch(mine.path, note="Mine")

    seen = claim(ada, guest)

    assert (seen.data["shipping_address"]["city"], seen.data["shipping_method"]["code"]) == ("Berlin", "flat")
    assert ([each["code"] for each in seen.data["codes"]], seen.data["note"]) == (["WELCOME10"], "Mine")
    assert seen.data["email"] == EMAIL


def test_and_keeps_what_it_has(mug: Variant, ada: Visitor) -> None:
    mine, guest = shopper(mug, visitor=ada).ready(), shopper(mug)
    guest.visitor.patch(guest.path, shipping_address={**ADDRESS, "city": "Bonn"})

    seen = claim(ada, guest)

    assert seen.data["shipping_address"]["city"] == "Berlin"
    assert (seen.data["id"], seen.data["version"]) == (mine.cart_id, 3)


def test_a_cart_is_full_at_200_lines_also_by_merging(market: Market, ada: Visitor) -> None:
    sand = sell("sand", stock=None)
    mine, guest = shopper(visitor=ada), shopper()
    ada.post(f"{mine.path}/lines", lines=[line(sand, n) for n in range(199)])
    guest.visitor.post(f"{guest.path}/lines", lines=[line(sand, n) for n in range(198, 201)])

    seen = claim(ada, guest)

    assert (len(seen.data["lines"]), seen.data["notices"][0]["code"]) == (200, "quantity_clamped")


def line(variant: Variant, n: int) -> dict[str, object]:
    return {"variant_id": outside(variant), "metadata": {"n": str(n)}}


@pytest.mark.parametrize("token", ["tok_3ds", "tok_success"])
def test_a_guests_cart_that_is_paid_or_being_paid_is_not_claimed(mug: Variant, ada: Visitor, token: str) -> None:
    mine, guest = shopper(mug, visitor=ada), shopper(mug).ready()
    guest.complete(token, return_url="http://localhost:3000/done")

    seen = claim(ada, guest)

    assert (seen.status, seen.code in ("payment_in_progress", "cart_completed")) == (409, True)
    assert held(ada.get(mine.path)) == {outside(mug): 1}


def test_nothing_is_merged_into_a_cart_that_is_being_paid(mug: Variant, ada: Visitor) -> None:
    mine, guest = shopper(mug, visitor=ada).ready(), shopper(mug)
    mine.complete("tok_3ds", return_url="http://localhost:3000/done")

    seen = claim(ada, guest)

    assert (seen.status, seen.code) == (409, "payment_in_progress")
    assert (held(ada.get(mine.path)), held(guest.visitor.get(guest.path))) == ({outside(mug): 1}, {outside(mug): 1})


def test_a_login_takes_the_guests_cart_along(mug: Variant, ada: Visitor) -> None:
    mine, guest = shopper(mug, visitor=ada), shopper(mug, quantity=2)

    seen = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD, cart_id=guest.cart_id)

    assert (seen.status, seen.data["cart_id"]) == (200, mine.cart_id)
    assert seen.body["message"] == "You are logged in."
    assert held(ada.get("/me/cart")) == {outside(mug): 3}


def test_a_login_without_a_cart_of_ones_own_tells_the_new_id(mug: Variant, ada: Visitor) -> None:
    guest = shopper(mug, quantity=2)

    seen = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD, cart_id=guest.cart_id)

    mine = ada.get("/me/cart")
    assert (seen.status, seen.body["message"]) == (200, "You are logged in.")
    assert (seen.data["cart_id"], held(mine)) == (mine.data["id"], {outside(mug): 2})
    assert (mine.data["id"] == guest.cart_id, ada.get(guest.path).status) == (False, 404)


def test_a_login_without_one_tells_the_cart_that_is_open(mug: Variant, ada: Visitor) -> None:
    before = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD)
    mine = shopper(mug, visitor=ada)

    after = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD)

    assert (before.data["cart_id"], after.data["cart_id"]) == (None, mine.cart_id)


@pytest.mark.parametrize("bad", ["nonsense", "crt_00000000000000000000000000", "ord_00000000000000000000000000"])
def test_a_bad_cart_is_a_notice_and_no_failure(mug: Variant, ada: Visitor, bad: str) -> None:
    mine = shopper(mug, visitor=ada)

    seen = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD, cart_id=bad)

    assert (seen.status, seen.data["cart_id"]) == (200, mine.cart_id)
    assert seen.body["message"] == "You are logged in. Your previous cart could not be added."
    assert held(ada.get("/me/cart")) == {outside(mug): 1}


def test_the_cart_of_somebody_else_is_a_bad_one(mug: Variant, ada: Visitor) -> None:
    owner = account("eve@example.com")
    eve = shopper(mug, visitor=login(Visitor(), "eve@example.com"))

    seen = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD, cart_id=eve.cart_id)

    assert (seen.status, seen.data["cart_id"]) == (200, None)
    assert Cart.objects.get().user == owner


def test_a_wrong_password_merges_nothing(mug: Variant, ada: Visitor) -> None:
    guest = shopper(mug)

    seen = Visitor().post("/auth/login", email=EMAIL, password="wrong wrong wrong", cart_id=guest.cart_id)

    assert (seen.status, Cart.objects.get().user) == (401, None)


def test_a_new_account_has_the_cart_with_which_it_was_made(mug: Variant) -> None:
    guest, bob = shopper(mug, quantity=2), Visitor()
    registered = bob.post("/auth/register", email="bob@example.com", password=PASSWORD)
    deliver()

    seen = bob.post(
        "/auth/verify-email",
        email="bob@example.com",
        otp=code_in_mail(),
        registration_token=registered.data["registration_token"],
        cart_id=guest.cart_id,
    )

    mine = bob.holding(seen.data["access_token"]).get("/me/cart")
    assert (seen.status, seen.data["cart_id"], held(mine)) == (200, mine.data["id"], {outside(mug): 2})
    assert bob.get(guest.path).status == 404
