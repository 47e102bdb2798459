import pytest

from shop.kernel.errors import FieldsWrong
from shop.kernel.messages import in_english
from shop.stores.addresses import check, gaps, mistakes, settled
from shop.stores.countries import countries, country

BERLIN = {"first_name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}


def test_an_address_that_fits_its_country_is_taken() -> None:
    check(BERLIN)

    assert mistakes(BERLIN) + gaps(BERLIN) == []


@pytest.mark.parametrize(
    "written",
    [
        {"country": "NL", "postal_code": "1234ab"},
        {"country": "LU", "postal_code": "L-4750"},
        {"country": "LV", "postal_code": "1073"},
        {"country": "AT", "postal_code": "AT-1010"},
        {"country": "JP", "postal_code": "１５４-００２３"},  # noqa: RUF001 - as Japanese keyboards type it
        {"country": "JP", "postal_code": "150ー0002"},
        {"country": "BH", "postal_code": "317"},
        {"country": "IE", "postal_code": ""},
        {"country": "HK", "postal_code": "999077"},
    ],
)
def test_postal_codes_may_be_written_as_people_write_them(written: dict[str, str]) -> None:
    assert mistakes(written) == []


def test_a_wrong_postal_code_is_told_with_one_that_exists() -> None:
    problems = mistakes({**BERLIN, "postal_code": "1011"})

    assert [(each.code, each.field, in_english(each.message, each.params), each.params) for each in problems] == [
        (
            "invalid_format",
            "postal_code",
            "Enter a valid postal code for this country, for example 26133.",
            {"country": "DE", "example": "26133"},
        )
    ]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("US", "CA"),
        ("US", "california"),
        ("US", "US-CA"),
        ("CA", "Québec"),
        ("ES", "Alacant"),
        ("JP", "Tokyo"),
        ("JP", "13"),
        ("JP", "東京都"),
        ("MX", "Ciudad de Mexico"),
    ],
)
def test_a_subdivision_may_be_written_by_code_or_name(code: str, state: str) -> None:
    assert mistakes({"country": code, "state": state}) == []


@pytest.mark.parametrize(
    ("code", "states", "region"),
    [
        ("CN", ["Xinjiang Uyghur Autonomous Region", "新疆维吾尔自治区", "XJ"], "XJ"),
        ("CN", ["Guangxi Zhuang Autonomous Region", "Guangxi"], "GX"),
        ("CN", ["Ningxia Hui Autonomous Region"], "NX"),
        ("CN", ["Tibet Autonomous Region"], "XZ"),
        ("CN", ["Anhui", "An Hui"], "AH"),
        ("CN", ["Guangdong / 广东", "广东/Guangdong"], "GD"),
        ("CN", ["Beijing Municipality"], "BJ"),
        ("ES", ["Bizkaia / Vizcaya", "Vizcaya/Bizkaia"], "BI"),
        ("ES", ["Madrid (Comunidad de)"], "M"),
        ("ES", ["Rioja (La)", "Rioja, La"], "LO"),
        ("KR", ["Seoul-teukbyeolsi", "Seoul Special City"], "11"),
        ("KR", ["Busan-gwangyeoksi", "Busan Metropolitan City"], "26"),
        ("KR", ["Jeju-teukbyeoljachido", "Jeju Special Self-Governing Province"], "49"),
        ("JP", ["ホッカイドウ", "ほっかいどう", "ﾎｯｶｲﾄﾞｳ"], "01"),
        ("JP", ["トウキョウト", "トウキョウ"], "13"),
        ("JP", ["オオサカフ"], "27"),
        ("JP", ["オキナワケン"], "47"),
        ("HK", ["Hong Kong Island", "香港島"], "Hong Kong Island"),
    ],
)
def test_a_subdivision_may_be_written_as_forms_and_registers_have_it(code: str, states: list[str], region: str) -> None:
    where = country(code)

    assert where is not None
    assert [(found := where.subdivision(each)) and found.code for each in states] == [region] * len(states)


@pytest.mark.parametrize(("code", "state"), [("CN", "Guangdong / Beijing"), ("ES", "/"), ("ES", "(x)")])
def test_two_regions_at_once_are_none(code: str, state: str) -> None:
    assert [each.code for each in mistakes({"country": code, "state": state})] == ["invalid_choice"]


@pytest.mark.parametrize(
    ("city", "state", "kept"),
    [
        ("Kowloon", "Hong Kong", "Kowloon"),
        ("九龍", "香港", "Kowloon"),
        ("Central", "HK", ""),
        ("Hong Kong", "Hong Kong", ""),
        ("Central", "Hong Kong Island", "Hong Kong Island"),
    ],
)
def test_hong_kong_is_no_part_of_itself(city: str, state: str, kept: str) -> None:
    address = {"last_name": "Li", "line1": "12 Queens Road", "city": city, "state": state, "country": "HK"}

    assert (settled(address)["state"], gaps(address)) == (kept, [])


@pytest.mark.parametrize("name", ["first_name", "last_name", "company"])
def test_one_of_the_names_is_needed(name: str) -> None:
    nameless = {**BERLIN, "first_name": ""}

    problems = gaps(nameless)

    assert [(each.code, each.field, each.message) for each in problems] == [
        ("required", "first_name", "Enter a first name, a last name or a company.")
    ]
    assert gaps({**nameless, name: "Ada"}) == []


def test_a_subdivision_that_the_country_lacks_is_a_mistake() -> None:
    problems = mistakes({"country": "US", "state": "Bavaria"})

    assert [(each.code, each.field, each.message) for each in problems] == [
        ("invalid_choice", "state", "This country has no such state or province.")
    ]


