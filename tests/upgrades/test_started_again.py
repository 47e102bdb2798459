"""A newcomer's shop of an earlier commit is started by the new one, and does what the README says."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.test_start import Shop, free_port, installed
from tests.stories.test_readme import SHOP, lines_of
from tests.upgrades.conftest import COMMIT
from tests.upgrades.stored_shops import SECRET_KEY, dump_of, manage, server

pytestmark = pytest.mark.upgrade


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """The stored database, as its commit left it."""
    place = server(tmp_path)
    place.restore(dump_of(COMMIT, place.suffix), to="started")
    yield place.url("started")
    place.drop("started")


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    """It runs, after nothing but `manage.py start`."""
    shop = Shop(installed(tmp_path), free_port(), DATABASE_URL=database_url, SECRET_KEY=SECRET_KEY, DEBUG="true")
    shop.printed()
    yield shop
    shop.ended(by=signal.SIGINT)
    shop.output.close()


def test_the_first_calls_and_the_first_purchase_work_in_a_shop_of_before(
    shop: Shop, tmp_path: Path, database_url: str
) -> None:
    lines = lines_of("First calls", "The first purchase").replace(SHOP, f"SHOP={shop.base}\n")

    ran = subprocess.run(  # noqa: S603
        ["bash", "-euo", "pipefail", "-c", lines],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count('"payment_status": "paid"') >= 2
    manage(database_url, "verify_stock")
