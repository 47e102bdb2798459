"""`/admin/orders`: orders, for staff."""

from shop.accounts.models import LONGEST_EMAIL
from shop.kernel.ids import Prefix
from shop.kernel.messages import gettext_noop
from shop.orders import presenters, queries, search
from shop.orders.api import presenters as staffs
from shop.orders.api.schemas import AdminListedOrderOut, AdminOrderOut
from shop.orders.models import Order
from shop.orders.types import OrderDetails
from shop.platform.http import filters
from shop.platform.http.filters import Filter, Time
from shop.platform.http.resource import Representation, Resource, expose
from shop.platform.http.router import Router

router = Router(tag="Admin orders")

ORDERS = Resource[Order, OrderDetails](
    name="order",
    plural="orders",
    prefix=Prefix.ORDER,
    permission="orders:read",
    about="The orders of all customers and guests, with lines, payments and refunds. They carry the email address, the "
    "postal addresses and the customer's note, because shipping and questions need them. The customer's profile is in "
    "`/admin/customers`, which needs a key of its own.",
    rows=queries.orders,
    shown=Representation(AdminOrderOut, staffs.order, queries.details_of_all),
    shown_in_list=Representation(AdminListedOrderOut, staffs.listed_order, queries.listed_details_of),
    context=lambda details: presenters.context(details.order),
    filters=(
        filters.text(
            "q",
            "The beginning of the number, or words of the email address, names, cities and SKUs.",
            search.found,
            max_length=200,
        ),
        filters.one_of("status", Order.Status, "Orders with this status."),
        filters.one_of("payment_status", Order.PaymentStatus, "Orders with this payment status."),
        filters.one_of("fulfillment_status", Order.FulfillmentStatus, "Orders with this fulfillment status."),
        filters.texts(
            "number", "The order number, in any case, with or without its hyphen.", search.numbered, max_length=20
        ),
        filters.text("email", "The email address, in any spelling.", search.with_email, max_length=LONGEST_EMAIL),
        filters.ids("customer", Prefix.USER, "user_id", "The id of the customer."),
        filters.texts("sku", "The SKU of a line, exactly.", search.with_skus, max_length=255),
        filters.since("placed_since", "placed_at", "Orders that were placed at this time or later."),
        Filter("placed_before", Time, "Orders that were placed before this time.", search.placed_before),
        filters.since("created_since", "created_at", "Orders that were made at this time or later."),
        filters.before("created_before", "created_at", "Orders that were made before this time."),
        filters.since("updated_since", "updated_at", "Orders that have changed at this time or later."),
    ),
    sorts={"created_at": "created_at", "updated_at": "updated_at"},
    default_sort="-created_at",
    listed_message=gettext_noop("Orders retrieved."),
    retrieved_message=gettext_noop("Order retrieved."),
)
expose(ORDERS, router)
