"""PostgreSQL is restarted while people buy: server and worker go on by themselves, and no order is lost or doubled."""

import http.client
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.checkout.storefront_client import ADDRESS
from tests.install.test_start import Shop, free_port, installed
from tests.races.clusters import Cluster, Mode, cluster, programs
from tests.upgrades.stored_shops import SECRET_KEY, manage

pytestmark = [
    pytest.mark.race,
    pytest.mark.postgresql,
    pytest.mark.skipif(programs() is None, reason="no server of PostgreSQL is installed here"),
]

BUYERS = 4
AWAY = 2.0
"""Seconds without a database."""
TIMEOUT = 60.0


@dataclass
class Buyer:
    """Buys again and again, and repeats every call until it is answered, as a good client does."""

    port: int
    variants: list[str]
    stop: threading.Event
    orders: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __call__(self) -> None:
        while not self.stop.is_set():
            variant = self.variants[len(self.orders) % len(self.variants)]
            cart = self.call("POST", "/carts", {"country": "DE", "lines": [{"variant_id": variant}]})
            path = f"/carts/{cart['id']}"
            method = self.call("GET", f"{path}/shipping-methods")[0]["id"]
            ready = {"email": "b@example.com", "shipping_address": ADDRESS, "shipping_method_id": method}
            total = self.call("PATCH", path, ready)["totals"]["amount_due"]
            payment = {"method": "test", "token": "tok_success"}
            order = self.call("POST", f"{path}/complete", {"expected_total": total, "payment": payment})
            self.orders.append(order["id"])

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The data of the first answer that is a success. Raises TimeoutError after a minute."""
        key, until = secrets.token_urlsafe(24), time.monotonic() + TIMEOUT
        while time.monotonic() < until:
            status, headers, envelope = self.ask(method, path, body, key)
            if status in (200, 201):
                return envelope["data"]
            time.sleep(min(float(headers.get("Retry-After", "0.2")), 1.0))
        raise TimeoutError(f"{method} {path}")

    def ask(self, method: str, path: str, body: object, key: str) -> tuple[int, Mapping[str, str], Any]:
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if method == "POST" else {})}
        try:
            server.request(method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers)
            answer = server.getresponse()
            content = answer.read()
        finally:
            server.close()
        told = {name.title(): value for name, value in answer.getheaders()}
        try:
            envelope = json.loads(content)
            code = envelope["errors"][0]["code"] if envelope["errors"] else ""
        except (ValueError, KeyError):
            self.wrong.append(f"{answer.status} {content[:200]!r}")
            return answer.status, told, None
        self.answers[f"{answer.status} {code}".strip()] += 1
        if answer.status >= 500 and (answer.status != 503 or "Retry-After" not in told):
            self.wrong.append(f"{method} {path}: {answer.status} {code}, Retry-After {told.get('Retry-After')}")
        return answer.status, told, envelope


@pytest.fixture
def database() -> Iterator[Cluster]:
    with cluster(free_port()) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, database: Cluster) -> Iterator[Shop]:
    """The whole shop as `make run` starts it, with the demo in it."""
    said = {"DATABASE_URL": database.url, "SECRET_KEY": SECRET_KEY, "DEBUG": "true", "LIMITS": "false"}
    shop = Shop(installed(tmp_path), free_port(), **said)
    shop.printed()
    reading = threading.Thread(target=shop.output.read, daemon=True)  # or its pipe is full one day
    reading.start()
    yield shop
    shop.process.terminate()
    shop.process.wait(20)
    reading.join(10)
    shop.output.close()


def asked(database: Cluster, question: str) -> int:
    with psycopg.connect(database.url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return int(row[0])


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


def plenty(port: int) -> list[str]:
    """Variants of which there are many."""
    some = Buyer(port, [], threading.Event())
    products = some.call("GET", "/products?country=DE&in_stock=true&limit=100")
    wholes = [some.call("GET", f"/products/{each['id']}?country=DE") for each in products[:20]]
    variants = [variant for whole in wholes for variant in whole["variants"]]
    return [each["id"] for each in variants if (each["availability"]["max_quantity"] or 0) >= 10]


def test_people_buy_on_through_restarts_of_the_database(shop: Shop, database: Cluster) -> None:
    port, stop = int(shop.base.rpartition(":")[2]), threading.Event()
    children, variants = shop.children(), plenty(port)
    sold = asked(database, "SELECT count(*) FROM orders_order WHERE status = 'placed'")
    buyers = [Buyer(port, variants[start::BUYERS], stop) for start in range(BUYERS)]
    threads = [threading.Thread(target=each, daemon=True) for each in buyers]
    for thread in threads:
        thread.start()

    modes: tuple[Mode, ...] = ("fast", "immediate")
    for mode in modes:
        goal = sum(len(each.orders) for each in buyers) + 2 * BUYERS
        until(lambda goal=goal: sum(len(each.orders) for each in buyers) >= goal)  # type: ignore[misc]
        database.stop(mode)
        time.sleep(AWAY)
        database.start()
    goal = sum(len(each.orders) for each in buyers) + 2 * BUYERS
    until(lambda: sum(len(each.orders) for each in buyers) >= goal)
    stop.set()
    for thread in threads:
        thread.join(TIMEOUT)

    bought = [order for each in buyers for order in each.orders]
    answers = sum((each.answers for each in buyers), Counter[str]())
    assert [wrong for each in buyers for wrong in each.wrong] == []
    assert answers["503 unavailable"] > 0
    assert len(set(bought)) == len(bought) >= 6 * BUYERS
    placed = "SELECT count(*) FROM orders_order WHERE status = 'placed' AND email = 'b@example.com'"
    assert asked(database, placed) == len(bought)
    assert asked(database, "SELECT count(*) FROM orders_order WHERE status = 'placed'") == sold + len(bought)
    paid = "SELECT count(*) FROM payments_testcharge WHERE status = 'captured' AND refunded = 0"
    assert asked(database, paid) >= len(bought)
    manage(database.url, "verify_stock")
    assert shop.children() == children
    until(lambda: asked(database, "SELECT count(*) FROM platform_outboxevent WHERE published_seq IS NULL") == 0)
    until(lambda: asked(database, "SELECT count(*) FROM platform_job WHERE due_at < now()") == 0)
    assert asked(database, "SELECT count(*) FROM platform_job WHERE state = 'dead'") == 0
