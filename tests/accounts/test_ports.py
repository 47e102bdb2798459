"""What follows a login or the closing of an account: every registered function, in order."""

from uuid import UUID, uuid4

import pytest

from shop.accounts import ports
from shop.accounts.errors import AccountBusy
from shop.accounts.models import User
from shop.accounts.operations import profile
from shop.accounts.ports import LoginResult, leaving, logged_in, on_leaving, on_login

ADA = uuid4()


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two empty registries for the test."""
    monkeypatch.setattr(ports, "LOGIN", [])
    monkeypatch.setattr(ports, "LEAVING", [])


@pytest.mark.usefixtures("registries")
def test_a_login_without_listeners_has_no_cart() -> None:
    result = logged_in(ADA, cart_id="crt_1")

    assert result == LoginResult(None, "")


@pytest.mark.usefixtures("registries")
def test_every_function_follows_a_login_and_the_first_cart_counts() -> None:
    on_login(lambda user_id, *, cart_id: LoginResult(None, "Your wish list is full."))
    on_login(lambda user_id, *, cart_id: LoginResult(f"{cart_id}, {user_id}"))
    on_login(lambda user_id, *, cart_id: LoginResult("another", "Your previous cart could not be added."))

    result = logged_in(ADA, cart_id="crt_1")

    notice = "Your wish list is full. Your previous cart could not be added."
    assert result == LoginResult(f"crt_1, {ADA}", notice)


@pytest.mark.usefixtures("registries")
def test_every_function_forgets_a_customer_who_leaves() -> None:
    forgotten: list[tuple[str, UUID]] = []
    on_leaving(lambda user_id: forgotten.append(("cart", user_id)))
    on_leaving(lambda user_id: forgotten.append(("wish list", user_id)))

    leaving(ADA)

    assert forgotten == [("cart", ADA), ("wish list", ADA)]


@pytest.mark.django_db
@pytest.mark.usefixtures("registries")
def test_an_account_that_one_of_them_still_needs_stays() -> None:
    user = User.objects.create_user("ada@example.com", "correct horse battery")

    @on_leaving
    def refuse(user_id: UUID) -> None:
        raise AccountBusy

    with pytest.raises(AccountBusy):
        profile.close(user.pk, current_password="correct horse battery")

    user.refresh_from_db()
    assert (user.is_active, user.email) == (True, "ada@example.com")
