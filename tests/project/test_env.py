"""What the environment may hold, and the sentence that stops the start when it does not fit."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from runpy import run_path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from shop.platform.limits import check_settings
from shop.platform.links import parsed_templates, storefront_url
from shop.project.env import ROOT, Env, Misconfigured, env

KEY = "".join(chr(ord("a") + place % 26) for place in range(60))
PRODUCTION = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "shop.example.com", "DEBUG": "false"}


def start(module: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Imports the module as a server would, with this environment and nothing else."""
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"import {module}"],
        env=path | environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def refused(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> str:
    """What stops a process that has this environment and nothing else."""
    for name in Env.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as stopped:
        env.__wrapped__()
    return str(stopped.value)


@pytest.mark.parametrize(
    ("urls", "sentence"),
    [
        ("order=shop.example/orders/{id}", "order must be a URL that begins with https:// or http://"),
        ("order=javascript://x/{id}", "order must be a URL that begins with https:// or http://"),
        ("order=https://shop.example/{token}", "order takes {id}, {number}, not {token}"),
        ("order=https://shop.example/{id.hex}", "order takes {id}, {number}, not {id.hex}"),
        ("order=https://shop.example/{id!r}", "order takes {id}, {number}, not {id}"),
        ("order=https://shop.example/{id", "order has a brace that is not closed; it takes {id}, {number}"),
        ("cart=https://shop.example/cart/{id}", "cart takes no placeholder, not {id}"),
        ("reset=https://shop.example/reset?otp={otp}", "reset takes no placeholder, not {otp}"),
        (
            "wishlist=https://shop.example",
            "'wishlist' is not a known page; known pages: order, payment, cart, product, reset",
        ),
        ("cart=https://a.example,cart=https://b.example", "cart is given twice"),
    ],
)
def test_an_address_of_the_storefront_that_is_none_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, urls: str, sentence: str
) -> None:
    assert f"STOREFRONT_URLS: {sentence}" in refused(monkeypatch, PRODUCTION | {"STOREFRONT_URLS": urls})


def test_addresses_of_the_storefront_are_filled_and_quoted(settings: Settings) -> None:
    words = ["order=https://shop.example/o/{id}?n={number}", "product=https://shop.example/{slug}"]
    settings.SHOP = replace(settings.SHOP, storefront_urls=parsed_templates(words))

    urls = [storefront_url("order", id="ord_1", number="A/B?"), storefront_url("product", slug="größe", id="prd_1")]

    assert urls == ["https://shop.example/o/ord_1?n=A%2FB%3F", "https://shop.example/gr%C3%B6%C3%9Fe"]
    assert storefront_url("reset") is None


