"""The house's rules that no tool knows, each a function from a parsed file to the lines that break it."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Rule = Callable[[ast.Module, Path], Iterator[int]]

WRITES = frozenset(
    {"create", "get_or_create", "update", "update_or_create", "delete", "save", "bulk_create", "bulk_update"}
)
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")
CLIENTS = (
    "httpx",
    "httpcore",
    "requests",
    "aiohttp",
    "urllib3",
    "urllib.request",
    "http.client",
    "smtplib",
    "socket",
    "stripe",
)
CLOCKS = frozenset({"datetime.now", "datetime.utcnow", "date.today", "timezone.now"})
EMPTY_NAMES = frozenset(
    {"utils", "helpers", "services", "managers", "mixins", "signals", "constants", "common", "misc", "base"}
)
ENGINE = ("sqlite", "base.py")
"""Where Django looks for a database engine."""
START = Path("shop/platform/management/commands/start.py")  # asks whether the port is free and the server answers
GATEWAYS = Path("shop/payments/gateways")
VETTED = (Path("shop/platform/outbound.py"), Path("shop/platform/wire.py"))
REPORTED = (Path("shop/platform/http/failures.py"), Path("shop/project/monitoring.py"))
CLOCK = Path("shop/platform/clock.py")

CODES = "OneTimePassword"
CODES_OPERATION = Path("shop/accounts/operations/one_time_passwords.py")
CODES_TABLE = re.compile(r"\baccounts_onetimepassword\b", re.IGNORECASE)
CODES_READ = frozenset({"Purpose", "objects", "DoesNotExist"})
CODES_REFUSED = (WRITES - {"delete"}) | {f"a{name}" for name in WRITES - {"delete"}} | {"model", "query", "raw"}
HISTORY = "PriceHistory"
HISTORY_MODULE = Path("shop/pricing/history.py")
HISTORY_WRITES = WRITES | {"raw", "_raw_delete", "_update"}
HISTORY_TABLE = re.compile(r"\bpricing_pricehistory\b", re.IGNORECASE)
HISTORY_CHANGES = re.compile(r"\b(UPDATE|DELETE\s+FROM|TRUNCATE)\W+pricing_pricehistory\b", re.IGNORECASE)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
VAGUE_NAMES = frozenset({"found", "wanted", "said", "kept", "known", "each"})
VAGUE_NAMES_LEFT = frozenset(
    {
        "accounts",
        "backoffice",
        "browser",
        "checkout",
        "clients",
        "contracts",
        "fuzz",
        "inventory",
        "notifications",
        "orders",
        "payments",
        "platform",
        "project",
        "races",
        "stores",
        "stories",
        "upgrades",
    }
)
"""Folders of `shop` and `tests` that still have such names. This set only shrinks."""
STAMPS = frozenset({"status", "version", "updated_at"})
RECORDS = Path("shop/platform/records.py")
WRITERS_OF_THEIR_OWN = {
    Path("shop/inventory/counters.py"): "one statement of SQL changes any number of stock levels, which have no time",
    Path("shop/payments/test_gateway/gateway.py"): "its tables stand for those of a provider and are no records",
}
STAMPS_IN_SQL = re.compile(
    r"\bUPDATE\b.*\bSET\b((?!\bWHERE\b).)*\b(status|version|updated_at)\s*=", re.IGNORECASE | re.DOTALL
)
BARE = frozenset({"QuerySet", "RawQuerySet", "Manager", "BaseManager", "UpdateQuery", "InsertQuery"})


def files(folder: str = "shop") -> list[Path]:
    """Every Python file in the folder but migrations, which are generated; relative to the root."""
    found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def broken(rule: Rule, folder: str = "shop") -> list[str]:
    """The places in the folder that break the rule, as `path:line`."""
    return [f"{path}:{line}" for path in files(folder) for line in sorted(set(rule(_parsed(path), path)))]


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), str(path))


def queries_in_routers(tree: ast.Module, path: Path) -> Iterator[int]:
    """A route reads through its app's queries, so that whoever asks is always part of the question."""
    if "api" in path.parts:
        yield from (node.lineno for node in _attributes(tree) if node.attr in MANAGERS)


