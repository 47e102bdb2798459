import pytest
from django.contrib.auth.models import Permission

from shop.stores import queries


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(2))
def test_a_database_that_was_emptied_has_its_store_again(_: int) -> None:
    assert queries.store().name == "My store"
    assert Permission.objects.filter(codename="view_onetimepassword").count() == 1