def test_a_server_that_is_not_configured_ends_with_a_sentence() -> None:
    environment = PRODUCTION | {"SECRET_KEY": ""}

    started = start("shop.project.wsgi", **environment)

    assert started.returncode == 1
    assert started.stderr.startswith("The shop does not start. SECRET_KEY is missing: set it to a long random text.")
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing: set it to a long random text."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak: it needs at least 50 characters, 10 of them different."),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too weak: it needs at least 50 characters, 10 of them different."),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty: name the hosts that the shop answers on"),
        (
            {"SECRET_KEY": f"django-insecure-{KEY}"},
            "SECRET_KEY begins with django-insecure-: such keys are made for development, and stand in repositories.",
        ),
        (
            {"SECRET_KEY_FALLBACKS": f"{KEY}, short"},
            "A key of SECRET_KEY_FALLBACKS is too weak: it needs at least 50 characters, 10 of them different.",
        ),
        (
            {"SECRET_KEY_FALLBACKS": f"django-insecure-{KEY}"},
            "A key of SECRET_KEY_FALLBACKS begins with django-insecure-",
        ),
        ({"ALLOWED_HOSTS": "*"}, "BASE_URL is missing: ALLOWED_HOSTS=* does not say where links lead to, for example"),
        (
            {"EMAIL_URL": "console:"},
            "EMAIL_URL is console:, which is for development: one-time codes would stand in the",
        ),
        (
            {"EMAIL_URL": "file:///var/mail/shop"},
            "EMAIL_URL is file:, which is for development: one-time codes would stand in files.",
        ),
        ({"EMAIL_URL": "FILE:///var/mail/shop"}, "EMAIL_URL is file:, which is for development: one-time codes would"),
    ],
)
def test_a_strong_key_and_hosts_are_needed(
    missing: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = PRODUCTION | missing

    said = refused(monkeypatch, environment)

    assert said.startswith(f"The shop does not start. {sentence}")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"DATABASE_URL": "mysql://localhost/shop"},
            "DATABASE_URL: it must be a URL that begins with sqlite:// or postgres:// or postgresql://.",
        ),
        (
            {"DATABASE_URL": "postgres://localhost:port/shop"},
            "DATABASE_URL: it must be a URL that begins with sqlite:// or postgres:// or postgresql://.",
        ),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL: it must be a URL that begins with redis:// or rediss:// or unix"),
        ({"BASE_URL": "shop.example.com"}, "BASE_URL: it must be a URL that begins with http:// or https://."),
        ({"BASE_URL": "https://shop.example.com/api"}, "BASE_URL: it must be a scheme and a host, for example https:"),
        ({"CORS_ORIGINS": "*"}, "CORS_ORIGINS: it must be a URL that begins with http:// or https://."),
        ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES: Input should be a valid integer, unable to parse string as"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES: Input should be greater than or equal to 0."),
        ({"OTP_RESEND_AFTER": "1e9"}, "OTP_RESEND_AFTER: Input should be a valid integer, unable to parse string as"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL'."),
        (
            {"LIMIT_QUOTAS": "auth-ip=60"},
            "LIMIT_QUOTAS: 'auth-ip=60' is not a limit: write name=uses/seconds, for example auth-ip=60/60, or auth-ip",
        ),
        ({"LIMIT_QUOTAS": "auth-ip=60/60 otp-ip"}, "LIMIT_QUOTAS: 'otp-ip' is not a limit: write name=uses/seconds"),
        ({"LIMIT_QUOTAS": "auth-ip=-1/60"}, "LIMIT_QUOTAS: 'auth-ip=-1/60' is not a limit: write name=uses/seconds"),
        ({"LIMIT_QUOTAS": "auth-ip=60/60,auth-ip=off"}, "LIMIT_QUOTAS: auth-ip is given twice."),
        (
            {"PAYMENT_GATEWAYS": "Manual"},
            "PAYMENT_GATEWAYS: 'Manual' is not a class: write its path, for example shop.",
        ),
        ({"DEBUG": "maybe"}, "DEBUG: Input should be a valid boolean, unable to interpret input."),
    ],
)
def test_a_malformed_value_stops_the_start_with_a_sentence(
    wrong: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = PRODUCTION | wrong

    said = refused(monkeypatch, environment)

    assert said.startswith(f"The shop does not start. {sentence}")


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"login-account": "off"}, "Unknown limit 'login-account'. Known limits: "),
        ({"auth-ip": "60/60", "otp-hour": "off"}, "The limit 'otp-hour' can't be switched off, only given other numb"),
        ({"otp-tried": "60/60"}, "Unknown limit 'otp-tried'. Known limits: "),
    ],
)
def test_a_limit_that_is_none_is_refused_with_a_sentence(
    settings: Settings, limits: dict[str, str], sentence: str
) -> None:
    settings.SHOP = replace(settings.SHOP, limits=limits)

    with pytest.raises(ImproperlyConfigured) as refusal:
        check_settings()

    assert str(refusal.value).startswith(sentence)


def test_a_limit_that_is_none_stops_the_start() -> None:
    environment = PRODUCTION | {"LIMIT_QUOTAS": "login-account=off"}

    started = start("shop.project.wsgi", **environment)

    assert started.returncode == 1
    assert started.stderr.startswith(
        "The shop does not start. LIMIT_QUOTAS: Unknown limit 'login-account'. Known limits: auth-ip, "
    )
    assert "Traceback" not in started.stderr


