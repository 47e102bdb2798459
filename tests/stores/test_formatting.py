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
        (
            {**KIM, "line1": "1 High St", "city": "London", "state": "Greater London", "postal_code": "SW1A 1AA",
             "country": "GB"},
            ("Kim Muster", "1 High St", "London", "Greater London", "SW1A 1AA", "United Kingdom"),
        ),
        (
            {**KIM, "line1": "1-1 Marunouchi", "city": "Chiyoda-ku", "state": "13", "postal_code": "100-0005",
             "country": "JP"},
            ("Kim Muster", "1-1 Marunouchi, Chiyoda-ku, Tokyo", "100-0005", "Japan"),
        ),
        (
            {**KIM, "line1": "Bahnhofstr. 1", "city": "Zürich", "state": "ZH", "postal_code": "8001", "country": "CH"},
            ("Kim Muster", "Bahnhofstr. 1", "CH-8001 Zürich", "Switzerland"),
        ),
        (
            {**KIM, "line1": "Bahnhofstr. 1", "city": "Zürich", "state": "ZH", "country": "CH"},
            ("Kim Muster", "Bahnhofstr. 1", "Zürich", "ZH", "Switzerland"),
        ),
        (
            {**KIM, "line1": "Villa 1", "city": "Dubai", "state": "DU", "country": "AE"},
            ("Kim Muster", "Villa 1", "Dubai", "United Arab Emirates"),
        ),
        (
            {**KIM, "line1": "Villa 1", "city": "Jumeirah", "state": "DU", "country": "AE"},
            ("Kim Muster", "Villa 1", "Jumeirah", "Dubai", "United Arab Emirates"),
        ),
        (
            {**KIM, "line1": "Gran Vía 1", "city": "Madrid", "state": "M", "postal_code": "28013", "country": "ES"},
            ("Kim Muster", "Gran Vía 1", "28013 Madrid", "Spain"),
        ),
        (
            {**KIM, "line1": "King Rd 1", "city": "Jeddah", "state": "Makkah", "postal_code": "23511", "country": "SA"},
            ("Kim Muster", "King Rd 1", "Jeddah, Makkah 23511", "Saudi Arabia"),
        ),
        (
            {**KIM, "line1": "1 Queen St", "city": "Auckland", "state": "AUK", "postal_code": "1010", "country": "NZ"},
            ("Kim Muster", "1 Queen St", "Auckland 1010", "New Zealand"),
        ),
        (
            {**KIM, "line1": "1 Orchard Road", "city": "Singapore", "state": "SG", "postal_code": "238801",
             "country": "SG"},
            ("Kim Muster", "1 Orchard Road", "SINGAPORE 238801", "Singapore"),
        ),
        (
            {**KIM, "line1": "1 Road", "city": "Doha", "postal_code": "00000", "country": "QA"},
            ("Kim Muster", "1 Road", "Doha", "00000", "Qatar"),
        ),
        (
            {**KIM, "line1": "1 Main St", "state": "TX", "postal_code": "78701", "country": "US"},
            ("Kim Muster", "1 Main St", "TX 78701", "United States"),
        ),
        ({"first_name": "Kim", "line1": "Rue 1", "country": None}, ("Kim", "Rue 1")),
        ({}, ()),
    ],
)  # fmt: skip
def test_an_address_is_written_as_its_country_writes_it(address: dict[str, str | None], lines: tuple[str, ...]) -> None:
    assert format_address(address) == lines


def test_nothing_of_an_address_is_lost_in_any_country_but_a_region_that_its_post_does_not_use() -> None:
    texts = {"first_name": "Fay", "last_name": "Lee", "company": "Coco", "line1": "Road", "line2": "Yard",
             "city": "Ville", "state": "Westland", "postal_code": "Z99"}  # fmt: skip

    lost = [
        (each.code, text)
        for each in countries()
        for text in texts.values()
        if text not in "\n".join(format_address({**texts, "country": each.code}))
    ]

    assert {text for _, text in lost} == {"Westland"}
    assert {code for code, _ in lost} == {
        each.code
        for each in countries()
        if "state" not in each.fields
        and (each.code in ("HU", "NZ") or 0 <= each.layout.find("%Z") < each.layout.find("%C"))
    }


def test_a_region_without_a_place_never_stands_behind_the_postal_code() -> None:
    texts = {"line1": "Road", "city": "Ville", "state": "Westland", "postal_code": "Z99"}

    behind = [
        each.code
        for each in countries()
        if "state" not in each.fields
        and "Westland" in " ".join(format_address({**texts, "country": each.code})).partition("Z99")[2]
    ]

    assert behind == []
