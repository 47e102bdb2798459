"""The options of products."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from shop.catalog.drafts import ProductDraft
from shop.catalog.models import Option, OptionValue
from shop.catalog.operations.columns import refuse_too_long
from shop.catalog.operations.work import Work, known_products

Options = dict[str, dict[str, str]]
"""{option: {value: swatch}}, both in their order."""


def write_options(works: Sequence[Work]) -> None:
    """Write the options of each draft. Raises TextTooLong."""
    stored = _known(works)
    different: list[tuple[Work, Options]] = []
    for work in works:
        before = stored[work.product.pk]
        after = _wanted(work.draft, before)
        if _in_order(before) != _in_order(after):
            different.append((work, after))
            work.changed = True
    gone = [work.product.pk for work, _ in different if stored[work.product.pk]]
    if gone:
        Option.objects.filter(product__in=gone).delete()
    options = [
        (Option(product=work.product, name=name, position=at), values)
        for work, after in different
        for at, (name, values) in enumerate(after.items())
    ]
    for option, _ in options:
        refuse_too_long(option)
    Option.objects.bulk_create([option for option, _ in options])
    rows = [
        OptionValue(option=option, value=value, position=at, swatch=swatch)
        for option, values in options
        for at, (value, swatch) in enumerate(values.items())
    ]
    for row in rows:
        refuse_too_long(row)
    OptionValue.objects.bulk_create(rows)


def _known(works: Sequence[Work]) -> dict[UUID, Options]:
    rows = OptionValue.objects.filter(option__product__in=known_products(works))
    rows = rows.order_by("option__position", "option_id", "position")
    options: dict[UUID, Options] = defaultdict(dict)
    for product_id, name, value, swatch in rows.values_list("option__product_id", "option__name", "value", "swatch"):
        options[product_id].setdefault(name, {})[value] = swatch
    return options


def _wanted(draft: ProductDraft, before: Options) -> Options:
    swatches = {value: swatch for values in before.values() for value, swatch in values.items()} | dict(draft.swatches)
    return {name: {value: swatches.get(value, "") for value in values} for name, values in draft.options.items()}


def _in_order(options: Options) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(name, list(values.items())) for name, values in options.items()]
