import pytest

from shop.stores.countries import countries
from shop.stores.formatting import format_address

KIM = {"first_name": "Kim", "last_name": "Muster"}


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            {**KIM, "line1": "1 Main St", "city": "Austin", "state": "TX", "postal_code": "78701", "country": "US"},
            ("Kim Muster", "1 Main St", "Austin, TX 78701", "United States"),
        ),
        (
            {**KIM, "line1": "1 Main St", "city": "Austin", "postal_code": "78701", "country": "US"},
            ("Kim Muster", "1 Main St", "Austin 78701", "United States"),
        ),
        (
            {**KIM, "company": "Muster GmbH", "line1": "Lindenallee 3", "line2": "Hof", "city": "Bremen",
             "postal_code": "28203", "country": "DE"},
            ("Kim Muster", "Muster GmbH", "Lindenallee 3", "Hof", "28203 Bremen", "Germany"),
        ),
        (
            {**KIM, "line1": "Via 1", "city": "Roma", "state": "Roma", "postal_code": "00184", "country": "IT"},
            ("Kim Muster", "Via 1", "00184 Roma RM", "Italy"),
        ),
        (
            {**KIM, "line1": "Rue 1", "city": "Luxembourg", "postal_code": "4750", "country": "LU"},
            ("Kim Muster", "Rue 1", "L-4750 Luxembourg", "Luxembourg"),
        ),
        (
            {**KIM, "line1": "1 Orchard Road", "city": "Singapore", "postal_code": "238801", "country": "SG"},
            ("Kim Muster", "1 Orchard Road", "SINGAPORE 238801", "Singapore"),
        ),
        (
            {**KIM, "line1": "1-1 Chiyoda", "state": "13", "postal_code": "100-0001", "country": "JP"},
            ("Kim Muster", "1-1 Chiyoda, Tokyo", "100-0001", "Japan"),
        ),
        (
            {"first_name": "花子", "last_name": "山田", "line1": "千代田1-1", "city": "千代田区", "state": "13",
             "postal_code": "100-0001", "country": "JP"},
            ("〒100-0001", "東京都", "千代田区", "千代田1-1", "山田 花子", "Japan"),
        ),
        ({"first_name": "Kim", "line1": "Rue 1", "country": None}, ("Kim", "Rue 1")),
        ({}, ()),
    ],
)  # fmt: skip
def test_an_address_is_written_as_its_country_writes_it(address: dict[str, str | None], lines: tuple[str, ...]) -> None:
    assert format_address(address) == lines


def test_nothing_of_an_address_is_lost_in_any_country() -> None:
    texts = {"first_name": "Fay", "last_name": "Lee", "company": "Coco", "line1": "Road", "line2": "Yard",
             "city": "Ville", "state": "Westland", "postal_code": "Z99"}  # fmt: skip

    lost = [
        (each.code, text)
        for each in countries()
        for text in texts.values()
        if text not in "\n".join(format_address({**texts, "country": each.code}))
    ]

    assert lost == []
