from http import HTTPStatus

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from shop.accounts.models import PendingRegistration, User
from tests.accounts.visitor import EMAIL, PASSWORD, Visitor, account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOGIN = "/admin/login/"
WRONG = "Please enter the correct email and password for a staff account."


@pytest.fixture
def staff() -> User:
    return account("staff@example.com", PASSWORD, is_staff=True)


def attempt(client: Client, email: str, password: str, ip: str = "192.0.2.1") -> tuple[int, str]:
    """The status and the text of an attempt to enter the admin."""
    answer = client.post(LOGIN, {"username": email, "password": password}, REMOTE_ADDR=ip)
    return answer.status_code, answer.content.decode()


def test_staff_enters_and_lands_on_the_dashboard(client: Client, staff: User) -> None:
    answer = client.post(LOGIN, {"username": "Staff@Example.com", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_a_form_of_another_site_does_nothing_in_the_browser_of_a_superuser(ada: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.create_superuser("root@example.com", PASSWORD))

    deleted = browser.post(f"/admin/accounts/user/{ada.pk}/delete/", {"post": "yes"})
    left = browser.post("/admin/logout/")

    assert (deleted.status_code, left.status_code) == (403, 403)
    assert User.objects.filter(pk=ada.pk).exists()
    assert browser.get("/admin/").status_code == 200


def test_a_customer_is_told_what_an_unknown_address_is_told(client: Client, ada: User) -> None:
    PendingRegistration.objects.create(
        email="pam@example.com", email_key="pam@example.com", password=ada.password, expires_at="2099-01-01T00:00:00Z"
    )

    told = [
        attempt(client, EMAIL, PASSWORD),
        attempt(client, EMAIL, "wrong"),
        attempt(client, "nobody@example.com", PASSWORD),
        attempt(client, "pam@example.com", PASSWORD),
    ]

    assert [status for status, _ in told] == [200] * 4
    assert [WRONG in text for _, text in told] == [True] * 4
    assert client.get("/admin/").status_code == 302


def test_staff_that_is_switched_off_does_not_enter(client: Client, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(is_active=False)

    status, text = attempt(client, staff.email, PASSWORD)

    assert (status, WRONG in text) == (200, True)


@pytest.mark.usefixtures("limits_on")
def test_failures_slow_a_guesser_down_and_then_nothing_is_looked_at(client: Client, staff: User) -> None:
    guesses = [attempt(client, staff.email, f"guess {number}")[0] for number in range(5)]

    answer = client.post(LOGIN, {"username": staff.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")

    assert guesses == [200] * 5
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer["Retry-After"] == "30"
    assert answer["Cache-Control"] == "no-store"
    assert "Please wait a moment" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("limits_on")
def test_the_right_password_of_a_customer_counts_as_a_failure(client: Client, ada: User) -> None:
    statuses = [attempt(client, EMAIL, PASSWORD)[0] for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("limits_on")
def test_a_guesser_locks_nobody_else_out(client: Client, staff: User) -> None:
    guesses = [attempt(client, staff.email, f"guess {number}")[0] for number in range(6)]

    status, _ = attempt(Client(), staff.email, PASSWORD, ip="198.51.100.7")

    assert guesses == [200] * 5 + [429]
    assert status == 302


@pytest.mark.usefixtures("limits_on")
def test_the_admin_and_the_api_count_failures_together(client: Client, staff: User) -> None:
    visitor = Visitor()

    guesses = [visitor.post("/auth/login", email=staff.email, password=f"guess {number}").status for number in range(5)]
    status, _ = attempt(client, staff.email, PASSWORD)

    assert guesses == [401] * 5
    assert status == 429


@pytest.mark.usefixtures("limits_on")
def test_an_address_is_counted_whoever_it_tries(client: Client, staff: User) -> None:
    guesses = [attempt(client, f"person{number}@example.com", "guess")[0] for number in range(30)]

    status, _ = attempt(client, staff.email, PASSWORD)
    page = client.get(LOGIN, REMOTE_ADDR="192.0.2.1")

    assert guesses == [200] * 30
    assert status == 429
    assert page.status_code == 200


@pytest.mark.usefixtures("limits_on")
def test_tries_at_the_own_password_are_counted_too(client: Client, staff: User) -> None:
    client.force_login(staff)
    form = {"new_password1": "staple nine violins", "new_password2": "staple nine violins"}

    guesses = [
        client.post("/admin/password_change/", {**form, "old_password": f"guess {number}"}).context["form"].errors
        for number in range(6)
    ]

    assert [each["old_password"] for each in guesses] == [["The current password is wrong."]] * 5 + [
        ["Too many requests. Please wait a moment."]
    ]
    assert User.objects.get(pk=staff.pk).check_password(PASSWORD)


def test_a_new_password_of_ones_own_ends_the_sessions_but_this_one(client: Client, staff: User) -> None:
    visitor = Visitor()
    token = visitor.post("/auth/login", email=staff.email, password=PASSWORD).data["access_token"]
    client.force_login(staff)

    answer = client.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": "staple nine violins", "new_password2": "staple nine violins"},
    )

    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert visitor.holding(token).get("/me").status == 401
    assert attempt(Client(), staff.email, "staple nine violins")[0] == 302


def test_a_superuser_made_on_the_command_line_enters_everywhere(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Root@Example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long passphrase")

    call_command("createsuperuser", interactive=False, verbosity=0)

    assert attempt(client, "root@example.COM", "a long passphrase")[0] == 302
    assert Visitor().post("/auth/login", email="root@example.com", password="a long passphrase").status == 200
    assert User.objects.get().email_verified is True


@pytest.mark.parametrize("email", ["ADA@example.com", "ada@EXAMPLE.com", "not an address", ""])
def test_the_command_line_makes_no_second_account_for_an_address(ada: User, email: str) -> None:
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, email=email, verbosity=0)

    assert [each.email for each in User.objects.all()] == [EMAIL]


def test_the_command_line_asks_for_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["root@example.com"])
    secrets = iter(["short", "short", "a long passphrase", "a long passphrase"])
    monkeypatch.setattr("builtins.input", lambda prompt="": "n" if "Bypass" in prompt else next(answers))
    monkeypatch.setattr("getpass.getpass", lambda prompt="": next(secrets))
    terminal = type("Terminal", (), {"isatty": lambda self: True})()

    call_command("createsuperuser", interactive=True, stdin=terminal, verbosity=0)

    root = User.objects.get()
    assert (root.email, root.is_staff, root.is_superuser, root.email_verified) == ("root@example.com", True, True, True)
    assert root.check_password("a long passphrase")
