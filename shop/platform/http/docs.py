"""Swagger UI, ReDoc and the OpenAPI document that they show. Nothing is loaded from a foreign host."""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from django.views.decorators.http import condition, require_safe

import shop
from shop.platform.http import bundles
from shop.platform.http.openapi import EXAMPLE_BASE, document
from shop.platform.settings import shop_settings

CODE = Path(shop.__file__).parent
DOCS = CODE.parent / "docs"
WRITTEN = DOCS / "api" / "openapi.json"
MADE_OF = {".py", ".md", ".toml"}
YEAR = 365 * 24 * 60 * 60


@require_safe
def swagger(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("shop/swagger.html"))


@require_safe
def redoc(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("shop/redoc.html", {"bundle": version("django-ninja")}))


@require_safe
def redoc_script(request: HttpRequest) -> HttpResponse:
    """ReDoc's bundle without the foreign logo. The page names it with a version, so it may be kept for a year."""
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        bundles.redoc_compressed() if compressed else bundles.redoc(), content_type="text/javascript; charset=utf-8"
    )
    if compressed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _openapi() -> tuple[bytes, str]:
    """Addresses are those of this shop; in development its examples name what it has, so that they can be tried out."""
    here = {EXAMPLE_BASE: shop_settings().base_url}
    ask = import_string(shop_settings().api).stand_ins if settings.DEBUG else None
    return _shown(frozenset({**here, **(ask() if ask else {})}.items()))


@lru_cache(maxsize=2)
def _shown(stand_ins: frozenset[tuple[str, str]]) -> tuple[bytes, str]:
    """The document with these texts in place of others, and its ETag."""
    whole = msgspec.json.encode(_written() or document())
    for shown, real in stand_ins:
        whole = whole.replace(shown.encode(), real.encode())
    return whole, f'"{hashlib.sha256(whole).hexdigest()[:32]}"'


def _written() -> dict[str, Any] | None:
    """The document as `manage.py openapi` wrote it: made anew it takes seconds. None where it is missing, or in
    development older than the code."""
    try:
        made_of = (each for each in CODE.rglob("*") if each.suffix in MADE_OF) if settings.DEBUG else ()
        if max((each.stat().st_mtime for each in made_of), default=0) > WRITTEN.stat().st_mtime + 60:
            return None
        found: dict[str, Any] = msgspec.json.decode(WRITTEN.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return found


def _etag(request: HttpRequest) -> str:
    return _openapi()[1]


@require_safe
@condition(etag_func=_etag)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document. It is public, so pages of any origin may read it."""
    response = HttpResponse(_openapi()[0], content_type="application/json")
    response["Cache-Control"] = "public, max-age=60, stale-while-revalidate=600"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
