"""The tree of categories, and brands."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from shop.catalog.errors import CategoryInItself, TextTooLong, TreeTooDeep
from shop.catalog.models import Brand, Category
from shop.catalog.models.category import DEEPEST
from shop.catalog.operations.columns import clean_html, refuse_too_long
from shop.catalog.slugs import free_slug, slug_of
from shop.platform.clock import now
from shop.platform.records import Stale

LONGEST_NAME: Final = 255
TRIES: Final = 20
Named = TypeVar("Named", Brand, Category)


def brand_named(name: str) -> Brand:
    """The brand of this name; made when there is none."""
    return _named(Brand, name, lambda slug: Brand.objects.create(slug=slug, name=name))


def category_named(name: str) -> Category:
    """The category of this name, wherever it stands; made at the top of the tree when there is none."""
    return _named(Category, name, lambda slug: _planted(name, slug=slug))


def _named(model: type[Named], name: str, make: Callable[[str], Named]) -> Named:
    """The row of this name, in the capitals of whoever came first. Two names that become one slug are two rows.

    Raises TextTooLong, and Stale when others make rows with its slug all the time.
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
        except IntegrityError:  # somebody made it, or one with its slug, in this moment
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
    """The category of this slug (or of the name's); made below `parent` when there is none.

    Raises TextTooLong, TreeTooDeep.
    """
    slug = slug or slug_of(name)
    found = Category.objects.filter(slug=slug).first()
    if found is not None:
        return found
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
    except IntegrityError:  # somebody planted it in this moment
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
    """A new category. Raises IntegrityError when another one has the slug, TextTooLong, TreeTooDeep."""
    if parent is not None:  # it neither moves nor is hidden until this is done
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
def edit(category: Category, *, parent: Category | None, **values: object) -> None:
    """The category is called so and stands below `parent`, with everything below it.

    Raises Stale when it is not of the version that was read any more, CategoryInItself, TreeTooDeep.
    """
    if "description_html" in values:
        values["description_html"] = clean_html(str(values["description_html"]))
    _hold_the_tree()
    unchanged = Category.objects.filter(pk=category.pk, version=category.version)
    hidden_first = {} if values.get("is_active", True) else {"is_visible": False}
    if not unchanged.update(**values, **hidden_first, version=F("version") + 1, updated_at=now()):
        raise Stale()
    category.refresh_from_db()
    if category.parent_id != (parent.pk if parent else None):
        move(category, parent=parent)
    else:
        _show(category)


@transaction.atomic
def move(category: Category, *, parent: Category | None) -> None:
    """The category stands below `parent` (None is the top), with everything that stands below it.

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
    for each in below:
        each.path = category.path + each.path.removeprefix(before)
        each.depth += category.depth - depth
        if each.depth >= DEEPEST:
            raise TreeTooDeep(field="parent")
    category.version += 1
    category.save()
    Category.objects.bulk_update(below, ["path", "depth"])
    _show(category)


def _hold_the_tree() -> None:
    """One change of the tree at a time, and none to it by whoever plants."""
    list(Category.objects.select_for_update().order_by("pk").values_list("pk"))


def _show(category: Category) -> None:
    """The category, and all below it, is visible if it is active and what it stands below is visible."""
    visible = {category.parent_id: category.parent.is_visible if category.parent else True}
    changed = []
    for each in Category.objects.filter(path__startswith=category.path).order_by("depth"):
        seen = visible[each.pk] = each.is_active and visible[each.parent_id]
        if each.is_visible != seen:
            each.is_visible = seen
            changed.append(each)
    Category.objects.bulk_update(changed, ["is_visible"])
    category.is_visible = visible[category.pk]


def _place(category: Category) -> None:
    parent = category.parent
    category.depth = parent.depth + 1 if parent else 0
    if category.depth >= DEEPEST:
        raise TreeTooDeep(field="parent")
    category.path = f"{parent.path if parent else ''}{category.pk.hex}/"
