"""What is the same in every form of the admin."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory

from shop.accounts.models import User
from shop.platform.admin import ButtonsAdmin
from shop.platform.amounts import NumberField


def fields_of_the_admin(user: User) -> Iterator[tuple[str, forms.Field]]:
    """Every field of every form in the admin, with its name."""
    request: Any = RequestFactory().get("/")
    request.user = user
    for model, site in admin.site._registry.items():
        made = [site.get_form(request), *(each.form for each, _ in site.get_formsets_with_inlines(request))]
        asked = [each.asks for each in site.buttons if each.asks] if isinstance(site, ButtonsAdmin) else []
        for form in (*made, *asked):
            fields = form.base_fields.items()
            yield from ((f"{model._meta.label_lower}.{name}", field) for name, field in fields)


@pytest.mark.django_db
def test_every_decimal_of_the_admin_is_typed_in_the_same_way() -> None:
    root = User.objects.create_superuser("root@example.com", "a long passphrase")

    fields = dict(fields_of_the_admin(root))

    decimals = {name for name, each in fields.items() if isinstance(each, forms.FloatField | forms.DecimalField)}
    assert decimals == {"promotions.promotion.percent", "tax.taxclass.percent"}
    assert {name for name in decimals if not isinstance(fields[name], NumberField)} == set()
