"""The shop keeps the house's rules, and each rule would see it if it did not."""

import ast
from pathlib import Path

import pytest

from tests.contracts import house_rules
from tests.contracts.house_rules import RULES, VAGUE_NAMES_LEFT, Rule, broken, other_hands_on_codes, vague_names


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_shop_keeps_the_rule(rule: Rule) -> None:
    places = broken(rule)

    assert places == [], rule.__doc__


def test_the_tests_name_their_locals_too() -> None:
    places = broken(vague_names, "tests")

    assert places == [], vague_names.__doc__


def test_folders_without_vague_names_are_no_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house_rules, "VAGUE_NAMES_LEFT", frozenset())

    places = [*broken(vague_names), *broken(vague_names, "tests")]

    assert {Path(place).parts[1] for place in places} == VAGUE_NAMES_LEFT


@pytest.mark.parametrize(
    ("rule", "path", "line"),
    [
        ("queries_in_routers", "orders/api/storefront.py", "order = Order.objects.get(pk=1)"),
        ("queries_in_routers", "orders/api/admin.py", "order = Order._default_manager.first()"),
        ("locks_with_joins", "orders/operations.py", "Order.objects.select_related('cart').select_for_update().get()"),
        ("locks_with_joins", "orders/operations.py", "rows.select_for_update(of=('self',)).select_related('cart')"),
        ("foreign_writes", "orders/operations.py", "from shop.catalog.models import Product; Product.objects.create()"),
        (
            "foreign_writes",
            "orders/operations.py",
            "from shop.catalog.models import Product as P; P.objects.filter().update()",
        ),
        ("foreign_writes", "orders/operations.py", "from shop.catalog.models.item import Product; Product().save()"),
        (
            "foreign_writes",
            "orders/place.py",
            "from shop.catalog.models import Product; it = Product.objects.get(); it.delete()",
        ),
        (
            "foreign_writes",
            "orders/place.py",
            "from shop.catalog.models import Product; [it.save() for it in Product.objects.all()]",
        ),
        ("signals", "orders/apps.py", "from django.db.models.signals import post_save"),
        ("signals", "orders/apps.py", "import django.dispatch"),
        ("signals", "orders/apps.py", "from django import dispatch"),
        ("network_clients", "payments/operations.py", "import httpx"),
        ("network_clients", "payments/providers/stripe.py", "import httpx"),
        ("network_clients", "platform/mail/outbound.py", "import httpcore"),
        ("network_clients", "payments/operations.py", "from urllib import request"),
        ("network_clients", "payments/operations.py", "from http.client import HTTPSConnection"),
        ("other_clocks", "orders/operations.py", "at = datetime.now(UTC)"),
        ("other_clocks", "orders/operations.py", "at = datetime.datetime.utcnow()"),
        ("other_clocks", "orders/models.py", "at = DateTimeField(default=timezone.now)"),
        ("lambdas_on_commit", "orders/operations.py", "transaction.on_commit(lambda: tell(order))"),
        ("lambdas_on_commit", "orders/operations.py", "on_commit(func=lambda: tell(order))"),
        ("empty_names", "orders/utils.py", ""),
        ("empty_names", "orders/helpers/money.py", ""),
        ("silent_verbs", "orders/operations.py", "def place(order): ..."),
        ("silent_verbs", "orders/operations/place.py", "def place(order): ..."),
        ("silent_verbs", "orders/queries.py", "class Offer: ..."),
        ("private_imports", "orders/operations.py", "from shop.catalog.queries import _visible"),
        ("http_outside_routers", "orders/operations.py", "from django.http import Http404"),
        ("http_outside_routers", "orders/models.py", "from ninja import Schema"),
        ("defaults_at_the_reader", "orders/models.py", "hold = getattr(settings, 'HOLD', 30)"),
        ("history_elsewhere", "pricing/history.py", "PriceHistory.objects.filter(amount=1).update(amount=2)"),
        ("history_elsewhere", "pricing/history.py", "PriceHistory.objects.all().delete()"),
        ("history_elsewhere", "pricing/operations.py", "PriceHistory.objects.bulk_create(rows)"),
        ("history_elsewhere", "pricing/operations.py", "PriceHistory(amount=1).save()"),
        ("history_elsewhere", "pricing/operations.py", "cursor.execute('INSERT INTO pricing_pricehistory SELECT 1')"),
        ("history_elsewhere", "pricing/history.py", "cursor.execute('UPDATE pricing_pricehistory SET amount = 1')"),
        ("other_writers", "orders/operations.py", "Order.objects.filter(pk=1).update(status='placed')"),
        ("other_writers", "orders/operations.py", "await rows.aupdate(updated_at=at)"),
        ("other_writers", "orders/operations.py", "rows.update(**{'status': to})"),
        ("other_writers", "orders/operations.py", "values = {'updated_at': at}; rows.update(**values)"),
        ("other_writers", "orders/operations.py", "at = {} | {'updated_at': at}; rows.update(**at)"),
        ("other_writers", "orders/operations.py", "raised = F('version') + 1"),
        ("other_writers", "orders/operations.py", "Order.objects.bulk_update(rows, ['number', 'version'])"),
        ("other_writers", "orders/operations.py", "COLUMNS = ('status',); Order.objects.bulk_update(rows, COLUMNS)"),
        ("other_writers", "orders/operations.py", "Order.objects.bulk_create(rows, update_fields=['status'])"),
        (
            "other_writers",
            "orders/operations.py",
            "rows.update_or_create(pk=1, defaults={'status': 'placed'})",
        ),
        ("other_writers", "orders/operations.py", "order.status = 'placed'"),
        ("other_writers", "orders/operations.py", "order.number, order.status = '1', 'placed'"),
        ("other_writers", "orders/operations.py", "order.version += 1"),
        ("other_writers", "orders/operations.py", "setattr(order, 'status', 'placed')"),
        ("other_writers", "orders/operations.py", "order.save()"),
        ("other_writers", "orders/operations.py", "order.save(update_fields=['status'])"),
        ("other_writers", "orders/operations.py", "cursor.execute('UPDATE orders_order SET total = 1, version = 2')"),
        ("vague_names", "tax/queries.py", "found = TaxRate.objects.first()"),
        ("vague_names", "tax/queries.py", "known: set[str] = set()"),
        ("vague_names", "tax/queries.py", "for at, each in enumerate(rows): ..."),
        ("vague_names", "tax/queries.py", "def total(*, wanted): ..."),
        ("vague_names", "tax/queries.py", "def total(**said): ..."),
        ("vague_names", "tax/queries.py", "rows.sort(key=lambda each: each.code)"),
        ("vague_names", "tax/queries.py", "codes = [each.code for each in rows\n]"),
        ("vague_names", "tax/queries.py", "if (kept := rows.first()): ..."),
    ],
)
def test_the_rule_sees_an_offence(rule: str, path: str, line: str) -> None:
    tree = ast.parse(f"\n{line}")

    lines = set(getattr(house_rules, rule)(tree, Path("shop") / path))

    assert lines in ({1}, {2})


