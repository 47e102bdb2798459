"""What holds for the whole admin API: permission keys, and what a refusal tells."""

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.db.models.options import Options
from django.test import Client

from shop.accounts.credentials import staff_actor
from shop.accounts.models.one_time_password import NOBODY_MAY
from shop.kernel.ids import Prefix, public, uuid7
from shop.platform.http.resource import Resource
from shop.platform.permissions import granted_keys, keys
from tests.accounts.visitor import account
from tests.contracts.callers import caller, good, permissions_of
from tests.contracts.operations import Operation, operations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_shop")]

ADMIN = [operation for operation in operations() if operation.is_admin]
RESOURCES = [operation for operation in ADMIN if not operation.path.startswith("/api/v1/admin/auth/")]


def test_every_operation_on_a_resource_names_the_key_that_it_needs() -> None:
    assert {operation.permission for operation in RESOURCES} - keys().keys() == set()
    assert {operation.id for operation in ADMIN if operation not in RESOURCES} == {
        "loginAdmin",
        "refreshAdminTokens",
        "logoutAdmin",
    }


@pytest.mark.parametrize("key", keys())
def test_a_key_stands_for_permissions_that_exist(key: str) -> None:
    names = {f"{each.content_type.app_label}.{each.codename}" for each in permissions_of(key).select_related()}

    assert names == keys()[key]
    assert names & NOBODY_MAY == set()


def test_a_superuser_has_every_key_and_staff_those_that_they_were_given() -> None:
    root = account("root@example.com", is_staff=True, is_superuser=True)
    clerk = account("clerk@example.com", is_staff=True)
    clerk.user_permissions.set(permissions_of("orders:read"))

    assert granted_keys(staff_actor(root)) == sorted(keys())
    assert granted_keys(staff_actor(clerk)) == ["orders:read"]


def test_all_permissions_of_django_together_are_every_key() -> None:
    clerk = account("clerk@example.com", is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())

    assert granted_keys(staff_actor(clerk)) == sorted(keys())


@pytest.mark.parametrize("operation", [operation for operation in RESOURCES if operation.names("path")], ids=str)
def test_who_lacks_the_key_is_not_told_what_there_is(client: Client, operation: Operation) -> None:
    clerk = caller("clerk@example.com", is_staff=True)
    real = good(operation, clerk, of=caller("ada@example.com")).saying(X_Request_Id="the-same-for-both")
    unreal = replace(real, path=with_another_id(real.path))

    answers = [request.answer(client) for request in (real, unreal)]

    assert [each.status_code for each in answers] == [403, 403]
    assert answers[0].content == answers[1].content


def with_another_id(path: str) -> str:
    """The same path, with ids of nothing."""
    parts = [public(Prefix(part[:3]), uuid7()) if part[3:4] == "_" else part for part in path.split("/")]
    return "/".join(parts)


def resources() -> list[Resource[Any, Any]]:
    """Every resource that an app describes in its `api/admin.py`."""
    modules = [f"{config.name}.api.admin" for config in apps.get_app_configs() if config.name.startswith("shop.")]
    described = [import_module(name) for name in modules if find_spec(name.rpartition(".")[0]) and find_spec(name)]
    return [value for module in described for value in vars(module).values() if isinstance(value, Resource)]


SORTS = [
    pytest.param(resource.rows().model._meta, column, id=f"{resource.plural}-{name}")
    for resource in resources()
    for name, column in resource.sorts.items()
]


@pytest.mark.parametrize(("model", "column"), SORTS)
def test_a_list_is_sorted_by_columns_that_have_an_index_and_no_nulls(model: "Options[Model]", column: str) -> None:
    field: Any = model.get_field(column)
    first_columns = {index.fields_orders[0][0] for index in model.indexes if index.condition is None}

    assert field.unique or field.db_index or column in first_columns
    assert not field.null


def test_every_resource_is_in_the_document() -> None:
    paths = {f"/api/v1/admin/{resource.plural}" for resource in resources()}

    assert paths == {operation.path for operation in RESOURCES if not operation.names("path")}
    assert [
        resource.plural for resource in resources() if resource.default_sort.lstrip("-") not in resource.sorts
    ] == []
