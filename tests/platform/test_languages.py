"""An answer is in one language, and names it."""

import pytest

from tests.accounts.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["de", "de-DE,de;q=0.9", "fr, en;q=0.1", "en-GB", "xx", "*", ""])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/store", "Store retrieved."),
        ("/products/prd_of_nobody", "Not found."),
        ("/products?limit=0", "limit: Must be at least 1."),
    ],
)
def test_whatever_is_asked_for_the_answer_names_the_language_that_it_has(asked: str, path: str, message: str) -> None:
    answer = Visitor(headers={"Accept-Language": asked}).get(path)

    assert (answer.headers["Content-Language"], answer.body["message"]) == ("en", message)