@pytest.mark.parametrize(
    ("rule", "path", "line"),
    [
        ("queries_in_routers", "orders/queries.py", "order = Order.objects.get(pk=1)"),
        ("locks_with_joins", "orders/queries.py", "Order.objects.select_related('cart').get()"),
        (
            "foreign_writes",
            "catalog/operations.py",
            "from shop.catalog.models import Product; Product.objects.create()",
        ),
        ("foreign_writes", "orders/queries.py", "from shop.catalog.models import Product; Product.objects.filter()"),
        ("foreign_writes", "orders/queries.py", "from shop.catalog.types import Update; Update().save()"),
        ("signals", "orders/apps.py", "from django.db.models import Model"),
        ("network_clients", "payments/gateways/stripe.py", "import httpx"),
        ("network_clients", "platform/outbound.py", "import httpx"),
        ("network_clients", "payments/operations.py", "from urllib.parse import urlsplit"),
        ("other_clocks", "orders/operations.py", "from shop.platform import clock; at = clock.now()"),
        ("lambdas_on_commit", "orders/operations.py", "transaction.on_commit(partial(tell, order))"),
        ("empty_names", "orders/numbers.py", ""),
        ("silent_verbs", "orders/operations.py", "def _step(order): ..."),
        ("silent_verbs", "orders/operations.py", "def place(order):\n    'The order is placed.'"),
        ("private_imports", "orders/operations.py", "from os import _exit"),
        ("http_outside_routers", "platform/http/middleware.py", "from django.http import HttpRequest"),
        ("http_outside_routers", "orders/api/storefront.py", "from ninja import Router"),
        ("http_outside_routers", "accounts/backends.py", "from django.http import HttpRequest"),
        ("defaults_at_the_reader", "orders/models.py", "name = getattr(order, 'name', '')"),
        ("history_elsewhere", "pricing/history.py", "cursor.execute('INSERT INTO pricing_pricehistory SELECT 1')"),
        ("history_elsewhere", "pricing/queries.py", "rows = PriceHistory.objects.filter(amount=1)"),
        ("other_writers", "platform/records.py", "rows.update(version=F('version') + 1)"),
        ("other_writers", "orders/operations.py", "Order.objects.filter(version=1).moved('placed', number='1')"),
        ("other_writers", "orders/operations.py", "Order.objects.filter(status='placed').update(hold=None)"),
        ("other_writers", "orders/operations.py", "Order.objects.create(status='placed')"),
        ("other_writers", "orders/operations.py", "Order.objects.bulk_update(rows, ['search_text'])"),
        ("other_writers", "orders/operations.py", "order.save(force_insert=True)"),
        ("other_writers", "orders/operations.py", "line.save(update_fields=['quantity'])"),
        ("other_writers", "accounts/api/me.py", "from shop.accounts.operations import me; me.update({}, version=1)"),
        ("other_writers", "catalog/pictures.py", "default_storage.save(name, content)"),
        ("other_writers", "accounts/models/user.py", "super().save(*args, **kwargs)"),
        ("other_writers", "orders/operations.py", "cursor.execute('UPDATE a SET total = 1 WHERE status = 2')"),
        ("vague_names", "tax/queries.py", "rates = TaxRate.objects.all()"),
        ("vague_names", "tax/queries.py", "codes = {each.code for each in rates}"),
    ],
)
def test_the_rule_lets_good_code_pass(rule: str, path: str, line: str) -> None:
    tree = ast.parse(f"\n{line}")

    lines = set(getattr(house_rules, rule)(tree, Path("shop") / path))

    assert lines == set()


