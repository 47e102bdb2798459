import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from shop.platform.http import docs
from shop.platform.http.openapi import EXAMPLE_BASE, document
from shop.platform.settings import shop_settings


def served() -> Any:
    """The document as this shop shows it: with its own address."""
    return json.loads(json.dumps(document()).replace(EXAMPLE_BASE, shop_settings().base_url))


@pytest.mark.parametrize("path", ["/swagger/", "/swagger", "/redoc/", "/redoc"])
def test_the_docs_load_files_of_this_installation_alone(client: Client, path: str) -> None:
    response = client.get(path)

    page = response.content.decode()
    assert response.status_code == 200
    assert "http" not in page.replace("http-equiv", "")
    assert 'data-document="/openapi.json"' in page


def test_redocs_bundle_knows_no_logo_of_a_foreign_host(client: Client) -> None:
    response = client.get("/redoc/bundle.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert b"redoc.ly/redoc/logo" not in response.content
    assert b"Redoc" in response.content
    assert "immutable" in response["Cache-Control"]


def test_the_bundle_is_compressed_for_those_who_can_read_that(client: Client) -> None:
    plain = client.get("/redoc/bundle.js")
    compressed = client.get("/redoc/bundle.js", headers={"accept-encoding": "br, gzip"})

    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert (plain["Vary"], compressed["Vary"]) == ("Accept-Encoding", "Accept-Encoding")


def test_the_document_is_not_made_anew_for_those_who_read_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    docs._shown.cache_clear()
    monkeypatch.setattr(docs, "document", None)

    response = client.get("/openapi.json")

    assert response.json()["openapi"] == "3.1.0"


def test_without_the_written_document_it_is_made(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    docs._shown.cache_clear()
    monkeypatch.setattr(docs, "WRITTEN", tmp_path / "missing.json")

    response = client.get("/openapi.json")

    assert response.json() == served()


def test_the_document_is_served_to_pages_of_any_origin(client: Client) -> None:
    response = client.get("/openapi.json")

    assert response.json() == served()
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"


def test_a_document_that_is_known_already_is_not_sent_again(client: Client) -> None:
    first = client.get("/openapi.json")

    again = client.get("/openapi.json", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
