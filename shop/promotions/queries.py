"""Looking up discount codes and whether they apply."""

import unicodedata
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shop.kernel.plain_text import plain, without_gaps
from shop.promotions.errors import CodeRefused
from shop.promotions.models import DiscountCode, Promotion, Redemption


def code_key(text: str) -> str:
    """Return the form under which a code is unique: without case, spaces, hyphens, width and invisible characters."""
    return without_gaps(text.casefold()) or _key_before(text)


def _key_before(text: str) -> str:
    """Return the key of codes from before spaces and hyphens were ignored."""
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def codes_spelled(text: str) -> "QuerySet[DiscountCode]":
    """Return the codes that match the text: at most one by the current form of keys, and one by the former."""
    return DiscountCode.objects.filter(key__in={code_key(text), _key_before(plain(text))})


def code_named(
    text: str,
    *,
    market_id: UUID,
    group_id: UUID | None,
    customer_key: str,
    at: datetime,
    account_id: UUID | None = None,
) -> DiscountCode:
    """Return the code, with its promotion, if it applies here and now. Raises CodeRefused with the reason."""
    spelled = sorted(codes_spelled(text).select_related("promotion__group"), key=lambda row: row.key == code_key(text))
    code = spelled[0] if spelled else None
    if code is None or not code.promotion.is_active:
        raise CodeRefused("unknown")
    reason = refusal(
        code, market_id=market_id, group_id=group_id, customer_key=customer_key, at=at, account_id=account_id
    )
    if reason:
        raise CodeRefused(reason)
    return code


def refusal(
    code: DiscountCode,
    *,
    market_id: UUID,
    group_id: UUID | None,
    customer_key: str,
    at: datetime,
    account_id: UUID | None = None,
) -> str | None:
    """Return the reason of CodeRefused why a code (with its promotion loaded) does not apply, or None."""
    promotion = code.promotion
    if promotion.market_id not in (None, market_id) or not _is_for(promotion, group_id):
        return "not_here"
    if promotion.starts_at and at < promotion.starts_at:
        return "not_started"
    if not promotion.is_active or (promotion.ends_at and at >= promotion.ends_at):
        return "expired"
    if code.usage_limit is not None and code.used >= code.usage_limit:
        return "used_up"
    if code.once_per_customer and has_used(code, customer_key, account_id):
        return "already_used"
    return None


def _is_for(promotion: Promotion, group_id: UUID | None) -> bool:
    """Return whether the promotion is for this customer group. Customers without a group are in the default one."""
    if promotion.group is None:
        return True
    return promotion.group.pk == group_id if group_id else promotion.group.is_default


def has_used(code: DiscountCode, customer_key: str, account_id: UUID | None) -> bool:
    """Return whether the account or the proven owner of the email has used the code. Unproven uses don't count."""
    mine = Q()
    if customer_key:
        mine |= Q(once_proven=customer_key)
    if account_id:
        mine |= Q(once_account=account_id)
    return bool(mine) and Redemption.objects.filter(mine, code=code).exists()
