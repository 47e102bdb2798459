"""The language of the pages that are translated: the home page, the error pages, the mailbox and the test bank."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from shop.platform.translation import negotiated

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def translated(page: Page[P]) -> Page[P]:
    """The page in the language that Accept-Language prefers, which Content-Language names."""

    @wraps(page)
    def in_language(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        language = negotiated(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        with override(language):
            response = page(request, *args, **kwargs)
        response["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return in_language
