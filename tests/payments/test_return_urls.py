from dataclasses import replace

import pytest
from pytest_django import Settings

from shop.payments import return_urls
from shop.payments.errors import InvalidReturnUrl


@pytest.fixture(autouse=True)
def origins(settings: Settings) -> None:
    settings.SHOP = replace(
        settings.SHOP,
        base_url="https://api.shop.example",
        cors_origins=frozenset({"http://localhost:3000", "https://shop.example:443", "http://[::1]:5173"}),
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://api.shop.example/thanks",
        "https://API.shop.example:443/thanks",
        "https://shop.example/kasse/zur\u00fcck?cart=1&x=%2F#done",
        "http://localhost:3000",
        "HTTP://localhost:3000/",
        "http://[::1]:5173/done",
    ],
)
def test_our_own_origins_are_taken(url: str) -> None:
    assert return_urls.accepted(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://shop.example.evil.example/",
        "http://shop.example/",
        "https://shop.example:8443/",
        "http://localhost:3001/",
        "http://localhost/",
        "//shop.example/",
        "/done",
        "done",
        "javascript:alert(1)",
        "data:text/html,hi",
        "https://user@shop.example/",
        "https://user:secret@shop.example/",
        "https://@shop.example/",
        "https://shop.example\\@evil.example/",
        "https:\\\\shop.example/",
        "https://evil.example\\.shop.example",
        " https://shop.example/",
        "https://shop.exam\tple/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/\x00",
        "https://shop.example:x/",
        "https://shop.example:99999/",
        "https://[::1/",
        "https://",
        "https:///shop.example",
        "https://shop.example/\ud800",
        "https://shop.example/" + "x" * 1000,
        "https://\uff53hop.example/",
    ],
)
def test_everybody_elses_are_refused(url: str) -> None:
    with pytest.raises(InvalidReturnUrl) as refused:
        return_urls.accepted(url)

    assert (refused.value.code, refused.value.problem.field) == ("invalid_return_url", "payment.return_url")
