"""Checking and drawing the graph of statuses in a TRANSITIONS dict (status → the statuses that may follow it)."""

from collections.abc import Collection, Mapping

Transitions = Mapping[str, Collection[str]]


def unreachable(transitions: Transitions, *, start: str) -> frozenset[str]:
    """Return the statuses that can't be reached from the start; a sound graph has none."""
    seen, waiting = {start}, [start]
    while waiting:
        following = set(transitions.get(waiting.pop(), ())) - seen
        seen |= following
        waiting.extend(following)
    return frozenset({*transitions, *(after for follow in transitions.values() for after in follow)} - seen)


def drawing(transitions: Transitions, *, start: str) -> str:
    """Return a Mermaid state diagram; the same graph always gives the same text."""
    arrows = {(str(before), str(after)) for before, follow in transitions.items() for after in follow}
    final = {after for _, after in arrows} - {before for before, _ in arrows}
    lines = [
        f"[*] --> {start}",
        *(f"{before} --> {after}" for before, after in sorted(arrows)),
        *(f"{status} --> [*]" for status in sorted(final)),
    ]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)])
