"""A row's version and its time of change move together, and its status only along its model's TRANSITIONS."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from shop.payments.models import Bill
from shop.platform.records import Records, Stateful, StatefulRecords, Versioned, WrongState
from shop.pricing.models import PriceList

MADE = datetime(2026, 1, 1, tzinfo=UTC)
LATER = MADE + timedelta(hours=1)
VERSIONED = [model for model in apps.get_models() if issubclass(model, Versioned)]
STATEFUL = [model for model in VERSIONED if issubclass(model, Stateful)]


@time_machine.travel(MADE, tick=False)
def bill(amount: int = 1999) -> Bill:
    return Bill.objects.create(amount=amount, currency="EUR")


@pytest.mark.parametrize("model", VERSIONED)
def test_every_versioned_model_has_the_writer_of_versions(model: type[Versioned]) -> None:
    rows = model._default_manager.all()

    assert isinstance(rows, Records)


@pytest.mark.parametrize("model", STATEFUL)
def test_every_model_with_a_status_has_the_writer_of_statuses(model: type[Stateful]) -> None:
    rows = model._default_manager.all()

    assert isinstance(rows, StatefulRecords)


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_a_change_raises_the_version_and_sets_the_time() -> None:
    row = bill()

    count = Bill.objects.filter(pk=row.pk).changed(captured=F("captured") + 5)

    row.refresh_from_db()
    assert (count, row.captured, row.version, row.updated_at) == (1, 5, 2, LATER)


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_an_instance_becomes_what_its_row_is() -> None:
    row = bill()

    Bill.objects.filter(pk=row.pk).changed(captured=5, instance=row)

    stored = Bill.objects.get()
    assert (row.captured, row.version, row.updated_at) == (5, 2, LATER)
    assert (stored.captured, stored.version, stored.updated_at) == (5, 2, LATER)


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_an_instance_stays_what_it_was_when_no_row_was_written() -> None:
    row = bill()

    count = Bill.objects.filter(pk=row.pk, version=7).changed(captured=5, instance=row)

    stored = Bill.objects.get()
    assert (count, row.captured, row.version, row.updated_at) == (0, 0, 1, MADE)
    assert (stored.captured, stored.version, stored.updated_at) == (0, 1, MADE)


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_rows_that_differ_are_changed_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first, second = PriceList(code="a", name="A", currency="EUR"), PriceList(code="b", name="B", currency="EUR")
    PriceList.objects.bulk_create([first, second])
    first.name, second.name = "First", "Second"

    with django_assert_num_queries(1):
        PriceList.objects.changed_each([first, second], ["name"])

    stored = list(
        PriceList.objects.filter(code__in=["a", "b"]).order_by("code").values_list("name", "version", "updated_at")
    )
    assert stored == [("First", 2, LATER), ("Second", 2, LATER)]
    assert [(each.version, each.updated_at) for each in (first, second)] == [(2, LATER), (2, LATER)]


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_only_rows_that_may_get_there_are_moved() -> None:
    waiting, closed = bill(), bill()
    Bill.objects.filter(pk=closed.pk).moved(Bill.Status.CLOSED)
    Bill.objects.filter(pk=closed.pk).moved(Bill.Status.COVERED, captured=1999)

    count = Bill.objects.moved(Bill.Status.COVERED, captured=F("amount"))

    waiting.refresh_from_db()
    closed.refresh_from_db()
    assert (count, waiting.status, waiting.version, waiting.updated_at) == (1, "covered", 2, LATER)
    assert (closed.status, closed.version) == ("covered", 3)


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_an_instance_that_moves_has_its_rows_version_and_time() -> None:
    row = bill()

    row.move(Bill.Status.CLOSED)

    stored = Bill.objects.get()
    assert (row.status, row.version, row.updated_at) == ("closed", 2, LATER)
    assert (stored.status, stored.version, stored.updated_at) == ("closed", 2, LATER)


@pytest.mark.django_db
def test_a_step_that_is_no_transition_is_refused() -> None:
    row = bill()

    with pytest.raises(WrongState) as refused:
        row.move(Bill.Status.OPEN)

    stored = Bill.objects.get()
    assert refused.value.problem.params == {"now": "open", "wanted": "open"}
    assert (row.status, row.version) == ("open", 1)
    assert (stored.status, stored.version, stored.updated_at) == ("open", 1, MADE)


@pytest.mark.django_db
def test_a_row_that_somebody_moved_meanwhile_is_refused() -> None:
    row = bill()
    Bill.objects.moved(Bill.Status.CLOSED)

    with pytest.raises(WrongState) as refused:
        row.move(Bill.Status.COVERED)

    stored = Bill.objects.get()
    assert refused.value.problem.params == {"now": "open", "wanted": "covered"}
    assert (row.status, row.version) == ("open", 1)
    assert (stored.status, stored.version) == ("closed", 2)
