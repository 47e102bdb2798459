"""Names that the code has left behind, so that none of them comes back.

Only words that mean nothing else here are listed. These are not, since they have a meaning of their own: act (an
argument of threads), address (a postal address), bank (what the test gateway plays), call (Python's own), claim (what a
signed-in shopper does with a guest's cart), connections (Django's own), counted (what a limit or a list counts), guard
(a guarded UPDATE), letter (of an alphabet), notice (of a cart), room (for backorders), show (Django's own options),
shape (of a picture), total (money), turn (of a waiting writer).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
RETIRED_NAMES: Final = {
    "Door": "Router",
    "Gate": "ApiMiddleware",
    "Guard": "Precheck, SafeNetworkBackend",
    "Letter": "Mail",
    "LostClaim": "LeaseLost",
    "PaymentGivenUp": "PaymentAbandoned",
    "Shelf": "VariantStock",
    "Stage": "OperationCase",
    "StockSpokenFor": "StockReserved",
    "Taken": "Usage",
    "Told": "WebhookPayload",
    "Undone": "RolledBack",
    "Wanted": "RequestedLine",
    "Whole": "OrderDetails, ProductDetails",
    "Wish": "QuoteRequest",
    "_insist": "_reserve_locked",
    "_set_aside": "_reserve",
    "give_up": "abandon",
    "honoured": "optional",
    "in_acts": "manages_transactions",
    "let_go": "release_connection",
    "make_way": "release_expired_for",
    "may_say_nothing": "body_optional",
    "patiently": "retry_on_deadlock",
    "take_turn": "advisory_lock",
    "test_sqlite_turns": "test_sqlite_queue",
}
RETIRED_MODULES: Final = {
    "banks": "gateways",
    "deaths": "kills",
    "doors": "routers",
    "ending": "abandon, finish",
    "happenings": "listeners",
    "hear": "webhooks",
    "letters": "mails",
    "scenes": "factories",
    "shapes": "schemas",
    "shelves": "availability",
    "shopfront": "storefront_client",
    "show": "presenters",
    "stage": "operation_case",
    "stocking": "factories",
    "totals": "keyset",
    "turns": "locks",
    "undone": "rolled_back",
    "ways_of_shopping": "refusal_cases",
    "world": "callers",
}
RETIRED_PARTS: Final = {
    "door": "router",
    "doors": "routers",
    "floor": "layer",
    "floors": "layers",
    "patience": "timeout",
    "rival": "concurrent request",
    "rivals": "concurrent requests",
    "roof": "composition root",
}
_PARTS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def names_in(tree: ast.AST) -> Iterator[str]:
    """Every name that the module defines: classes, functions, parameters and variables."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id


def retired(name: str) -> bool:
    parts = {part.lower() for part in _PARTS.findall(name)}
    return name in RETIRED_NAMES or not parts.isdisjoint(RETIRED_PARTS)


def sources() -> list[Path]:
    return [path for folder in ("shop", "tests", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_retired_name_is_defined() -> None:
    defined = {(path, name) for path in sources() for name in names_in(ast.parse(path.read_text()))}

    again = sorted(f"{path.relative_to(ROOT)}: {name}" for path, name in defined if retired(name))

    assert again == []


def test_no_module_has_a_retired_name() -> None:
    again = [str(path.relative_to(ROOT)) for path in sources() if path.stem in RETIRED_MODULES]

    assert again == []


@pytest.mark.parametrize(
    "name", ["Door", "open_doors", "DoorKeeper", "PATIENCE_SECONDS", "test_every_rival_waits", "give_up"]
)
def test_a_retired_name_is_noticed(name: str) -> None:
    assert retired(name)


@pytest.mark.parametrize("name", ["indoor", "proof", "floored", "outdoors_only", "arrival", "abandon"])
def test_a_name_that_only_resembles_one_is_not(name: str) -> None:
    assert not retired(name)
