"""Drawings of clothes."""

from shop.exchange.demo.canvas import DARK, METAL, PALE, Canvas, mirrored

BODY = mirrored([(40, 24), (30, 28), (31, 82), (50, 83)])
SHORT_SLEEVES = mirrored([(38, 24), (28, 27), (15, 46), (25, 52), (33, 44), (50, 50)])
LONG_SLEEVES = mirrored([(38, 24), (28, 27), (20, 48), (14, 78), (22, 80), (33, 48), (50, 50)])
CUFFS = ([(13.5, 74), (22.5, 76), (21.5, 81), (13, 79)], [(86.5, 74), (77.5, 76), (78.5, 81), (87, 79)])


def tee(on: Canvas) -> None:
    on.shape(SHORT_SLEEVES, on.deep, smooth=1)
    on.shape(BODY, smooth=1)
    _collar(on)


def striped_tee(on: Canvas) -> None:
    tee(on)
    for at in range(36, 80, 9):
        on.box(31, at, 69, at + 3.6, PALE, corner=0.5)


def pocket_tee(on: Canvas) -> None:
    tee(on)
    on.shape([(54, 40), (65, 40), (65, 51), (59.5, 54), (54, 51)], on.light, smooth=0)


def sweater(on: Canvas) -> None:
    on.shape(LONG_SLEEVES, on.deep, smooth=1)
    on.shape(BODY, smooth=1)
    on.box(32, 78, 68, 83, on.deep, corner=1.5)
    for cuff in CUFFS:
        on.shape(cuff, on.light, smooth=0)
    _collar(on)


def jumper(on: Canvas) -> None:
    sweater(on)
    for at in range(36, 66, 6):
        on.line([(x, at + (3 if x // 4 % 2 else 0)) for x in range(36, 66, 4)], on.light, width=0.8)


def zip_sweater(on: Canvas) -> None:
    sweater(on)
    on.box(42, 18, 58, 28, on.deep, corner=3)
    on.line([(50, 19), (50, 46)], METAL, width=1)
    on.box(49.2, 45, 50.8, 49, METAL, corner=0.6)


def hoodie(on: Canvas) -> None:
    on.oval(34, 10, 66, 38, on.deep)
    sweater(on)
    on.oval(40, 17, 60, 33, on.deep)
    on.shape([(38, 58), (62, 58), (66, 72), (34, 72)], on.light, smooth=0)
    for x in (47, 53):
        on.line([(x, 32), (x, 46)], PALE, width=0.9)


def jacket(on: Canvas) -> None:
    on.oval(36, 12, 64, 36, on.deep)
    sweater(on)
    on.line([(50, 26), (50, 82)], METAL, width=1.2)
    for x in (35, 56):
        on.box(x, 58, x + 9, 61, on.deep, corner=1)
    on.line([(33, 42), (67, 42)], width=0.8)


def vest(on: Canvas) -> None:
    on.shape(mirrored([(41, 20), (32, 26), (36, 42), (31, 52), (31, 82), (50, 83)]), smooth=1)
    for at in range(40, 82, 9):
        on.line([(33, at), (67, at)], width=0.9)
    on.line([(50, 22), (50, 82)], PALE, width=1.1)
    on.box(41, 17, 59, 25, on.deep, corner=3)


def coat(on: Canvas) -> None:
    on.shape(LONG_SLEEVES, on.deep, smooth=1)
    on.shape(mirrored([(40, 22), (30, 28), (32, 50), (27, 88), (50, 89)]), smooth=1)
    on.shape([(40, 22), (50, 40), (44, 44), (36, 28)], on.light, smooth=0)
    on.shape([(60, 22), (50, 40), (56, 44), (64, 28)], on.light, smooth=0)
    on.line([(50, 40), (50, 88)], width=0.8)
    for at in (50, 60, 70):
        on.oval(52, at, 55, at + 3, DARK)


def beanie(on: Canvas) -> None:
    on.oval(44, 12, 56, 24, on.light)
    on.shape(mirrored([(46, 18), (28, 30), (24, 62), (50, 64)]))
    for x in range(32, 72, 6):
        on.line([(50 + (x - 50) * 0.45, 24), (x, 60)], width=0.8)
    on.box(22, 58, 78, 74, on.deep, corner=5)
    for x in range(28, 76, 6):
        on.line([(x, 60), (x, 72)], on.main, width=0.8)


def cap(on: Canvas) -> None:
    on.shape([(20, 58), (22, 36), (40, 26), (58, 30), (66, 44), (67, 60), (40, 62)])
    on.shape([(60, 54), (86, 60), (92, 66), (80, 68), (56, 63)], on.deep, smooth=2)
    on.line([(42, 27), (46, 60)], width=0.8)
    on.oval(39.5, 24, 44.5, 28.5, on.deep)


def bucket_hat(on: Canvas) -> None:
    on.shape([(34, 30), (66, 30), (72, 56), (28, 56)], smooth=1)
    on.shape([(28, 52), (72, 52), (88, 72), (12, 72)], on.deep, smooth=1)
    on.line([(29, 53), (71, 53)], on.light, width=1)
    for at in (60, 66):
        on.line([(24 - (at - 60) * 0.7, at), (76 + (at - 60) * 0.7, at)], on.main, width=0.6)


def socks(on: Canvas) -> None:
    for left, fill in ((44, on.deep), (28, on.main)):
        on.shape(
            [
                (left, 20),
                (left + 18, 20),
                (left + 18, 56),
                (left + 32, 72),
                (left + 28, 82),
                (left + 12, 80),
                (left, 60),
            ],
            fill,
        )
        on.box(left - 0.5, 18, left + 18.5, 28, on.light, corner=2)
        on.shape([(left + 22, 68), (left + 32, 73), (left + 28, 83), (left + 19, 80)], on.light)


def apron(on: Canvas) -> None:
    on.arc((38, 8, 62, 36), 180, 360, width=2)
    on.shape(mirrored([(38, 22), (38, 40), (24, 48), (24, 86), (50, 87)]), smooth=1)
    on.shape([(36, 58), (64, 58), (64, 74), (36, 74)], on.light, smooth=0)
    on.line([(24, 49), (12, 58)], width=1.6)
    on.line([(76, 49), (88, 58)], width=1.6)


def _collar(on: Canvas) -> None:
    on.oval(41, 19, 59, 31, on.deep)
    on.oval(43, 18, 57, 28, on.light)