def test_limits_and_gateways_are_what_the_environment_says() -> None:
    said = {"LIMIT_QUOTAS": "auth-ip=60/90, otp-hour=9/60 carts=off", "PAYMENT_GATEWAYS": "one.Bank,another.Bank"}
    show = "print(json.dumps([SHOP.limits, PAYMENTS.gateways]))"

    printed = [
        start("json; from shop.project.settings import PAYMENTS, SHOP; " + show, **(PRODUCTION | environment)).stdout
        for environment in (said, {})
    ]

    assert [json.loads(each) for each in printed] == [
        [{"auth-ip": "60/90", "otp-hour": "9/60", "carts": "off"}, ["one.Bank", "another.Bank"]],
        [{}, ["shop.payments.gateways.manual.Manual"]],
    ]


@pytest.mark.parametrize(
    "environment",
    [
        {"PAYMENT_CREDENTIALS__EXAMPLE__SECRET_KEY": "sk_1", "PAYMENT_CREDENTIALS__EXAMPLE__ACCOUNT": "12"},
        {"PAYMENT_CREDENTIALS": '{"example": {"secret_key": "sk_1", "account": "12"}}'},
    ],
    ids=["one variable each", "JSON"],
)
def test_credentials_are_what_the_environment_says(environment: dict[str, str]) -> None:
    show = (
        "print(json.dumps({name: each.get_secret_value() for name, each in PAYMENTS.credentials['example'].items()}))"
    )

    printed = start("json; from shop.project.settings import PAYMENTS; " + show, **(PRODUCTION | environment)).stdout

    assert json.loads(printed) == {"secret_key": "sk_1", "account": "12"}


@pytest.mark.parametrize("value", ["sk_live_1", '"sk_live_1"', '{"example": "sk_live_1"}', '{"example"'])
def test_credentials_that_are_no_object_stop_the_start_and_are_not_shown(value: str) -> None:
    started = start("shop.project.settings", **(PRODUCTION | {"PAYMENT_CREDENTIALS": value}))

    assert started.stderr.startswith(
        "The shop does not start. PAYMENT_CREDENTIALS: it must be a JSON object by provider"
    )
    assert "sk_live" not in started.stderr


def test_what_is_for_development_starts_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "EMAIL_URL": "file:///tmp/mails",
        "SECRET_KEY": "django-insecure-1",
        "ALLOWED_HOSTS": "*",
    }.items():
        monkeypatch.setenv(name, value)

    found = Env(debug=True)

    assert (found.email_url, found.secret_key, found.website) == (
        "file:///tmp/mails",
        "django-insecure-1",
        "http://127.0.0.1:8000",
    )


def test_several_mistakes_are_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = PRODUCTION | {"TRUSTED_PROXIES": "one", "LOG_LEVEL": "loud"}

    said = refused(monkeypatch, environment)

    assert "TRUSTED_PROXIES: " in said
    assert "LOG_LEVEL: " in said


def test_with_a_key_and_hosts_the_settings_are_there() -> None:
    started = start("shop.project.settings", **PRODUCTION)

    assert (started.returncode, started.stderr) == (0, "")


def test_lists_are_words_apart_by_commas_or_spaces_and_empty_means_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "one.example, two.example  three.example,")
    monkeypatch.setenv("CORS_ORIGINS", "https://one.example/ http://localhost:3000")
    monkeypatch.setenv("DATABASE_URL", "")

    found = Env(debug=True)

    assert found.allowed_hosts == ["one.example", "two.example", "three.example"]
    assert found.cors_origins == ["https://one.example", "http://localhost:3000"]
    assert found.database_url == f"sqlite:///{ROOT / 'var' / 'shop.sqlite3'}"


def test_an_older_python_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))

    with pytest.raises(SystemExit) as ended:
        run_path(str(ROOT / "manage.py"), run_name="__main__")

    assert ended.value.code == "The shop needs Python 3.11 or newer; this is Python 3.10."
