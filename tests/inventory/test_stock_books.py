from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shop.inventory import operations as inventory
from shop.inventory.models import StockLevel
from shop.inventory.types import Difference
from shop.kernel.ids import public
from tests.inventory.factories import counters, held, stocked

pytestmark = pytest.mark.django_db


def test_counters_and_books_agree_after_a_life() -> None:
    mug = stocked(10)
    kept, given_back, over = held({mug: 3}), held({mug: 2}), held({mug: 1}, minutes=-1)
    inventory.commit(kept)
    inventory.commit(given_back)
    inventory.release(given_back)

    assert inventory.verify() == []
    assert over.status == "held"
    assert counters(mug) == (10, 1, 3)


def test_every_counter_that_went_wrong_is_named_and_repaired() -> None:
    mug, cup = stocked(10), stocked(5)
    held({mug: 3})
    inventory.commit(held({mug: 2}))
    level = StockLevel.objects.get(variant_id=mug)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=11, held=4, allocated=1, unavailable=1)
    wrong = [
        Difference(level.pk, mug, "main", "on_hand", 11, 10),
        Difference(level.pk, mug, "main", "allocated", 1, 2),
        Difference(level.pk, mug, "main", "unavailable", 1, 0),
        Difference(level.pk, mug, "main", "held", 4, 3),
    ]

    assert inventory.verify() == wrong
    assert inventory.recount() == wrong
    assert inventory.verify() == []
    assert (counters(mug), counters(cup)) == ((10, 3, 2), (5, 0, 0))


def test_the_command_says_what_is_wrong_and_fails() -> None:
    mug = stocked(10)
    StockLevel.objects.update(on_hand=9)
    out = StringIO()

    with pytest.raises(CommandError, match="1 counters differ from the ledger"):
        call_command("verify_stock", stdout=out)

    assert out.getvalue() == f"{public('var', mug)} at main: on_hand is 9, the books say 10\n"
    assert counters(mug) == (9, 0, 0)


def test_the_command_repairs_when_it_is_told_to() -> None:
    mug = stocked(10)
    StockLevel.objects.update(on_hand=9)
    out = StringIO()

    call_command("verify_stock", repair=True, stdout=out)
    call_command("verify_stock", stdout=out)

    assert out.getvalue().splitlines()[1:] == ["1 counters repaired.", "Counters and ledger agree."]
    assert counters(mug) == (10, 0, 0)
