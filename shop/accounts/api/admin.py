"""`/admin/customers`: customers, for staff."""

from shop.accounts import queries
from shop.accounts.api import presenters
from shop.accounts.api.schemas import CustomerOut
from shop.accounts.models import LONGEST_EMAIL, User
from shop.kernel.ids import Prefix
from shop.kernel.messages import gettext_noop
from shop.platform.http import filters
from shop.platform.http.resource import Representation, Resource, expose
from shop.platform.http.router import Router

router = Router(tag="Admin customers")

CUSTOMERS = Resource[User, User](
    name="customer",
    plural="customers",
    prefix=Prefix.USER,
    permission="customers:read",
    about="The accounts of customers: profile, group, consent and metadata. Accounts of staff are not among them, and "
    "what a customer has ordered is shown by `/admin/orders`.",
    rows=queries.customers,
    shown=Representation(CustomerOut, presenters.customer),
    filters=(
        filters.text(
            "q", "Words, each of them in the name, email address or phone number.", queries.with_words, max_length=200
        ),
        filters.text("email", "The email address, in any spelling.", queries.with_email, max_length=LONGEST_EMAIL),
        filters.texts("group", "The code of the customer group.", queries.in_groups, max_length=50),
        filters.boolean("is_active", "`true`: only customers who can log in; `false`: only the others."),
        filters.boolean("marketing_consent", "`true`: only customers who want advertising; `false`: only the others."),
        filters.since("created_since", "created_at", "Accounts that were made at this time or later."),
        filters.before("created_before", "created_at", "Accounts that were made before this time."),
        filters.since("updated_since", "updated_at", "Accounts that have changed at this time or later."),
    ),
    sorts={"created_at": "created_at", "updated_at": "updated_at", "email": "email_key"},
    default_sort="-created_at",
    listed_message=gettext_noop("Customers retrieved."),
    retrieved_message=gettext_noop("Customer retrieved."),
)
expose(CUSTOMERS, router)