def locks_with_joins(tree: ast.Module, _: Path) -> Iterator[int]:
    """Whoever waits for a lock re-reads the locked row but not the joined one (READ COMMITTED)."""
    for node in _nodes(tree):
        if isinstance(node, ast.Call) and {"select_for_update", "select_related"} <= set(_chain(node)):
            yield node.lineno


def foreign_writes(tree: ast.Module, path: Path) -> Iterator[int]:
    """A table is written only by its own app; others call that app's operations."""
    own = f"shop.{path.parts[1]}."
    foreign = {
        alias.asname or alias.name
        for node in _nodes(tree)
        if isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith(own)
        if node.module.startswith("shop.") and "models" in node.module.split(".")
        for alias in node.names
    }
    held = foreign | {
        target.id
        for node in _nodes(tree)
        if isinstance(node, ast.Assign | ast.For | ast.AnnAssign | ast.comprehension)
        if _root(node.value if isinstance(node, ast.Assign | ast.AnnAssign) else node.iter) in foreign
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in _nodes(tree):
        if isinstance(node, ast.Call) and _root(node) in held and WRITES & set(_chain(node)):
            yield node.lineno


def signals(tree: ast.Module, path: Path) -> Iterator[int]:
    """Cause and effect stay on one page. Only tools that report errors are told by one."""
    if path not in REPORTED:
        yield from _imports_of(tree, SIGNALS)


def network_clients(tree: ast.Module, path: Path) -> Iterator[int]:
    """Only a gateway calls somebody outside, and the client that vets the address before."""
    if not path.is_relative_to(GATEWAYS) and path not in {START, *VETTED}:
        yield from _imports_of(tree, CLIENTS)


def other_clocks(tree: ast.Module, path: Path) -> Iterator[int]:
    """The time is asked for in one place, so that tests can hold it."""
    if path != CLOCK:
        yield from (node.lineno for node in _attributes(tree) if ".".join(_chain(node)[-2:]) in CLOCKS)


def lambdas_on_commit(tree: ast.Module, _: Path) -> Iterator[int]:
    """In a loop a lambda sees only the last row; `partial` or an event row sees its own."""
    for node in _nodes(tree):
        if isinstance(node, ast.Call) and _chain(node)[-1:] == ["on_commit"]:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield from (node.lineno for argument in given if isinstance(argument, ast.Lambda))


def empty_names(_: ast.Module, path: Path) -> Iterator[int]:
    """A drawer into which everything fits is where everything lands."""
    if EMPTY_NAMES & {path.stem, *path.parts} and path.parts[-2:] != ENGINE:
        yield 1


def silent_verbs(tree: ast.Module, path: Path) -> Iterator[int]:
    """Each public operation and query says in a sentence what is true afterwards, and what it refuses."""
    if {"operations", "queries"} & {path.stem, path.parent.name}:
        named = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
        yield from (node.lineno for node in named if not node.name.startswith("_") and not ast.get_docstring(node))


def private_imports(tree: ast.Module, _: Path) -> Iterator[int]:
    """What begins with an underscore belongs to its file."""
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("shop"):
            yield from (node.lineno for alias in node.names if alias.name.startswith("_"))


def http_outside_routers(tree: ast.Module, path: Path) -> Iterator[int]:
    """HTTP is known by shop/platform/http, every app's api, admin and backends, the back office and the project."""
    knows_http = path.is_relative_to("shop/platform/http") or path.parts[1] in ("backoffice", "project")
    if not knows_http and not {"api", "admin", "backends"} & {path.stem, *path.parts}:
        yield from _imports_of(tree, ("django.http", "ninja"))


def defaults_at_the_reader(tree: ast.Module, _: Path) -> Iterator[int]:
    """A setting's default stands where the setting is declared."""
    for node in _nodes(tree):
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="settings"), *_]):
                yield node.lineno


