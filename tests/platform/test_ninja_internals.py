"""The private names of django-ninja that the shop uses stand in one module, as the version that is pinned has them."""

import re

import ninja
from ninja.operation import Operation

from shop.platform.http import ninja_internals
from shop.platform.http.ninja_internals import operation_of, operations, prechecks, query_parameters, source
from shop.project.api import api
from tests.contracts.pages import ROOT

MODULE = "shop/platform/http/ninja_internals.py"
PRIVATE = re.compile(
    r"__ninja_\w+|_ninja_operation|_get_values|_get_bound_routers|_get_urls|auth_callbacks|path_operations"
)
LOOK = (
    f"django-ninja is {ninja.__version__}, and {MODULE} was written for {ninja_internals.VERSION}: compare each "
    "function there with ninja/main.py, ninja/operation.py and ninja/signature/details.py, then change VERSION."
)


def operation(name: str) -> Operation:
    return next(each for each in operations(api) if each.operation_id == name)


def test_the_version_is_the_one_that_was_read() -> None:
    assert ninja.__version__.startswith(f"{ninja_internals.VERSION}."), LOOK


def test_the_requirements_pin_it() -> None:
    requirements = (ROOT / "requirements.in").read_text()

    assert f"django-ninja>={ninja_internals.VERSION},<" in requirements, LOOK


def test_nobody_else_uses_a_private_name_of_it() -> None:
    files = [path for path in (ROOT / "shop").rglob("*.py") if PRIVATE.search(path.read_text())]

    assert [str(path.relative_to(ROOT)) for path in files] == [MODULE]


def test_the_names_mean_what_they_meant() -> None:
    listing, reading, resetting = operation("listProducts"), operation("getAddress"), operation("resetPassword")

    assert operation_of(listing.view_func) is not None, LOOK
    assert len(prechecks(listing)) == 1, LOOK
    assert [source(model) for model in reading.models] == ["path"], LOOK
    assert [source(model) for model in resetting.models] == ["body"], LOOK
    assert {"sort", "limit", "cursor"} <= query_parameters(listing)[0], LOOK
    assert query_parameters(reading) == (frozenset(), frozenset()), LOOK
    assert listing.run.func == api.run, LOOK  # type: ignore[attr-defined]
