"""What the admin's pages show, and what they cost."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import Address, OneTimePassword, PendingRegistration, Session, User
from shop.accounts.operations import addresses, one_time_passwords
from shop.accounts.operations.sessions import Device, open_session
from shop.platform.models import Job
from shop.stores.models import Store
from tests.accounts.visitor import account

pytestmark = pytest.mark.django_db

LISTS = [
    "accounts/user",
    "accounts/customergroup",
    "accounts/address",
    "accounts/session",
    "accounts/onetimepassword",
    "accounts/pendingregistration",
    "auth/group",
    "stores/market",
    "platform/job",
]


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(account("root@example.com", is_staff=True, is_superuser=True))
    return client


def people(first: int, last: int) -> None:
    """Accounts with one row of everything."""
    for number in range(first, last):
        user = account(f"person{number}@example.com", first_name="Person")
        open_session(user, device=Device(name="Laptop", ip="192.0.2.1"))
        addresses.add(
            user.pk,
            {
                "first_name": "Ada",
                "line1": "Unter den Linden 1",
                "city": "Berlin",
                "postal_code": "10117",
                "country": "DE",
            },
        )
        one_time_passwords.issue_code(one_time_passwords.ask(subject=user.email_key, purpose="password_reset"))
        Job.objects.create(name="accounts.mail_code", due_at=user.created_at, state="dead", error="it broke")
        PendingRegistration.objects.create(
            email=f"new{number}@example.com",
            email_key=f"new{number}@example.com",
            password=user.password,
            token_digest="d" * 64,
            expires_at=user.created_at,
        )


def cost(client: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as taken:
        assert client.get(path).status_code == 200
    return len(taken)


def test_a_list_costs_the_same_however_long_it_is(root: Client) -> None:
    paths = [*(f"/admin/{each}/" for each in LISTS), "/admin/"]
    people(0, 2)
    short = {path: cost(root, path) for path in paths}

    people(2, 12)
    long = {path: cost(root, path) for path in paths}

    assert long == short


@pytest.mark.parametrize(
    "path",
    [
        "accounts/user/?q=person&is_active__exact=1",
        "accounts/session/?state=live&q=Laptop",
        "accounts/session/?state=over",
        "accounts/address/?q=Berlin&country=DE",
        "accounts/onetimepassword/?q=person&purpose__exact=password_reset",
        "platform/job/?state__exact=dead",
        "accounts/user/?q=%00",
        "accounts/user/?p=nonsense",
        "accounts/user/?o=99.-1.x",
        "accounts/user/?password__startswith=a",
        "accounts/user/?is_active__exact=%00",
        "accounts/session/?user__password__startswith=a",
        "accounts/user/nonsense/change/",
        "accounts/user/nonsense/password/",
        "accounts/user/%00/change/",
        "stores/store/nonsense/change/",
        "search/?s=user&page=nonsense",
        "search/?s=user&page=9",
        "search/",
        "r/1/nonsense/",
        "nonsense/",
        "autocomplete/?app_label=accounts&model_name=address&field_name=user&term=per",
        "autocomplete/?app_label=accounts&model_name=onetimepassword&field_name=id&term=per",
    ],
)
def test_no_address_is_an_error_of_the_server(root: Client, path: str) -> None:
    people(0, 1)

    answer = root.get(f"/admin/{path}")

    assert answer.status_code in {200, 302, 400, 403, 404}


def pages() -> dict[str, Any]:
    """The page of one row of each kind, by its model."""
    return {
        "user": User.objects.get(email="person0@example.com").pk,
        "session": Session.objects.get().pk,
        "address": Address.objects.get().pk,
        "onetimepassword": OneTimePassword.objects.get().pk,
        "pendingregistration": PendingRegistration.objects.get().pk,
    }


@pytest.mark.parametrize("model", ["user", "session", "address", "onetimepassword", "pendingregistration"])
@pytest.mark.parametrize("page", ["", "{pk}/change/", "{pk}/delete/", "{pk}/history/"])
def test_no_page_shows_a_hash(root: Client, model: str, page: str) -> None:
    people(0, 1)
    user = User.objects.get(email="person0@example.com")
    session = Session.objects.get()
    otp = OneTimePassword.objects.get()

    answer = root.get(f"/admin/accounts/{model}/" + page.format(pk=pages()[model]))

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert user.password[-12:] not in shown
    assert session.access_digest not in shown
    assert otp.code_hash not in shown
    assert "d" * 64 not in shown


def test_the_dashboard_counts_what_there_is(root: Client) -> None:
    people(0, 3)
    Store.objects.update(payment_instructions="IBAN CH93 0076 2011 6238 5295 7")

    page = root.get("/admin/")

    assert [(card.title, card.figure, card.is_alarming) for card in page.context["cards"]] == [
        ("Accounts", 4, False),
        ("Failed jobs", 3, True),
    ]
    assert [each["count"] for each in page.context["days"]] == [0] * 13 + [4]
    assert "person2@example.com" in page.content.decode()


def test_the_dashboard_shows_each_what_they_may_see(client: Client) -> None:
    people(0, 3)
    client.force_login(account("staff@example.com", is_staff=True))

    page = client.get("/admin/")

    assert (page.status_code, page.context["cards"]) == (200, [])
    assert "person2@example.com" not in page.content.decode()


def test_the_navigation_shows_each_what_they_may_see(root: Client) -> None:
    staff = Client()
    staff.force_login(account("staff@example.com", is_staff=True))

    seen = [each.get("/admin/").content.decode() for each in (root, staff)]

    assert ["/admin/accounts/onetimepassword/" in page for page in seen] == [True, False]


def test_a_dead_job_can_be_put_back_in_line(root: Client) -> None:
    people(0, 1)
    job = Job.objects.get()

    answer = root.post("/admin/platform/job/", {"action": "run_again", "_selected_action": str(job.pk)})

    again = Job.objects.get()
    assert answer.status_code == 302
    assert (again.state, again.attempts) == ("waiting", 0)


def test_a_job_that_waits_can_not_be_deleted(root: Client) -> None:
    job = Job.objects.create(name="accounts.mail_code", due_at="2099-01-01T00:00:00Z")

    answer = root.post(f"/admin/platform/job/{job.pk}/delete/", {"post": "yes"})
    root.post("/admin/platform/job/", {"action": "delete_selected", "_selected_action": str(job.pk), "post": "yes"})

    assert answer.status_code == 403
    assert Job.objects.count() == 1
