"""Ninja, fenced: strict parsing in, our envelope out, every failure translated in one place."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.operation import Operation
from ninja.parser import Parser

from shop.platform.http import body
from shop.platform.http.envelope import refused
from shop.platform.http.failures import refusal_of_failure
from shop.platform.http.moved import Moved
from shop.platform.http.ninja_internals import arguments, operations, prechecks, run_by, source
from shop.platform.limits import TooManyRequests


class StrictParser(Parser):
    """Reads bodies by shop.platform.http.body and remembers the result in the request context."""

    def parse_body(self, request: HttpRequest) -> Any:
        assert hasattr(request, "context")  # noqa: S101
        parsed, problems = body.parse(request)
        request.context.body, request.context.text_problems = parsed, problems
        return parsed


class Api(NinjaAPI):
    """The API object: routes come from routers, answers and failures leave in envelopes."""

    examples: Path | None = None
    """The folder with the recorded successes that the document shows, one file for each operation."""
    refused: Path | None = None
    """The file with a recorded answer for each code that an operation is refused with."""
    samples: Path | None = None
    """The folder with code that calls the API, one file for each operation that has some."""
    guides: Mapping[str, Mapping[str, str]] = {}
    """The `externalDocs` of single operations, by their ids."""
    glossary: Path | None = None
    """The file with the descriptions of properties that have none of their own."""
    stand_ins: Callable[[], Mapping[str, str]] | None = None
    """What takes the place of ids in the examples that a shop in development shows, so that they can be tried out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=StrictParser(), openapi_url=None, docs_url=None, **options)

    def set_default_exception_handlers(self) -> None:
        """None of Ninja's: `on_exception` knows them all."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        return ValidationError(
            [
                {**each, "loc": (source(context.model), *each["loc"])}
                for context in error_contexts
                for each in context.pydantic_validation_error.errors(include_url=False)
            ]
        )

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """What Ninja's own gives, with operations that `run` runs."""
        urls = super().urls
        for operation in operations(self):
            run_by(partial(self.run, operation, prechecks(operation)), operation)
        return urls

    def run(
        self,
        operation: Operation,
        prechecks: list[Callable[[HttpRequest], object]],
        request: HttpRequest,
        /,
        **path: Any,
    ) -> HttpResponse:
        """What Ninja's own does, for routers: the precheck raises, and the view gives back a response.

        Theirs makes a response for views that want to write into one, and asks whether the precheck is a coroutine.
        """
        try:
            for precheck in prechecks:
                precheck(request)
            if request.context.body_optional:  # type: ignore[attr-defined]
                body.fill_in(request)
            response: HttpResponse = operation.view_func(request, **arguments(operation, request, path))
        except Exception as exc:
            return self.on_exception(request, exc)
        return response

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        if isinstance(exc, Moved):
            return HttpResponse(status=301, headers={"Location": exc.location})
        refusal, context = refusal_of_failure(request, exc), request.context  # type: ignore[attr-defined]
        if isinstance(refusal, TooManyRequests):
            context.usage += refusal.usage
        return refused(refusal, request_id=context.request_id)
