"""The guides are pages of the shop, and what they link to is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from shop.platform.http import guides
from shop.platform.http.docs import DOCS
from shop.platform.http.openapi import EXAMPLE_BASE, document

HREF = re.compile(r'href="([^"]+)"')
EVERY = [pytest.param(guides.address(name), id=name or "index") for name in guides.files()]


def main_of(client: Client, path: str) -> str:
    """What the page says, without the bar and the list beside it."""
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode().split("<main>")[1])


def leads_somewhere(client: Client, address: str) -> bool:
    path, _, anchor = address.partition("#")
    response = client.get(path)
    return response.status_code == 200 and (not anchor or f'id="{anchor}"' in response.content.decode())


def external_docs(node: object) -> Iterator[str]:
    """Every address of `externalDocs` at and below a place of the document."""
    if isinstance(node, dict):
        if isinstance(node.get("externalDocs"), dict):
            yield node["externalDocs"]["url"]
        for each in node.values():
            yield from external_docs(each)
    elif isinstance(node, list):
        for each in node:
            yield from external_docs(each)


@pytest.mark.parametrize("path", EVERY)
def test_every_link_of_a_guide_leads_somewhere(client: Client, path: str) -> None:
    page = client.get(path).content.decode()

    links = [path + each if each.startswith("#") else each for each in HREF.findall(page)]

    assert "/docs/buying/" in links
    assert [each for each in links if not each.startswith("/static/") and not leads_somewhere(client, each)] == []


def test_a_link_to_another_guide_leads_to_its_page_and_one_into_the_tree_is_text(client: Client) -> None:
    page = main_of(client, "/docs/buying/")

    assert '<a href="/docs/conventions/">conventions</a>' in page
    assert "The\nfirst purchase in the README" in page
    assert ".md" not in page


def test_the_index_lists_every_guide_and_so_does_the_list_beside_each(client: Client) -> None:
    names = set(guides.files()) - {""}

    listed = HREF.findall(main_of(client, "/docs/"))
    beside = client.get("/docs/money/").content.decode().split("<main>")[0]

    assert set(listed) == {f"/docs/{name}/" for name in names}
    assert len(listed) == len(names)
    assert [path for path in listed if f'href="{path}"' not in beside] == []


def test_a_guide_is_a_page_with_tables_blocks_and_anchors(client: Client) -> None:
    page = client.get("/docs/buying/").content.decode()

    assert "<title>E-commerce API · Buying</title>" in page
    assert "<th>Status</th>" in page
    assert '<pre><code class="language-text">POST /api/v1/carts/{cart_id}/complete\n' in page
    assert '<h2 id="the-cart">The cart</h2>' in page
    assert '<a href="#the-cart">The cart</a>' in page


def test_notes_to_tests_stay_comments(client: Client) -> None:
    page = main_of(client, "/docs/accounts/")

    assert "<!-- 11 seconds later -->" in page
    assert "&lt;!--" not in page


def test_the_errors_are_a_guide_too(client: Client) -> None:
    page = main_of(client, "/docs/errors/")

    assert "<td><code>price_changed</code></td>" in page


@pytest.mark.parametrize("path", ["/docs/nothing/", "/docs/README/", "/docs/decisions/", "/docs/..%2FSECURITY/"])
def test_nothing_else_of_the_tree_is_shown(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404


def test_without_its_slash_the_address_leads_on(client: Client) -> None:
    response = client.get("/docs/buying")

    assert (response.status_code, response["Location"]) == (301, "/docs/buying/")


def test_a_guide_may_be_kept_and_is_not_sent_again(client: Client) -> None:
    first = client.get("/docs/money/")

    again = client.get("/docs/money/", headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_a_guide_that_is_written_anew_is_shown_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "money.md"
    file.write_text("# Money\n\nBefore.\n")
    monkeypatch.setitem(guides.files(), "money", file)
    before = main_of(client, "/docs/money/")

    file.write_text("# Money\n\nAfterwards.\n")

    assert "Before." in before
    assert "Afterwards." in main_of(client, "/docs/money/")


def test_a_shop_without_its_guides_says_that_they_are_not_there(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(guides.files(), "", tmp_path / "README.md")

    assert [client.get(path).status_code for path in ("/docs/", "/docs/money/")] == [404, 404]


def test_where_the_document_leads_a_guide_stands(client: Client) -> None:
    places = [each.removeprefix(EXAMPLE_BASE) for each in external_docs(document())]

    assert places[0] == "/docs/"
    assert len(places) == 1 + len(document()["tags"]) + 4
    assert [each for each in places if not each.startswith("/docs/") or not leads_somewhere(client, each)] == []


@pytest.mark.parametrize(
    ("file", "carries"), [("Dockerfile", "COPY docs/{0} docs/{0}\n"), (".dockerignore", "!docs/{0}\n")]
)
def test_the_image_carries_what_is_shown(file: str, carries: str) -> None:
    text = (DOCS.parent / file).read_text()

    folders = {path.parent.name for path in guides.files().values()}

    assert folders == {"api", "guides"}
    assert [each for each in folders if carries.format(each) not in text] == []
