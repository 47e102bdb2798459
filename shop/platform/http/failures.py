"""What is answered for an exception, whatever raised it, and who is told of one that nobody foresaw."""

import logging
from typing import cast

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, UnreadablePostError
from ninja.errors import HttpError, ValidationError
from pydantic_core import ErrorDetails

from shop.kernel.errors import NotFound, Refusal
from shop.platform.http import body
from shop.platform.http.context import Request
from shop.platform.http.fields import refusal_of
from shop.platform.http.refusals import OF_TROUBLE, BadRequest, BodyTooLarge, NotAllowed, Unforeseen
from shop.platform.trouble import trouble_of

logger = logging.getLogger("shop.http")


def refusal_of_failure(request: Request | HttpRequest, exc: BaseException) -> Refusal:
    """The refusal that an exception is answered with. Called while the exception is handled."""
    if isinstance(exc, HttpError) and exc.__cause__ is not None:
        exc = exc.__cause__  # Ninja wraps what the parser raises
    if isinstance(exc, Refusal):
        return exc
    if isinstance(exc, ValidationError):
        context = request.context  # type: ignore[union-attr]
        return refusal_of(
            cast(list[ErrorDetails], exc.errors), text_problems=context.text_problems, read_only=context.read_only
        )
    if isinstance(exc, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(exc, UnreadablePostError):
        return body.refusal_of_unread(exc)
    if isinstance(exc, SuspiciousOperation):
        return BadRequest()  # Django's own limits, as on the number of parameters
    if isinstance(exc, PermissionDenied):
        return NotAllowed()
    if isinstance(exc, Http404):
        return NotFound()
    if isinstance(exc, OperationalError | InterfaceError):
        trouble = trouble_of(exc)
        logger.error("the database is %s: %s", trouble.value, type(exc).__name__)
        return OF_TROUBLE[trouble]()
    got_request_exception.send_robust(sender=None, request=request)  # for tools that report errors, as Django does
    logger.error("unforeseen", exc_info=(type(exc), exc, exc.__traceback__))
    return Unforeseen()
