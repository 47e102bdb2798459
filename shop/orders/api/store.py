"""Orders, for those who placed them: signed in, or with the token that completing gave."""

from typing import Annotated

from ninja import Header

from shop.kernel.ids import Prefix, private
from shop.orders import operations, queries, show
from shop.orders.api.schemas import CancelIn
from shop.orders.shapes import OrderOut
from shop.platform.http.call import Request
from shop.platform.http.conditions import etag
from shop.platform.http.door import Door
from shop.platform.http.envelope import Answer
from shop.platform.http.lists import PageQuery, listed
from shop.platform.http.refusals import InvalidHeader
from shop.platform.records import WrongState

door = Door(tag="Orders")

TOLD = "The `order_token` that completing a guest's cart gave."
OrderToken = Annotated[str | None, Header(alias="X-Order-Token", max_length=200, description=TOLD)]


@door.get("/me/orders", id="listMyOrders", needs="user")
def list_my_orders(request: Request, page: PageQuery) -> Answer[list[OrderOut]]:
    """List your orders.

    The orders of whoever is logged in, the newest first, a page at a time.
    """
    me = request.call.user_id
    binding = f"orders:{me}"
    found = queries.orders_of(me, limit=page.limit, cursor=page.start(binding=binding), is_counted=page.is_counted)
    return listed(found, show.order, query=page, binding=binding, message="Orders retrieved.")


@door.get("/orders/{order_id}", id="getOrder", refusals=(InvalidHeader,))
def get_order(request: Request, order_id: str, x_order_token: OrderToken = None) -> Answer[OrderOut]:
    """Retrieve an order.

    One of your own orders, or a guest's order with the token that completing its cart gave, in `X-Order-Token`.
    """
    found = queries.order(private(Prefix.ORDER, order_id), seen_by=request.call.actor, token=x_order_token)
    shown = show.order(queries.whole_of(found))
    return Answer(data=shown, message="Order retrieved.", etag=etag(shown["id"], shown["version"]))


@door.post("/orders/{order_id}/cancel", id="cancelOrder", refusals=(WrongState, InvalidHeader), in_acts=True)
def cancel_order(request: Request, order_id: str, body: CancelIn, x_order_token: OrderToken = None) -> Answer[OrderOut]:
    """Cancel an order.

    As long as nothing of it is shipped: the stock and the codes are free again, and what was paid goes back.
    """
    actor = request.call.actor
    found = queries.order(private(Prefix.ORDER, order_id), seen_by=actor, token=x_order_token)
    operations.cancel(found, actor_id=actor.user_id, reason=body.reason)
    shown = show.order(queries.whole(found.pk))
    return Answer(data=shown, message="The order is cancelled.", etag=etag(shown["id"], shown["version"]))
