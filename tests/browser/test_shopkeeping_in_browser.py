from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Locator, Page
from pytest_django.live_server_helper import LiveServer

from shop.accounts.models import User
from tests.browser.conftest import Watched
from tests.checkout.storefront_client import open_shop, sell, shopper

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL, PASSWORD = "root@example.com", "a long passphrase"


@pytest.fixture
def prepared(transactional_db: None, client: Client) -> None:
    """An open shop, an order that waits for its money, and somebody who may do everything."""
    open_shop()
    bought = shopper(sell("kettle")).ready().complete("", method="manual")
    assert bought.status in (200, 201), bought.body
    User.objects.create_superuser(EMAIL, PASSWORD)


@pytest.fixture
def desk(browser: Watched) -> Page:
    """The admin, logged in."""
    page = browser.open("/admin/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Newest orders").wait_for()
    return page


def test_a_product_is_written_published_and_seen_in_the_api(
    desk: Page, browser: Watched, live_server: LiveServer
) -> None:
    browser.open("/admin/catalog/product/add/")

    desk.locator("#id_name").fill("Stoneware Mug")
    desk.locator("#id_description_html").fill("<p>Holds tea.</p>")
    desk.locator("#id_variants-0-sku").fill("MUG-1")
    desk.locator("#id_variants-0-price").fill("18.00")
    desk.locator("#id_variants-0-received").fill("12")
    slug = desk.locator("#id_slug").input_value()
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.get_by_text("was added successfully").wait_for()
    desk.get_by_role("button", name="Publish", exact=True).click()
    desk.get_by_text("Shoppers see it now.").wait_for()
    stock = desk.get_by_text("12 there, 12 free").count()
    found = browser.page.request.get(f"{browser.home}/api/v1/products/{slug}?country=DE").json()["data"]

    assert (slug, stock) == ("stoneware-mug", 1)
    assert (found["name"], found["variants"][0]["price"]["amount"]) == ("Stoneware Mug", 1800)
    assert (browser.hosts, browser.complaints) == ({live_server.url.removeprefix("http://")}, [])


def test_a_price_that_is_none_is_told_at_its_field(desk: Page, browser: Watched) -> None:
    browser.open("/admin/catalog/product/")
    desk.get_by_role("link", name="Kettle").first.click()

    desk.locator("#id_variants-0-price").fill("1,50,5")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("Enter an amount such as 1299.00").wait_for()

    assert desk.locator("#id_variants-0-price").input_value() == "1,50,5"
    assert browser.complaints == []


def test_stock_is_adjusted_with_a_reason(desk: Page, browser: Watched) -> None:
    browser.open("/admin/inventory/stocklevel/")

    desk.get_by_role("link", name="Adjust").click()
    desk.get_by_label("Change by").fill("-2")
    desk.get_by_label("Reason").fill("broken")
    desk.get_by_role("button", name="Adjust").click()
    desk.get_by_text("Stock changed from 10 to 8.").wait_for()

    assert desk.get_by_role("cell", name="broken").is_visible()
    assert browser.complaints == []


def test_an_order_is_marked_as_paid_and_another_time_cancelled(desk: Page, browser: Watched) -> None:
    browser.open("/admin/orders/order/")
    desk.locator("#result_list tbody a").first.click()

    desk.get_by_role("button", name="Mark as paid").click()
    desk.get_by_label("Reference").fill("statement 12")
    desk.get_by_role("button", name="Mark as paid").click()
    desk.get_by_text("Order marked as paid.").wait_for()
    desk.get_by_role("button", name="Cancel order").click()
    desk.get_by_label("Reason").fill("sold out after all")
    desk.get_by_role("button", name="Cancel order").click()
    desk.get_by_text("The order is cancelled").wait_for()

    assert desk.get_by_text("sold out after all").first.is_visible()
    assert desk.get_by_role("button", name="Cancel order").count() == 0
    assert browser.complaints == []


@pytest.mark.parametrize(
    "path",
    [
        "catalog/category/add/",
        "catalog/brand/",
        "pricing/price/add/",
        "pricing/pricelist/add/",
        "inventory/stocklevel/add/",
        "inventory/stockmovement/",
        "promotions/promotion/add/",
        "promotions/discountcode/add/",
        "shipping/shippingmethod/",
        "tax/taxclass/add/",
        "payments/payment/",
        "checkout/cart/",
    ],
)
def test_every_page_works_without_a_complaint(desk: Page, browser: Watched, live_server: LiveServer, path: str) -> None:
    browser.open(f"/admin/{path}")

    assert desk.get_by_role("link", name="Dashboard").first.is_visible()
    assert (browser.hosts, browser.complaints) == ({live_server.url.removeprefix("http://")}, [])


