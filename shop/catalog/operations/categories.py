"""The tree of categories, and brands."""

from django.db import IntegrityError, transaction
from django.db.models import F

from shop.catalog.errors import CategoryInItself, TreeTooDeep
from shop.catalog.models import Brand, Category
from shop.catalog.models.category import DEEPEST
from shop.catalog.operations.columns import clean_html
from shop.catalog.slugs import slug_of
from shop.platform.clock import now
from shop.platform.records import Stale


def brand_named(name: str) -> Brand:
    """The brand of this name; made when there is none."""
    name = name[:100]
    for attempt in range(1, 100):
        found = Brand.objects.filter(name=name).first()
        if found is not None:
            return found
        ending = f"-{attempt}" if attempt > 1 else ""  # another brand may have the same address: H&M and HM
        try:
            with transaction.atomic():
                return Brand.objects.create(slug=slug_of(name, most=100 - len(ending)) + ending, name=name)
        except IntegrityError:
            continue
    raise RuntimeError(f"a hundred brands are called almost like {name!r}")


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
    """The category of this slug (or of the name's); made below `parent` when there is none. Raises TreeTooDeep."""
    slug = slug or slug_of(name)
    found = Category.objects.filter(slug=slug).first()
    if found is not None:
        return found
    if parent is not None:  # it neither moves nor is hidden until this is done
        parent = Category.objects.select_for_update(no_key=True).get(pk=parent.pk)
    category = Category(
        name=name[:100],
        slug=slug,
        parent=parent,
        position=position,
        description_html=clean_html(description_html),
        is_active=is_active,
    )
    _place(category)
    category.is_visible = is_active and (parent is None or parent.is_visible)
    try:
        with transaction.atomic():
            category.save(force_insert=True)
    except IntegrityError:  # somebody planted it in this moment
        return Category.objects.get(slug=slug)
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
