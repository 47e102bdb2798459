"""JSON merge-patch (RFC 7396)."""

from collections.abc import Mapping


def merge_patch(target: object, patch: object) -> object:
    """The target with the patch applied at every depth: absent names stay, null removes, anything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