def other_hands_on_codes(tree: ast.Module, path: Path) -> Iterator[int]:
    """One-time passwords are written by their operation alone; others only read, delete, type or register them.

    The model refuses what Django offers by itself, but neither a bare QuerySet or Manager nor SQL: so nobody else makes
    one of those, or names the model for anything else.
    """
    if path == CODES_OPERATION:
        return
    imported = [(alias, alias.asname or alias.name) for alias in _aliases(tree)]
    model = {name for alias, name in imported if alias.name == CODES}
    operation = {name for alias, name in imported if alias.name == CODES_OPERATION.stem}
    harmless = set(_harmless_names(tree))
    for node in _nodes(tree):
        chain = _chain(node)
        match node:
            case ast.Name(id=name) if name in model and node not in harmless:
                yield node.lineno
            case ast.Attribute(attr=name) if name == CODES or (chain[0] in model and name in CODES_REFUSED):
                yield node.lineno
            case ast.Attribute(attr=name) if chain[0] in model | operation and name.startswith("_"):
                yield node.lineno
            case ast.Call() if BARE & set(chain[-1:]) or (BARE & set(chain[-2:-1]) and CODES_REFUSED & set(chain[-1:])):
                yield node.lineno
            case ast.Call() if chain[-1:] == ["get_model"] and CODES.lower() in ast.dump(node).lower():
                yield node.lineno
            case ast.Constant(value=str(text)) if CODES_TABLE.search(text):
                yield node.lineno


def history_elsewhere(tree: ast.Module, path: Path) -> Iterator[int]:
    """Rows of the price history are added by one module and never changed: what a price was stays what it was."""
    for node in _nodes(tree):
        match node:
            case ast.Call() if _root(node) == HISTORY and (
                isinstance(node.func, ast.Name) or HISTORY_WRITES & set(_chain(node))
            ):
                yield node.lineno
            case ast.Constant(value=str(text)) if HISTORY_CHANGES.search(text) or (
                path != HISTORY_MODULE and HISTORY_TABLE.search(text)
            ):
                yield node.lineno


def vague_names(tree: ast.Module, path: Path) -> Iterator[int]:
    """A local name says what it holds: `product`, `rows`, `price`. Only a one-line comprehension may say `each`."""
    if not VAGUE_NAMES_LEFT.isdisjoint(path.parts[1:2]):
        return
    excused = set(_targets_in_short_comprehensions(tree))
    for node in _nodes(tree):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.arg(arg=name)
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ) if name in VAGUE_NAMES and node not in excused:
                yield node.lineno


def other_writers(tree: ast.Module, path: Path) -> Iterator[int]:
    """Versions, times and statuses of records are written by `changed`, `changed_each` and `moved` alone.

    So nothing changes without them, and no status leaves its TRANSITIONS.
    """
    if path == RECORDS or path in WRITERS_OF_THEIR_OWN:
        return
    stamped = set(_stamped_names(tree))
    imported = {alias.asname or alias.name for alias in _aliases(tree)}
    for node in _nodes(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in imported:
                continue  # an operation of a module
            case ast.Call(func=ast.Attribute(attr=name)) if _writes_stamps(node, name.removeprefix("a"), stamped):
                yield node.lineno
            case ast.Call(func=ast.Name(id="F"), args=[ast.Constant(value="version")]):
                yield node.lineno
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=name), _]) if name in STAMPS:
                yield node.lineno
            case ast.Attribute(attr=name, ctx=ast.Store()) if name in STAMPS:
                yield node.lineno
            case ast.Constant(value=str(text)) if STAMPS_IN_SQL.search(text):
                yield node.lineno


def _stamped_names(tree: ast.Module) -> Iterator[str]:
    """The names of dicts and lists in which one of the stamps is named."""
    for node in _nodes(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _names_stamps(value, set()):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.AST() as value) if _names_stamps(value, set()):
                yield name


