"""A canvas for flat shapes, with a grid of 100 by 100 whose origin is at the top left."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageColor, ImageDraw

SIDE: Final = 600
FINE: Final = 2
"""The scale at which it is drawn before it is scaled down, which smooths the edges."""
PAPER: Final = (250, 248, 244)
WOOD, PALE, DARK, METAL = "#c99b66", "#f6f1e7", "#40372f", "#c3c7cb"

Colour = tuple[int, int, int]
Points = Sequence[tuple[float, float]]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Mix two colors; `share` is the part of the other one, 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def rounded(points: Points, times: int = 3) -> Points:
    """Smooth a closed outline (Chaikin's corner cutting)."""
    for _ in range(times):
        cut = []
        for (x, y), (to_x, to_y) in zip(points, [*points[1:], points[0]], strict=True):
            cut.append((0.75 * x + 0.25 * to_x, 0.75 * y + 0.25 * to_y))
            cut.append((0.25 * x + 0.75 * to_x, 0.25 * y + 0.75 * to_y))
        points = cut
    return points


def mirrored(points: Points) -> Points:
    """Complete the left half of an outline, given from top to bottom, with its mirror image."""
    return [*points, *((100 - x, y) for x, y in reversed(points))]


class Canvas:
    """A canvas, with a color in three shades."""

    def __init__(self, colour: str) -> None:
        self.main = ImageColor.getrgb(colour)[:3]
        self.deep = mixed(self.main, (0, 0, 0), 0.22)
        self.light = mixed(self.main, (255, 255, 255), 0.28)
        self._image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), PAPER)
        self._pen = ImageDraw.Draw(self._image)
        self.oval(10, 8, 90, 88, mixed(PAPER, self.main, 0.16))
        self.oval(22, 84, 78, 91, mixed(PAPER, (60, 50, 40), 0.16))

    def shape(self, points: Points, fill: str | Colour | None = None, *, smooth: int = 2) -> None:
        """Draw a filled outline, smoothed `smooth` times."""
        outline = [(self._at(x), self._at(y)) for x, y in rounded(points, smooth)]
        self._pen.polygon(outline, fill=fill or self.main)

    def oval(self, left: float, top: float, right: float, bottom: float, fill: str | Colour | None = None) -> None:
        self._pen.ellipse([self._at(each) for each in (left, top, right, bottom)], fill=fill or self.main)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: str | Colour | None = None,
        *,
        corner: float = 2,
    ) -> None:
        """Draw a rectangle with rounded corners."""
        around = [self._at(each) for each in (left, top, right, bottom)]
        self._pen.rounded_rectangle(around, radius=self._at(corner), fill=fill or self.main)

    def line(self, points: Points, fill: str | Colour | None = None, *, width: float = 1) -> None:
        stroke = [(self._at(x), self._at(y)) for x, y in points]
        self._pen.line(stroke, fill=fill or self.deep, width=round(self._at(width)), joint="curve")

    def arc(
        self,
        around: tuple[float, float, float, float],
        start: float,
        end: float,
        fill: str | Colour | None = None,
        *,
        width: float = 1,
    ) -> None:
        """Draw a part of an ellipse's line, in degrees clockwise from three o'clock."""
        box = [self._at(each) for each in around]
        self._pen.arc(box, start, end, fill=fill or self.deep, width=round(self._at(width)))

    def picture(self) -> bytes:
        """Return the canvas as a WebP file."""
        written = BytesIO()
        self._image.reduce(FINE).save(written, "WEBP", quality=82, method=2)
        return written.getvalue()

    def _at(self, units: float) -> float:
        return units * SIDE * FINE / 100