@pytest.mark.parametrize(
    ("code", "region", "postal_code", "province"),
    [
        ("IT", "Lazio", "00184", "RM"),
        ("IT", "regione lazio", "I-04100", "LT"),
        ("IT", "Lombardy", "20121", "MI"),
        ("IT", "Piemonte", "12071", "CN"),  # Savona, in Liguria, has this one too
        ("IT", "Trentino-Alto Adige/Südtirol", "39100", "BZ"),
        ("ES", "Cataluña", "08001", "B"),
        ("ES", "CATALUNYA", "17001", "GI"),
        ("ES", "Euskadi / País Vasco", "48001", "BI"),
        ("ES", "Comunidad Autónoma de Galicia", "15001", "C"),
        ("ES", "Comunidad Valenciana", "03001", "A"),
        ("ES", "Canary Islands", "38001", "TF"),
    ],
)
def test_a_region_above_the_provinces_is_stored_as_the_province_of_the_postal_code(
    code: str, region: str, postal_code: str, province: str
) -> None:
    address = {"last_name": "Li", "line1": "X 1", "city": "X", "postal_code": postal_code, "state": region}

    assert settled({**address, "country": code})["state"] == province


@pytest.mark.parametrize(
    ("code", "region", "postal_code", "sentence"),
    [
        ("IT", "Latium", "", "Lazio is a region: enter the province, for example Roma."),
        ("IT", "Lazio", "20121", "Lazio is a region: enter the province, for example Roma."),
        ("IT", "Lombardia", "20900", "Lombardia is a region: enter the province, for example Milano."),
        ("IT", "Sardegna", "09010", "Sardegna is a region: enter the province, for example Cagliari."),
        ("ES", "Catalonia", "28001", "Cataluña is a region: enter the province, for example Barcelona."),
        ("ES", "Cataluña / Galicia", "08001", "This country has no such state or province."),
        ("US", "Lazio", "10001", "This country has no such state or province."),
    ],
)
def test_a_region_whose_province_is_open_is_told_with_a_province(
    code: str, region: str, postal_code: str, sentence: str
) -> None:
    (problem,) = mistakes({"country": code, "postal_code": postal_code, "state": region})

    assert (problem.code, problem.field) == ("invalid_choice", "state")
    assert in_english(problem.message, problem.params) == sentence


@pytest.mark.parametrize(
    ("code", "alone"), [("IT", {"AO"}), ("ES", {"CE", "LO", "M", "ML", "MU", "NA", "O", "PM", "S"})]
)
def test_every_province_is_in_one_region_or_is_one_itself(code: str, alone: set[str]) -> None:
    where = country(code)
    assert where is not None

    inside = [each.code for area in set(where.areas.values()) for each in area.provinces]

    assert sorted([*inside, *alone]) == sorted(each.code for each in where.subdivisions)
    assert where.areas.keys() & where.spellings.keys() == set()


@pytest.mark.parametrize("code", ["DE", "FR", "ID", "IE"])
def test_where_no_closed_list_is_known_any_subdivision_stands(code: str) -> None:
    assert mistakes({"country": code, "state": "Papua Barat Daya"}) == []


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("DE", ["line1", "postal_code", "city"]),
        ("US", ["line1", "city", "state", "postal_code"]),
        ("IE", ["line1", "city"]),
        ("SG", ["line1", "postal_code"]),
        ("HK", ["line1"]),
    ],
)
def test_each_country_says_in_its_order_what_it_can_not_do_without(code: str, missing: list[str]) -> None:
    problems = gaps({"company": "Engines", "country": code, "line1": "  "})

    assert [each.field for each in problems] == missing
    assert {each.code for each in problems} == {"required"}


@pytest.mark.parametrize("code", ["XX", "ZZ", "de", "AC", "../de", "UK"])
def test_an_unknown_country_is_a_mistake(code: str) -> None:
    problems = mistakes({**BERLIN, "country": code})

    assert [(each.code, each.field) for each in problems] == [("invalid_choice", "country")]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(FieldsWrong) as told:
        check({"company": "Engines", "country": "US", "postal_code": "x", "state": "x"})

    assert [(each.field, each.code) for each in told.value.problems] == [
        ("postal_code", "invalid_format"),
        ("state", "invalid_choice"),
        ("line1", "required"),
        ("city", "required"),
    ]


def test_the_examples_of_every_country_fit_its_own_rule() -> None:
    wrong = [
        (each.code, example)
        for each in countries()
        if each.postal_code
        for example in each.postal_code.examples
        if mistakes({"country": each.code, "postal_code": example})
    ]

    assert wrong == []


def test_no_two_subdivisions_of_a_country_are_written_alike() -> None:
    taken = [
        (each.code, one.code, written)
        for each in countries()
        for one in each.subdivisions
        for written in (one.code, one.name, one.local, f"{each.code}-{one.code}")
        if each.subdivision(written) is not one
    ]

    assert taken == []
    assert (len(countries()), country("UK"), country("")) == (250, None, None)


def test_every_country_takes_what_it_states_itself() -> None:
    """One address for each example and each subdivision of `/countries`: whole, right, and settled for good."""
    stated = [
        {
            "last_name": "Li",
            "country": each.code,
            "line1": "1 Road",
            "city": "X",
            "postal_code": example,
            "state": written,
        }
        for each in countries()
        for example in (each.postal_code.examples if each.postal_code else ("",))
        for written in [*(region.code for region in each.subdivisions[:3]), *(r.name for r in each.subdivisions[:3])]
        or ["Somewhere"]
    ]

    wrong = [address for address in stated if mistakes(address) or (gaps(address) and address["postal_code"])]
    unsettled = [address for address in stated if settled(settled(address)) != settled(address)]

    assert (len(stated) > 500, wrong, unsettled) == (True, [], [])
