"""What the OpenAPI document says about the headers of an answer."""

from shop.platform.http.openapi import document


def test_a_single_object_with_a_version_is_said_to_carry_an_etag() -> None:
    paths = document()["paths"]

    me = paths["/api/v1/me"]["get"]["responses"]

    assert me["200"]["headers"]["ETag"] == {"$ref": "#/components/headers/ETag"}
    assert me["304"]["headers"]["ETag"] == {"$ref": "#/components/headers/ETag"}


def test_a_list_is_not() -> None:
    paths = document()["paths"]

    addresses = paths["/api/v1/me/addresses"]["get"]["responses"]

    assert "ETag" not in addresses["200"]["headers"]
    assert "304" not in addresses