def _names_stamps(value: ast.AST, stamped: set[str]) -> bool:
    """Whether a dict or list says one of the stamps, or is one of these."""
    match value:
        case ast.Dict(keys=items) | ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return any(isinstance(item, ast.Constant) and item.value in STAMPS for item in items)
        case ast.BinOp(left=left, right=right):
            return _names_stamps(left, stamped) or _names_stamps(right, stamped)
    return isinstance(value, ast.Name) and value.id in stamped


def _writes_stamps(call: ast.Call, method: str, stamped: set[str]) -> bool:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    named = [*call.args, *given.values()]
    match method:
        case "update":
            return not STAMPS.isdisjoint(given) or any(_names_stamps(value, stamped) for value in given.values())
        case "bulk_update" | "bulk_create" | "update_or_create":
            return any(_names_stamps(value, stamped) for value in named)
        case "save":  # of files, it has arguments; of rows, it writes all columns unless it names some
            is_partial = "update_fields" in given and not _names_stamps(given["update_fields"], stamped)
            return not call.args and "force_insert" not in given and not is_partial and _root(call) != "super"
    return False


RULES: tuple[Rule, ...] = (
    queries_in_routers,
    locks_with_joins,
    foreign_writes,
    signals,
    network_clients,
    other_clocks,
    lambdas_on_commit,
    empty_names,
    silent_verbs,
    private_imports,
    http_outside_routers,
    defaults_at_the_reader,
    other_hands_on_codes,
    history_elsewhere,
    other_writers,
    vague_names,
)


@cache
def _nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All of a file; gone through by every rule, and so found once."""
    return tuple(ast.walk(tree))


def _attributes(tree: ast.Module) -> Iterator[ast.Attribute]:
    return (node for node in _nodes(tree) if isinstance(node, ast.Attribute))


def _aliases(tree: ast.Module) -> Iterator[ast.alias]:
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom):
            yield from node.names


def _harmless_names(tree: ast.Module) -> Iterator[ast.AST]:
    """What stands in a type, is registered, or is asked for its rows or purposes."""
    for node in _nodes(tree):
        match node:
            case ast.AnnAssign(annotation=kind) | ast.arg(annotation=ast.AST() as kind) | ast.Subscript(slice=kind):
                yield from ast.walk(kind)
            case ast.FunctionDef(returns=ast.AST() as kind) | ast.AsyncFunctionDef(returns=ast.AST() as kind):
                yield from ast.walk(kind)
            case ast.Call(args=given) if _chain(node)[-1:] == ["register"]:
                yield from given
            case ast.Attribute(value=ast.Name() as name, attr=attribute) if attribute in CODES_READ:
                yield name


def _targets_in_short_comprehensions(tree: ast.Module) -> Iterator[ast.AST]:
    for node in _nodes(tree):
        if isinstance(node, COMPREHENSIONS) and node.lineno == node.end_lineno:
            for generator in node.generators:
                yield from ast.walk(generator.target)


def _chain(node: ast.AST) -> list[str]:
    """The names along `Model.objects.filter(…).first()`, from the left: Model, objects, filter, first."""
    names: list[str] = []
    while True:
        match node:
            case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.Await(value=inner):
                node = inner
            case ast.Attribute(value=inner, attr=name):
                names.append(name)
                node = inner
            case ast.Name(id=name):
                return [name, *reversed(names)]
            case _:
                return list(reversed(names))


def _root(node: ast.AST | None) -> str | None:
    return next(iter(_chain(node)), None) if node else None


def _imports_of(tree: ast.Module, banned: tuple[str, ...]) -> Iterator[int]:
    for node in _nodes(tree):
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), names=names):
                modules = [module, *(f"{module}.{alias.name}" for alias in names)]
            case _:
                continue
        if any(each == name or each.startswith(f"{name}.") for each in modules for name in banned):
            yield node.lineno
