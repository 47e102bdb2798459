"""The shop keeps the house's rules, and each rule would see it if it did not."""

import ast
from pathlib import Path

import pytest

from tests.contracts import house_rules
from tests.contracts.house_rules import RULES, Rule, broken


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_shop_keeps_the_rule(rule: Rule) -> None:
    places = broken(rule)

    assert places == [], rule.__doc__


@pytest.mark.parametrize(
    ("rule", "path", "line"),
    [
        ("queries_in_doors", "orders/api/store.py", "order = Order.objects.get(pk=1)"),
        ("queries_in_doors", "orders/api/admin.py", "order = Order._default_manager.first()"),
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
        ("http_outside_doors", "orders/operations.py", "from django.http import Http404"),
        ("http_outside_doors", "orders/models.py", "from ninja import Schema"),
        ("defaults_at_the_reader", "orders/models.py", "hold = getattr(settings, 'HOLD', 30)"),
    ],
)
def test_the_rule_sees_an_offence(rule: str, path: str, line: str) -> None:
    tree = ast.parse(f"\n{line}")

    lines = set(getattr(house_rules, rule)(tree, Path("shop") / path))

    assert lines in ({1}, {2})


@pytest.mark.parametrize(
    ("rule", "path", "line"),
    [
        ("queries_in_doors", "orders/queries.py", "order = Order.objects.get(pk=1)"),
        ("locks_with_joins", "orders/queries.py", "Order.objects.select_related('cart').get()"),
        (
            "foreign_writes",
            "catalog/operations.py",
            "from shop.catalog.models import Product; Product.objects.create()",
        ),
        ("foreign_writes", "orders/queries.py", "from shop.catalog.models import Product; Product.objects.filter()"),
        ("foreign_writes", "orders/queries.py", "from shop.catalog.types import Update; Update().save()"),
        ("signals", "orders/apps.py", "from django.db.models import Model"),
        ("network_clients", "payments/providers/stripe.py", "import httpx"),
        ("network_clients", "platform/outbound.py", "import httpx"),
        ("network_clients", "payments/operations.py", "from urllib.parse import urlsplit"),
        ("other_clocks", "orders/operations.py", "from shop.platform import clock; at = clock.now()"),
        ("lambdas_on_commit", "orders/operations.py", "transaction.on_commit(partial(tell, order))"),
        ("empty_names", "orders/numbers.py", ""),
        ("silent_verbs", "orders/operations.py", "def _step(order): ..."),
        ("silent_verbs", "orders/operations.py", "def place(order):\n    'The order is placed.'"),
        ("private_imports", "orders/operations.py", "from os import _exit"),
        ("http_outside_doors", "platform/http/gate.py", "from django.http import HttpRequest"),
        ("http_outside_doors", "orders/api/store.py", "from ninja import Router"),
        ("http_outside_doors", "accounts/backends.py", "from django.http import HttpRequest"),
        ("defaults_at_the_reader", "orders/models.py", "name = getattr(order, 'name', '')"),
    ],
)
def test_the_rule_lets_good_code_pass(rule: str, path: str, line: str) -> None:
    tree = ast.parse(f"\n{line}")

    lines = set(getattr(house_rules, rule)(tree, Path("shop") / path))

    assert lines == set()


def test_every_rule_says_why() -> None:
    silent = [rule.__name__ for rule in RULES if not rule.__doc__]

    assert silent == []
