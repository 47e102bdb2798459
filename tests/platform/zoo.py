"""Bodies of up to 1 MiB that are made to cost much: each stands for a kind."""

import json
from collections.abc import Mapping
from typing import Final

MIB: Final = 1024 * 1024
MARKS: Final = "\u0315\u0300\u05ae\u0300\u0315"
"""In the wrong order, so that the normal form has to sort them."""


def _of(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _fitting(piece: str, *, before: str, after: str, joint: str = ",") -> bytes:
    """As often as it fits into 1 MiB."""
    room = MIB - len(before) - len(after)
    times = room // (len(piece.encode()) + len(joint))
    return (before + joint.join([piece] * times) + after).encode()


ZOO: Final[Mapping[str, bytes]] = {
    "marks in a value": _fitting(MARKS, before='{"note":"a', after='"}', joint=""),
    "marks in a key": _fitting(MARKS, before='{"a', after='":1}', joint=""),
    "marks as escapes": _fitting(r"\u0315\u0300", before='{"note":"a', after='"}', joint=""),
    "marks in many values": _fitting(f'"a{MARKS * 40}"', before='{"lines":[', after="]}"),
    "runs of 30 marks": _fitting("a" + MARKS * 6, before='{"note":"', after='"}', joint=""),
    "runs of 30 marks in many values": _fitting(f'"a{MARKS * 6}"', before='{"lines":[', after="]}"),
    "marks of a higher plane": _fitting("\U0001e8d0", before='{"note":"a', after='"}', joint=""),
    "runs of 30 marks with a letter of a higher plane": _fitting(
        "a" + MARKS * 6, before='{"note":"\U0001d400', after='"}', joint=""
    ),
    "marks that decompose": _fitting("\u0344", before='{"note":"a', after='"}', joint=""),
    "letters that decompose": _fitting("\u1f82", before='{"note":"', after='"}', joint=""),
    "syllables": _fitting("\u1112\u1161\u11ab", before='{"note":"', after='"}', joint=""),
    "a long text": _of({"note": "x" * (MIB - 20)}),
    "a long text of wide letters": _of({"note": "漢" * (MIB // 3 - 20)}),
    "a long text of escapes": _fitting(r"\u6f22", before='{"note":"', after='"}', joint=""),
    "a long text of halves": _fitting(r"\ud800", before='{"note":"', after='"}', joint=""),
    "a long text in each field": _of(
        dict.fromkeys(
            ("email", "password", "note", "country", "currency", "locale", "phone", "first_name"), "x" * 90000
        )
    ),
    "200 times 500 unknown keys": _of({"lines": [{f"{at:x}": 1 for at in range(500)} for _ in range(200)]}),
    "1,000 unknown keys of objects": _of({f"{at}": {f"{n:x}": 1 for n in range(110)} for at in range(1000)}),
    "many empty objects": _fitting("{}", before='{"lines":[', after="]}"),
    "many empty lists": _fitting("[]", before='{"lines":[', after="]}"),
    "many numbers": _fitting("1", before='{"lines":[', after="]}"),
    "many fractions": _fitting("1.5e9", before='{"lines":[', after="]}"),
    "many long numbers": _fitting("9" * 100, before='{"lines":[', after="]}"),
    "many long fractions": _fitting("0." + "7" * 98, before='{"lines":[', after="]}"),
    "a fraction of a MiB": ('{"note":0.' + "7" * (MIB - 20) + "}").encode(),
    "many short texts": _fitting('"é"', before='{"lines":[', after="]}"),
    "many texts with NUL": _fitting(r'"\u0000"', before='{"lines":[', after="]}"),
    "depth": _fitting("[" * 60 + "]" * 60, before='{"lines":[', after="]}"),
    "depth of objects": _fitting('{"a":' * 60 + "1" + "}" * 60, before='{"lines":[', after="]}"),
    "depth without end": b'{"a":' * (MIB // 5),
    "keys of NUL in depth": _fitting('{"\\u0000":' * 60 + "1" + "}" * 60, before='{"lines":[', after="]}"),
    "many doubled keys": _fitting('"a":1', before="{", after="}"),
    "metadata of many pairs": _of({"metadata": {f"key{at}": "v" * 900 for at in range(999)}}),
    "white space": b" " * (MIB - 2) + b"{}",
}
