"""The layers: what the contract says, what the packages say and what ARCHITECTURE.md draws are one thing."""

from tests.contracts.layers import described, drawing, drawn, layers


def test_the_page_draws_the_contract() -> None:
    on_the_page = drawn()

    assert on_the_page == drawing(), "Run: make layers"


def test_what_the_packages_say_is_where_the_contract_puts_them() -> None:
    numbers = [{described(package)[0] for package in layer} for layer in layers()]

    assert numbers == [{10}, {9}, {8}, {7}, {6}, {5}, {4}, {3}, {2}, {2}, {1}, {0}]
