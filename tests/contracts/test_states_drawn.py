"""ARCHITECTURE.md draws every status that a row stores, as its TRANSITIONS say."""

from tests.contracts.states import NONE, Graph, drawings, drawn, graphs


def test_the_page_draws_what_the_models_say() -> None:
    said = list(graphs())

    on_the_page = drawn()

    assert on_the_page == drawings(said), "Run: python -m tests.contracts.states"


def test_a_status_is_drawn_under_its_models_name() -> None:
    held = Graph("Hold", "held", {"held": {"released"}})

    text = drawings([held])

    assert text == (
        "### Hold\n\n```mermaid\nstateDiagram-v2\n    [*] --> held\n    held --> released\n    released --> [*]\n```\n"
    )


def test_without_any_the_page_says_so() -> None:
    text = drawings([])

    assert text == NONE
