"""Forms that did not come from a page of ours: refused where cookies count, and of no meaning where they don't."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_form_that_is_not_ours_is_refused_by_a_page_of_the_house() -> None:
    browser = Client(enforce_csrf_checks=True)
    form = {"username": "root@example.com", "password": "a long passphrase"}

    page = browser.post("/admin/login/", form)
    data = browser.post("/admin/login/", form, headers={"accept": "application/json"})

    assert (page.status_code, page["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "You are not allowed to see this." in page.content.decode()
    assert not any(word in page.content.decode().lower() for word in ("csrf", "cookie", "django"))
    assert (page["Cache-Control"], page["Vary"], page.cookies) == ("no-store", "Accept, Accept-Language", {})
    assert (data.status_code, data["Content-Type"]) == (403, "application/problem+json")
    assert data.json() == {"title": "Forbidden", "status": 403, "detail": "You are not allowed to see this."}


@pytest.mark.django_db
def test_the_api_asks_for_no_token_of_a_form() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["sessionid"] = "of-somebody"

    answer = browser.post("/api/v1/auth/login", {"email": "x"}, content_type="application/json")

    assert (answer.status_code, list(answer.json())) == (422, ["success", "message", "data", "errors", "meta"])
    assert [(each["code"], each["field"]) for each in answer.json()["errors"]] == [
        ("invalid_format", "email"),
        ("required", "password"),
    ]
