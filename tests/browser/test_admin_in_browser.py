import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from shop.accounts.models import User
from shop.accounts.operations import one_time_passwords
from shop.accounts.operations.sessions import Device, open_session
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL, PASSWORD = "root@example.com", "a long passphrase"


@pytest.fixture
def prepared(transactional_db: None, client: Client) -> str:
    """A superuser's session in the admin; and there is a customer with a device and a code."""
    client.force_login(User.objects.create_superuser(EMAIL, PASSWORD))
    ada = User.objects.create_user("ada@example.com", PASSWORD, email_verified_at="2026-11-22T08:00:00Z")
    open_session(ada, device=Device(name="Laptop", ip="192.0.2.1"))
    one_time_passwords.issue_code(one_time_passwords.ask(subject=ada.email_key, purpose="password_reset"))
    return client.cookies["sessionid"].value


@pytest.fixture
def staff(browser: Watched, prepared: str) -> Watched:
    """The browser, signed in already."""
    browser.page.context.add_cookies([{"name": "sessionid", "value": prepared, "url": browser.home}])
    return browser


def test_staff_logs_in_and_opens_the_list_of_one_time_passwords(browser: Watched, live_server: LiveServer) -> None:
    page = browser.open("/admin/")

    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="One-time passwords").first.click()
    page.get_by_role("cell", name="reset a password").wait_for()

    assert page.get_by_role("link", name="ada@example.com").is_visible()
    assert (browser.hosts, browser.complaints) == ({live_server.url.removeprefix("http://")}, [])


def test_the_dashboard_leads_to_everything_and_asks_nobody_else(staff: Watched, live_server: LiveServer) -> None:
    page = staff.open("/admin/")

    page.get_by_role("link", name="Sessions").first.click()
    page.get_by_role("cell", name="Laptop").wait_for()
    page.get_by_role("link", name="Dashboard").click()
    page.get_by_role("heading", name="Newest accounts").wait_for()

    assert (staff.hosts, staff.complaints) == ({live_server.url.removeprefix("http://")}, [])


def test_one_time_passwords_can_be_seen_and_deleted_and_nothing_else(staff: Watched) -> None:
    page = staff.open("/admin/accounts/onetimepassword/")

    page.get_by_role("link", name="ada@example.com").wait_for()
    adding = page.locator("a[href*='/add/']").count()
    page.get_by_role("link", name="ada@example.com").click()
    page.get_by_role("link", name="Delete one-time password").wait_for()

    assert adding == 0
    assert page.locator("#content-main input:not([type=hidden]), #content-main select").count() == 0
    assert page.get_by_role("button", name="Save").count() == 0
    assert staff.complaints == []


@pytest.mark.parametrize(
    "path",
    [
        "accounts/user/",
        "accounts/user/add/",
        "accounts/address/add/",
        "stores/store/",
        "stores/market/add/",
        "auth/group/add/",
        "platform/job/",
        "password_change/",
    ],
)
def test_every_page_works_without_a_complaint(staff: Watched, live_server: LiveServer, path: str) -> None:
    staff.open(f"/admin/{path}")

    assert (staff.hosts, staff.complaints) == ({live_server.url.removeprefix("http://")}, [])


def test_a_device_is_logged_out_by_one_button(staff: Watched) -> None:
    page = staff.open("/admin/accounts/session/")

    page.get_by_role("link", name="ada@example.com").click()
    page.get_by_role("button", name="Log out this device").click()
    page.get_by_text("Devices logged out: 1.").wait_for()

    page.get_by_role("cell", name="ended").wait_for()
    assert staff.complaints == []


def test_the_stores_name_is_changed_in_its_form(staff: Watched) -> None:
    page = staff.open("/admin/stores/store/")

    page.get_by_label("Name", exact=False).first.fill("Bicycles")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()

    assert page.get_by_text("Bicycles").first.is_visible()
    assert staff.complaints == []