@pytest.mark.parametrize("width", [1440, 390])
def test_tabs_stay_beside_a_mistake_and_pictures_are_added(desk: Page, browser: Watched, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    browser.open("/admin/catalog/product/")
    desk.get_by_role("link", name="Kettle").first.click()

    desk.locator("#id_variants-0-price").fill("1,50,5")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("Enter an amount such as 1299.00").wait_for()
    desk.locator("#tabs-items").get_by_text("Images").click()
    desk.get_by_role("link", name="Add another Image").click()
    desk.get_by_role("link", name="Add another Image").click()

    added = [desk.locator(f"#id_images-{at}-upload").is_visible() for at in (0, 1)]
    assert (desk.locator("#tabs-items a").count(), added) == (2, [True, True])
    assert browser.complaints == []


def open_kettle(desk: Page, browser: Watched) -> tuple[Locator, Locator]:
    """The kettle's page; what is given is a field of its general tab, and the link that adds a picture in the other."""
    browser.open("/admin/catalog/product/")
    desk.get_by_role("link", name="Kettle").first.click()
    desk.wait_for_load_state("networkidle")
    return desk.locator("#id_variants-0-price"), desk.get_by_role("link", name="Add another Image")


def test_a_mistake_in_the_general_tab_opens_it_also_from_the_images(desk: Page, browser: Watched) -> None:
    price, add = open_kettle(desk, browser)

    price.fill("1,50,5")
    desk.locator("#tabs-items").get_by_text("Images").click()
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("Enter an amount such as 1299.00").wait_for()

    assert (price.is_visible(), add.is_visible()) == (True, False)
    assert browser.complaints == []


def test_a_mistake_in_the_images_opens_them_also_from_the_general_tab(desk: Page, browser: Watched) -> None:
    price, add = open_kettle(desk, browser)

    desk.locator("#tabs-items").get_by_text("Images").click()
    add.click()
    desk.locator("#id_images-0-alt").fill("A kettle")
    desk.locator("#tabs-items").get_by_text("General").click()
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("Choose a picture.").wait_for()

    assert (price.is_visible(), add.is_visible()) == (False, True)
    assert browser.complaints == []


def test_mistakes_in_both_tabs_open_the_first(desk: Page, browser: Watched) -> None:
    price, add = open_kettle(desk, browser)

    price.fill("1,50,5")
    desk.locator("#tabs-items").get_by_text("Images").click()
    add.click()
    desk.locator("#id_images-0-alt").fill("A kettle")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("Enter an amount such as 1299.00").wait_for()

    assert (price.is_visible(), add.is_visible()) == (True, False)
    assert browser.complaints == []


def test_the_name_of_a_chosen_picture_is_shown_and_the_picture_saved(desk: Page, browser: Watched) -> None:
    content = BytesIO()
    Image.new("RGB", (6, 4), (200, 80, 40)).save(content, "PNG")
    _, add = open_kettle(desk, browser)
    desk.locator("#tabs-items").get_by_text("Images").click()
    add.click()

    desk.locator("#id_images-0-upload").set_input_files(
        {"name": "kettle.png", "mimeType": "image/png", "buffer": content.getvalue()}
    )
    shown = desk.locator("label:has(#id_images-0-upload) input[type=text]").input_value()
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("was changed successfully").wait_for()

    pictures = browser.page.request.get(f"{browser.home}/api/v1/products/kettle?country=DE").json()["data"]["images"]
    assert (shown, len(pictures)) == ("kettle.png", 1)
    assert browser.complaints == []


@pytest.mark.parametrize(("name", "slug"), [("Øl & Glass", "ol-glass"), ("Cup 李", "")])
def test_a_slug_is_made_of_names_that_can_be_spelt(desk: Page, browser: Watched, name: str, slug: str) -> None:
    browser.open("/admin/catalog/brand/add/")

    desk.locator("#id_name").press_sequentially(name)
    desk.keyboard.press("Tab")

    assert desk.locator("#id_slug").input_value() == slug
    assert browser.complaints == []


WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
BESIDE = """[...document.querySelectorAll(".form-row label, .field-row label")].some((label) => {
  const field = label.parentElement.querySelector("input:not([type=checkbox], [type=hidden]), select");
  return field && field.offsetWidth > 0 && field.offsetWidth < 100;
})"""


@pytest.mark.parametrize("path", ["catalog/variant/", "inventory/stocklevel/"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_of_a_row_fits_and_has_room_for_its_fields(
    desk: Page, browser: Watched, path: str, width: int
) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    browser.open(f"/admin/{path}")

    desk.locator("#result_list tbody th a").first.click()
    desk.wait_for_load_state("networkidle")

    assert (desk.evaluate(WIDE), desk.evaluate(BESIDE)) == (False, False)
    assert browser.complaints == []
