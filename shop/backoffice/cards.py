"""Figures on the dashboard."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One figure, what it means, and the list behind it."""

    title: str
    figure: int | str
    note: str
    href: str
    icon: str
    is_alarming: bool = False
