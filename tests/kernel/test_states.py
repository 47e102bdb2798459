from shop.kernel.states import drawing, unreachable

HOLD = {"held": frozenset({"released", "committed"})}
ORDER = {"draft": {"placed", "cancelled"}, "placed": {"completed"}, "lost": {"placed"}, "adrift": {"lost"}}


def test_every_status_of_a_sound_graph_can_be_reached() -> None:
    assert unreachable(HOLD, start="held") == frozenset()


def test_a_status_that_nothing_leads_to_is_named() -> None:
    assert unreachable(ORDER, start="draft") == {"lost", "adrift"}


def test_a_way_back_does_not_go_round_for_ever() -> None:
    assert unreachable({"on": {"off"}, "off": {"on"}}, start="on") == frozenset()


def test_a_graph_is_drawn_the_same_whenever_it_is_the_same() -> None:
    assert drawing(ORDER, start="draft") == "\n".join(
        [
            "stateDiagram-v2",
            "    [*] --> draft",
            "    adrift --> lost",
            "    draft --> cancelled",
            "    draft --> placed",
            "    lost --> placed",
            "    placed --> completed",
            "    cancelled --> [*]",
            "    completed --> [*]",
        ]
    )
