"""Conditional requests (RFC 9110, 13): ETags of versions, If-None-Match on reads, If-Match on writes."""

import hashlib
import re

from django.http import HttpRequest

from shop.kernel.messages import gettext_noop
from shop.platform.http.context import Request
from shop.platform.http.envelope import LANGUAGE_MARK, Enveloped
from shop.platform.http.refusals import InvalidHeader
from shop.platform.records import Stale

LONGEST_HEADER = 1000
PUBLIC = "public, max-age=60, stale-while-revalidate=600"

TAGS = r'^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$'
"""What If-Match and If-None-Match are (RFC 9110, 8.8.3), as the document says it; more white space is read too."""

_TAG = re.compile(r'[ \t]*(?:(\*)|(W/)?"([!#-~\x80-\xff]*)")[ \t]*(?:,|$)')


def etag(public_id: str, version: int) -> str:
    """The strong tag of one version of one object."""
    return f'"{public_id}.{version}"'


def tagged_id(tag: str) -> str:
    """The public id in a tag that `etag` made."""
    return _without_language(tag.strip('"')).rpartition(".")[0]


def content_etag(content: bytes) -> str:
    """The strong tag of something that has no version: of what it says."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def kept(request: Request, response: Enveloped) -> Enveloped:
    """The response with a tag, which every cache may keep a minute; not what somebody signed in was answered."""
    if "ETag" not in response.headers:
        response["ETag"] = content_etag(response.open_body)
    if request.context.actor.is_anonymous:
        response["Cache-Control"] = PUBLIC
    return response


def expected_version(request: HttpRequest, *, public_id: str) -> int | None:
    """The version that If-Match insists on; None when there is no such header, or `*`.

    Raises Stale (412) when the header names something else, InvalidHeader (400) when it can't be read or names two
    versions of the object, as two such headers do that a server has joined.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return None
    tags = _tags(header) if len(header) <= LONGEST_HEADER else None
    if tags is None:
        raise InvalidHeader(field="If-Match")
    versions = set()
    for star, weak, tag in tags:
        if star:
            return None
        name, _, version = _without_language(tag).rpartition(".")
        if not weak and name == public_id and version.isdigit() and len(version) < 10:
            versions.add(int(version))
    if len(versions) > 1:
        raise InvalidHeader(
            field="If-Match", message=gettext_noop("Send one version of the object: the one that you last read.")
        )
    if not versions:
        raise Stale()
    return versions.pop()


def fresh(request: Request, response: Enveloped) -> Enveloped:
    """The response, or 304 without a body when the client has this very version."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    tag = response.headers.get("ETag")
    if header is None or tag is None or request.method != "GET":
        return response
    if not any(star or f'"{each}"' == tag for star, _, each in _tags(header) or ()):
        return response
    response.status_code = 304
    response.content = b""
    del response["Content-Type"]
    del response["Content-Length"]
    return response


def _without_language(tag: str) -> str:
    return tag.partition(LANGUAGE_MARK)[0]


def _tags(header: str) -> list[tuple[str, str, str]] | None:
    """The entity tags of a header as (star, weak, opaque); None when it is malformed, as a star beside others is."""
    found, at = [], 0
    while at < len(header):
        match = _TAG.match(header, at)
        if match is None:
            return None
        found.append((match[1] or "", match[2] or "", match[3] or ""))
        at = match.end()
    if len(found) > 1 and any(star for star, _, _ in found):
        return None
    return found or None
