"""The tree of categories, and brands."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q

from shop.catalog.errors import CategoryInItself, TextTooLong, TreeTooDeep
from shop.catalog.models import Brand, Category
from shop.catalog.models.category import DEEPEST
from shop.catalog.operations.columns import clean_html, refuse_too_long
from shop.catalog.slugs import free_slug, slug_of
from shop.platform.records import Stale

LONGEST_NAME: Final = 255
TRIES: Final = 20
Named = TypeVar("Named", Brand, Category)


def brand_named(name: str) -> Brand:
    """Return the brand with this name; create it if necessary."""
    return _named(Brand, name, lambda slug: Brand.objects.create(slug=slug, name=name))


def category_named(name: str) -> Category:
    """Return the category with this name, at any level; create it at the top of the tree if necessary."""
    return _named(Category, name, lambda slug: _planted(name, slug=slug))


def _named(model: type[Named], name: str, make: Callable[[str], Named]) -> Named:
    """Return the row with this name, ignoring case; create it if necessary. Names with the same slug are separate rows.

    Raises TextTooLong, and Stale when concurrent requests keep taking its slug.
    """
    if len(name) > LONGEST_NAME:
        raise TextTooLong(field="name", params={"max": LONGEST_NAME})
    slug = slug_of(name)
    for _ in range(TRIES):
        alike = list(model._default_manager.filter(Q(name=name) | Q(slug__startswith=slug)).order_by("pk"))
        same = [row for row in alike if row.name.casefold() == name.casefold()]
        if same:
            return next((row for row in same if row.name == name), same[0])
        try:
            with transaction.atomic():
                return make(free_slug(name, {row.slug for row in alike}))
        except IntegrityError:  # a concurrent request created it, or another row with its slug
            continue
    raise Stale()


@transaction.atomic
def plant(
    name: str,
    *,
    parent: Category | None = None,
    slug: str | None = None,
    position: int = 0,
    description_html: str = "",
    is_active: bool = True,
) -> Category:
    """Return the category with this slug (or the slug of the name); create it below `parent` if necessary.

    Raises TextTooLong, TreeTooDeep.
    """
    slug = slug or slug_of(name)
    existing = Category.objects.filter(slug=slug).first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return _planted(
                name,
                slug=slug,
                parent=parent,
                position=position,
                description_html=description_html,
                is_active=is_active,
            )
    except IntegrityError:  # a concurrent request created it
        return Category.objects.get(slug=slug)


@transaction.atomic
def _planted(
    name: str,
    *,
    slug: str,
    parent: Category | None = None,
    position: int = 0,
    description_html: str = "",
    is_active: bool = True,
) -> Category:
    """Create the category. Raises IntegrityError when another one has the slug, TextTooLong, TreeTooDeep."""
    if parent is not None:  # the lock keeps it from being moved or hidden until this is committed
        parent = Category.objects.select_for_update(no_key=True).get(pk=parent.pk)
    category = Category(
        name=name,
        slug=slug,
        parent=parent,
        position=position,
        description_html=clean_html(description_html),
        is_active=is_active,
    )
    _place(category)
    category.is_visible = is_active and (parent is None or parent.is_visible)
    refuse_too_long(category)
    category.save(force_insert=True)
    return category


@transaction.atomic
def edit(category: Category, *, parent: Category | None, **values: Any) -> None:
    """Update the category, and move it with its descendants below `parent`.

    Raises Stale when it has changed since it was read, CategoryInItself, TreeTooDeep.
    """
    if "description_html" in values:
        values["description_html"] = clean_html(str(values["description_html"]))
    _hold_the_tree()
    unchanged = Category.objects.filter(pk=category.pk, version=category.version)
    hidden_first: dict[str, Any] = {} if values.get("is_active", True) else {"is_visible": False}
    if not unchanged.changed(**values, **hidden_first):
        raise Stale()
    category.refresh_from_db()
    if category.parent_id != (parent.pk if parent else None):
        move(category, parent=parent)
    else:
        _show(category)


@transaction.atomic
def move(category: Category, *, parent: Category | None) -> None:
    """Move the category with its descendants below `parent` (None is the top).

    Raises CategoryInItself, TreeTooDeep.
    """
    _hold_the_tree()
    category.refresh_from_db()
    if parent is not None:
        parent.refresh_from_db()
        if parent.path.startswith(category.path):
            raise CategoryInItself(field="parent")
    before, depth = category.path, category.depth
    below = list(Category.objects.filter(path__startswith=before).exclude(pk=category.pk))
    category.parent = parent
    _place(category)
    for descendant in below:
        descendant.path = category.path + descendant.path.removeprefix(before)
        descendant.depth += category.depth - depth
        if descendant.depth >= DEEPEST:
            raise TreeTooDeep(field="parent")
    Category.objects.filter(pk=category.pk).changed(
        parent=parent, path=category.path, depth=category.depth, instance=category
    )
    Category.objects.changed_each(below, ["path", "depth"])
    _show(category)


def _hold_the_tree() -> None:
    """Lock the tree, so that changes of it and new categories wait for each other."""
    list(Category.objects.select_for_update().order_by("pk").values_list("pk"))


def _show(category: Category) -> None:
    """Update `is_visible` of the category and its descendants: active, with a visible parent or none."""
    visible = {category.parent_id: category.parent.is_visible if category.parent else True}
    changed = []
    for node in Category.objects.filter(path__startswith=category.path).order_by("depth"):
        seen = visible[node.pk] = node.is_active and visible[node.parent_id]
        if node.is_visible != seen:
            node.is_visible = seen
            changed.append(node)
    Category.objects.bulk_update(changed, ["is_visible"])
    category.is_visible = visible[category.pk]


def _place(category: Category) -> None:
    parent = category.parent
    category.depth = parent.depth + 1 if parent else 0
    if category.depth >= DEEPEST:
        raise TreeTooDeep(field="parent")
    category.path = f"{parent.path if parent else ''}{category.pk.hex}/"
