"""Bodies as the documentation shows them."""

VARIANT = "var_01hzxk3v9q8m2n4p6r7s8t9v0w"
SHIPPING_METHOD = "shm_01hzxk3v9q8m2n4p6r7s8t9v0w"
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "line1": "Friedrichstr. 43",
    "city": "Berlin",
    "postal_code": "10117",
    "country": "DE",
}
OPEN_CART = {
    "country": "DE",
    "currency": "EUR",
    "locale": "en",
    "email": "ada@example.com",
    "lines": [{"variant_id": VARIANT, "quantity": 1}],
    "shipping_address": ADDRESS,
    "codes": ["WELCOME10"],
}
CART_CHANGE = {
    "email": "ada@example.com",
    "shipping_address": ADDRESS,
    "shipping_method_id": SHIPPING_METHOD,
    "country": "DE",
    "currency": "EUR",
    "locale": "en",
    "note": "Please ring twice.",
}
NEW_LINE = {"variant_id": VARIANT, "quantity": 1, "metadata": {"engraving": "Ada"}}
LINE_CHANGE = {"quantity": 2}
COMPLETE = {
    "expected_total": {"amount": 2110, "currency": "EUR"},
    "payment": {"method": "test", "token": "tok_success"},
}
