"""What Schemathesis can't know of itself: values that no pattern describes, and what a shop may say to a sound request.

A well-formed request is refused with 422 when its code is wrong, its cart is empty or its password is common: no schema
can say so. Such an answer is no failure if it names codes of the catalogue that are not about form.
"""

import json
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import EnsureResourceAvailability, RejectedPositiveData

UNDEMANDING = ("AG", "AO", "GH", "MO")
"""Countries whose addresses need little."""
FORM = frozenset(
    {
        "bad_request",
        "duplicate_parameter",
        "invalid_choice",
        "invalid_format",
        "invalid_header",
        "invalid_json",
        "invalid_parameter",
        "invalid_text",
        "invalid_type",
        "read_only",
        "required",
        "too_large",
        "too_long",
        "too_short",
        "too_small",
        "unknown_field",
        "unknown_parameter",
    }
)
"""Codes of what the document should have said."""
PLACE = frozenset({"first_name", "line1", "city", "postal_code", "state", "country"})
"""Fields that fit together or not, by the rules of their country."""

schemathesis.openapi.format("phone", st.integers(10_000_000, 99_999_999).map(lambda digits: f"+4930{digits}"))
schemathesis.openapi.format("country", st.sampled_from(UNDEMANDING))


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Whether the failure counts."""
    if "idempotent-replayed" in response.headers:  # the first call's answer, whatever the headers of this one
        return False
    errors = json.loads(response.content)["errors"]
    if isinstance(failure, EnsureResourceAvailability):
        return not _made_up_link(case)
    if isinstance(failure, RejectedPositiveData):
        return any(_is_of_form(error) for error in errors) and not _made_up_tag(case, errors)
    return True


def _is_of_form(error: dict[str, Any]) -> bool:
    """Whether the document should have said so. It can't speak of two fields at once, nor of what the shop has."""
    code, field, params = error["code"], error["field"], error["params"] or {}
    if code == "invalid_parameter" and params.get("reason") == "invalid_choice":
        return False
    return code in FORM and field is not None and field.rpartition(".")[2] not in PLACE


def _made_up_tag(case: Case[Any], errors: list[dict[str, Any]]) -> bool:
    """The coverage phase takes 0 for any text, also for an If-Match that has a pattern."""
    return case.headers.get("If-Match") == "0" and errors[0]["code"] == "invalid_header"


def _made_up_link(case: Case[Any]) -> bool:
    """A new cart's id is tried as the id of what may be in it, as a code or a line."""
    values = list((case.path_parameters or {}).values())
    return len(set(values)) < len(values)