def test_every_rule_says_why() -> None:
    silent = [rule.__name__ for rule in RULES if not rule.__doc__]

    assert silent == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("accounts/admin.py", "models.QuerySet(OneTimePassword).update(tries=0)"),
        ("accounts/admin.py", "QuerySet[OneTimePassword](OneTimePassword).create()"),
        ("accounts/admin.py", "QuerySet(type(row)).update(tries=0)"),
        ("accounts/admin.py", "QuerySet.update(OneTimePassword.objects.all(), tries=0)"),
        ("accounts/admin.py", "rows = models.Manager()"),
        ("accounts/admin.py", "UpdateQuery(type(row)).add_update_values({})"),
        ("accounts/admin.py", "Code = OneTimePassword"),
        ("accounts/admin.py", "OneTimePassword(subject='x')"),
        ("accounts/admin.py", "OneTimePassword.objects.filter(pk=1).update(tries=0)"),
        ("accounts/admin.py", "await OneTimePassword.objects.acreate(subject='x')"),
        ("accounts/admin.py", "OneTimePassword._base_manager.first()"),
        ("accounts/admin.py", "OneTimePassword.objects.all().query"),
        ("accounts/admin.py", "class Code(OneTimePassword): ..."),
        ("accounts/admin.py", "from shop.accounts import models; models.OneTimePassword.objects.first()"),
        ("accounts/admin.py", "from shop.accounts.operations import one_time_passwords as otp; otp._rows()"),
        ("backoffice/dashboard.py", "apps.get_model('accounts', 'OneTimePassword')"),
        ("backoffice/dashboard.py", "apps.get_model('accounts.onetimepassword')"),
        ("backoffice/dashboard.py", "cursor.execute('UPDATE accounts_onetimepassword SET tries = 0')"),
        ("accounts/models/code.py", "from shop.accounts.models import OneTimePassword as Code; Code(subject='x')"),
    ],
)
def test_the_rule_sees_another_hand_on_codes(path: str, line: str) -> None:
    tree = ast.parse(f"from shop.accounts.models import OneTimePassword\n{line}")

    lines = set(other_hands_on_codes(tree, Path("shop") / path))

    assert lines == {2}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("accounts/operations/one_time_passwords.py", "models.QuerySet(OneTimePassword).update(tries=0)"),
        ("accounts/admin.py", "OneTimePassword.objects.live().count()"),
        ("accounts/admin.py", "OneTimePassword.objects.all().delete()"),
        ("accounts/admin.py", "PURPOSE = OneTimePassword.Purpose.PASSWORD_RESET"),
        ("accounts/admin.py", "@admin.register(OneTimePassword)\nclass Page(ModelAdmin[OneTimePassword]): ..."),
        ("accounts/mails.py", "def writer(row: OneTimePassword) -> OneTimePassword | None: ..."),
        ("accounts/mails.py", "writers: dict[str, OneTimePassword] = {}"),
        ("accounts/mails.py", "from shop.accounts.operations import one_time_passwords; one_time_passwords.ask()"),
        ("backoffice/dashboard.py", "reverse('admin:accounts_onetimepassword_changelist')"),
        ("catalog/models.py", "class Products(models.QuerySet['Product']): ...\nobjects = Products.as_manager()"),
    ],
)
def test_the_rule_lets_codes_be_written_by_their_operation_and_read_by_all(path: str, line: str) -> None:
    tree = ast.parse(f"from shop.accounts.models import OneTimePassword\n{line}")

    lines = set(other_hands_on_codes(tree, Path("shop") / path))

    assert lines == set()
