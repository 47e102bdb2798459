# ruff: noqa: RUF001 these letters are meant
"""Values that have broken other people's servers, for whole bodies, fields, parameters, headers and ids."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.contracts.operations import Schema, resolved

MIB = 1024 * 1024

MALFORMED: Mapping[str, bytes] = {
    "NaN": b'{"email": NaN}',
    "infinity": b'{"email": -Infinity}',
    "1e400": b'{"email": 1e400}',
    "a number of 101 digits": b'{"email": ' + b"9" * 101 + b"}",
    "a number of 200,000 digits": b"9" * 200_000,
    "a doubled key": b'{"email": "a", "email": "a"}',
    "a doubled key below": b'{"email": {"a": 1, "a": 2}}',
    "100,000 lists in each other": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects in each other": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "65 lists in each other": b'{"email":' + b"[" * 65 + b"]" * 65 + b"}",
    "50,000 keys": json.dumps(dict.fromkeys(map(str, range(50_000)), 1)).encode(),
    "a byte order mark": b'\xef\xbb\xbf{"email": "a"}',
    "UTF-16": '{"email": "a"}'.encode("utf-16"),
    "UTF-32": '{"email": "a"}'.encode("utf-32"),
    "half a character": b'{"email": "\xc3"}',
    "a surrogate in UTF-8": b'{"email": "\xed\xa0\x80"}',
    "a raw control character": b'{"email": "\x00"}',
    "single quotes": b"{'email': 'a'}",
    "a comment": b'{"email": "a"} // mine',
    "two documents": b'{"email": "a"}{"email": "a"}',
    "half a document": b'{"email": "a',
    "white space": b" \n ",
    "compressed": bytes.fromhex("1f8b0800000000000003"),
    "XML": b"<email>a</email>",
    "a form": b"email=a&password=b",
}
"""Bodies that are no JSON of ours: 400."""

WRONG: Mapping[str, bytes] = {
    "null for the object": b"null",
    "true for the object": b"true",
    "a number for the object": b"9223372036854775808",
    "a text for the object": b'"email"',
    "a list for the object": b'[{"email": "a"}]',
    "a key with NUL": b'{"a\\u0000b": 1}',
    "a key that is half a pair": b'{"\\ud800": 1}',
    "a key of half a MiB": b'{"' + b"k" * (MIB // 2) + b'": 1}',
    "1,000 keys": json.dumps(dict.fromkeys(map(str, range(1000)), 1)).encode(),
    "prototype pollution": b'{"__proto__": {"is_staff": true}, "constructor": 1}',
}
"""Bodies that are JSON, but of another shape: 422."""

LARGE: Mapping[str, bytes] = {
    "1 MiB and a byte": b'"' + b"x" * (MIB - 1) + b'"',
    "2 MiB of a text": b'{"email": "' + b"x" * (2 * MIB) + b'"}',
    "2 MiB of white space": b" " * (2 * MIB),
}

CONTENT_TYPES = (
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/xml",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/jsonp",
    "json",
    "*/*",
    ";",
)

TEXTS: Mapping[str, str] = {
    "nothing": "",
    "spaces": "   ",
    "line ends": "\r\nBcc: eve@example.com\r\n",
    "escape": "\x1b[31m\x07\x7f",
    "right to left": "\u202eabc\u2066\u05d0\u0627",
    "combining": "e" + "\u0301" * 40,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "astral": "𝒜𝔄\U0010ffff",
    "not characters": "\ufffe\uffff\ufdd0",
    "byte order mark": "\ufeff",
    "separators": "\u2028\u2029\u0085\u00a0",
    "grows when folded": "ﷺ" * 80,
    "an address that grows when folded": f"a@{'ﷺ' * 60}.com",
    "changes its length": "İıßŉǰΐ",
    "jamo": "\u1112\u1161\u11ab" * 20,
    "full width": "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "digits of others": "٣٤٥٦٧٨",
    "SQL": "'; DROP TABLE accounts_user; --",
    "like": "%_\\%",
    "format": "%s%n{0}{{7*7}}${7*7}",
    "HTML": "<script>alert(1)</script>",
    "path": "../../../../etc/passwd\\..",
    "null": "null",
    "one letter": "x",
    "199 letters": "x" * 199,
    "almost a MiB": "x" * (MIB - 10_000),
    "a quarter MiB of four bytes each": "😀" * (MIB // 4 - 10_000),
}
"""Texts that may be accepted or refused, but break nothing."""

UNSTORABLE: Mapping[str, str] = {"NUL": "a\0b", "half a pair": "a\ud800b", "the other half": "\udfff"}
"""Texts that no database keeps: 422."""

JSON_TYPES: Mapping[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 2**63,
    "number": 1.5,
    "string": "7",
    "array": [],
    "object": {},
}
NUMBERS = {"zero": 0, "2^31": 2**31, "2^53": 2**53, "2^63": 2**63, "-2^63-1": -(2**63) - 1, "10^99": 10**99}

IDS = (
    "%00",
    "%ff",
    "%ed%a0%80",
    "%F0%9F%92%A9",
    "%2e%2e",
    "%0a",
    "%20",
    "null",
    "0",
    "-1",
    "9223372036854775808",
    "x" * 5000,
    "adr_",
    "adr_" + "z" * 26,
    "adr_" + "0" * 25,
    "ADR_" + "0" * 26,
    "adr_" + "0" * 26 + "%0a",
    "00000000-0000-0000-0000-000000000000",
    "%27%20OR%201=1--",
)

PARAMETERS = (
    "",
    "%20",
    "-1",
    "0",
    "101",
    "1e3",
    "1.0",
    "9223372036854775808",
    "9" * 5000,
    "%D9%A3",
    "null",
    "true",
    "NaN",
    "[]",
    "%5B%24ne%5D=1",
    "x" * 3000,
    "%00",
    "%ff",
    "%ed%a0%80",
    "%",
    "%F0%9F%92%A9",
    "e30.e30",
)

HEADERS = (
    "Accept-Encoding",
    "Accept-Language",
    "Content-Encoding",
    "Cookie",
    "Expect",
    "Forwarded",
    "If-Modified-Since",
    "Origin",
    "Range",
    "User-Agent",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Http-Method-Override",
    "X-Request-Id",
)
"""What no route refuses, whatever it says: they are sent together. Accept and Authorization go alone."""

HEADER_VALUES = (
    "",
    " ",
    "\t",
    "*",
    ",",
    ";q=",
    '"',
    '"a',
    '"a", "b',
    "Bearer",
    "Bearer \xff",
    "Bearer a b",
    "\x7f\x01",
    "\xff\xfe",
    "\xc3",
    "0",
    "9" * 400,
    "x" * 8000,
    "a," * 4000,
    "en-" * 300,
    "null",
    "::1, 256.256.256.256",
)

NO_KEYS = ("", " ", '"', '"a', '"a", "b', "\xff\xfe", "\x7f\x01", "x" * 256, '"' + "x" * 256 + '"', "ключ")
"""What is no Idempotency-Key: 400."""
KEYS = (*NO_KEYS, *HEADER_VALUES, "key ", "x" * 255, '"' + "x" * 255 + '"')


def wrong_types(schema: Schema) -> Iterator[tuple[str, Any]]:
    """A value of every JSON type that a field does not take."""
    taken = set(types(schema))
    taken |= {"integer"} if "number" in taken else set()
    yield from ((f"a {name}", value) for name, value in JSON_TYPES.items() if name not in taken)


def types(schema: Schema) -> Iterator[str]:
    """The JSON types that a schema takes."""
    schema = resolved(schema)
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from types(each)
    if "type" in schema:
        yield schema["type"]


def too_long(schema: Schema) -> Iterator[tuple[str, str]]:
    """A text that is one longer than the schema allows."""
    for each in (resolved(schema), *map(resolved, schema.get("anyOf", ()))):
        if "maxLength" in each:
            yield f"{each['maxLength'] + 1} letters", "x" * (each["maxLength"] + 1)
