"""Drawings of everything else."""

from shop.exchange.demo.canvas import DARK, METAL, PALE, WOOD, Canvas, mirrored


def mug(on: Canvas) -> None:
    on.arc((58, 40, 84, 68), 0, 360, on.deep, width=4.5)
    on.box(26, 30, 68, 82, corner=7)
    on.box(26, 64, 68, 82, on.deep, corner=7)
    on.oval(26, 26, 68, 37, on.light)
    on.oval(29, 28, 65, 35.5, "#5b3d2b")


def cup(on: Canvas) -> None:
    on.oval(18, 72, 82, 86, on.deep)
    on.oval(24, 72, 76, 82, on.light)
    on.arc((60, 46, 80, 66), 0, 360, on.deep, width=3.5)
    on.shape([(30, 40), (68, 40), (64, 76), (36, 76)], smooth=1)
    on.oval(30, 36, 68, 45, on.light)
    on.oval(33, 38, 65, 43.5, "#4a2f20")


def bowl(on: Canvas) -> None:
    on.shape([(16, 44), (84, 44), (74, 74), (58, 82), (42, 82), (26, 74)], smooth=2)
    on.box(38, 78, 62, 85, on.deep, corner=2)
    on.oval(15, 36, 85, 54, on.light)
    on.oval(19, 39, 81, 52, on.deep)


def carafe(on: Canvas) -> None:
    on.shape(mirrored([(42, 14), (43, 38), (28, 58), (28, 84), (50, 85)]), on.light, smooth=2)
    on.shape(mirrored([(38, 56), (30, 64), (30, 82), (50, 83)]), on.main, smooth=1)
    on.oval(41, 12, 59, 18, on.deep)
    on.line([(36, 62), (35, 78)], PALE, width=1.6)


def board(on: Canvas) -> None:
    on.box(24, 22, 76, 86, WOOD, corner=6)
    for at in range(32, 84, 10):
        on.line([(25, at), (75, at)], "#b88754", width=0.7)
    on.oval(45, 26, 55, 36, PALE)
    on.box(30, 42, 70, 80, on.main, corner=3)


def towel(on: Canvas) -> None:
    on.box(14, 20, 86, 24, WOOD, corner=2)
    on.box(28, 20, 72, 84, corner=2)
    on.box(28, 20, 50, 74, on.light, corner=2)
    for at in (66, 71):
        on.box(28, at, 72, at + 2, PALE, corner=0.4)


def jar(on: Canvas) -> None:
    on.box(28, 32, 72, 86, "#dbe4e4", corner=8)
    on.box(31, 52, 69, 83, on.main, corner=6)
    on.box(30, 22, 70, 35, WOOD, corner=3)
    on.box(38, 60, 62, 74, PALE, corner=2)
    on.line([(35, 40), (35, 78)], "#ffffff", width=1.4)


def blanket(on: Canvas) -> None:
    for at, fill in ((66, on.deep), (50, on.main), (34, on.light)):
        on.box(18, at, 82, at + 17, fill, corner=8)
    for x in range(22, 82, 5):
        on.line([(x, 38), (x + 3, 43), (x, 48)], on.main, width=0.8)
    for x in range(24, 80, 4):
        on.line([(x, 83), (x, 87)], on.deep, width=0.8)


def cushion(on: Canvas) -> None:
    on.shape([(18, 22), (50, 28), (82, 22), (77, 52), (82, 84), (50, 79), (18, 84), (23, 52)], smooth=1)
    on.shape([(28, 32), (50, 36), (72, 32), (69, 52), (72, 74), (50, 70), (28, 74), (31, 52)], on.light, smooth=1)
    on.line([(32, 38), (68, 70)], on.main, width=0.8)
    on.line([(68, 38), (32, 70)], on.main, width=0.8)


def lamp(on: Canvas) -> None:
    on.box(47, 48, 53, 66, METAL, corner=1)
    on.shape(mirrored([(44, 62), (34, 72), (36, 85), (50, 86)]), smooth=2)
    on.shape([(36, 16), (64, 16), (78, 50), (22, 50)], PALE, smooth=0)
    on.shape([(36, 16), (46, 16), (38, 50), (22, 50)], "#fffaf0", smooth=0)


def candle(on: Canvas) -> None:
    on.shape([(50, 14), (55, 27), (50, 34), (45, 27)], "#f2b54a", smooth=2)
    on.line([(50, 30), (50, 42)], DARK, width=0.9)
    on.box(30, 40, 70, 86, corner=6)
    on.oval(30, 36, 70, 46, PALE)
    on.box(37, 56, 63, 72, PALE, corner=1.5)
    on.line([(42, 64), (58, 64)], on.deep, width=1)


def pot(on: Canvas) -> None:
    for leaf in ([(50, 52), (30, 34), (34, 14), (48, 34)], [(50, 52), (70, 36), (68, 18), (53, 34)]):
        on.shape(leaf, "#66784a", smooth=2)
    on.shape([(50, 54), (42, 30), (50, 8), (58, 30)], "#7f9460", smooth=2)
    on.shape([(30, 54), (70, 54), (64, 86), (36, 86)], smooth=1)
    on.box(27, 50, 73, 60, on.deep, corner=2)


def vase(on: Canvas) -> None:
    on.line([(50, 46), (52, 16)], "#66784a", width=1.2)
    for left, top in ((45, 8), (53, 9), (48, 14), (42, 14), (55, 15)):
        on.oval(left, top, left + 8, top + 8, "#e7c2b0")
    on.shape(mirrored([(45, 40), (46, 50), (32, 66), (38, 86), (50, 87)]), smooth=2)
    on.oval(44.5, 39, 55.5, 44, on.deep)


def clock(on: Canvas) -> None:
    on.oval(16, 14, 84, 82, WOOD)
    on.oval(20, 18, 80, 78, on.main)
    hand = PALE if sum(on.main) < 380 else DARK
    for at in range(0, 360, 30):
        on.arc((24, 22, 76, 74), at - 1.2, at + 1.2, hand, width=4)
    on.line([(50, 48), (50, 28)], hand, width=1.6)
    on.line([(50, 48), (64, 56)], hand, width=1.6)
    on.oval(48, 46, 52, 50, hand)


def backpack(on: Canvas) -> None:
    on.arc((42, 8, 58, 26), 180, 360, width=2.4)
    on.box(28, 24, 72, 86, corner=10)
    on.box(28, 20, 72, 34, on.light, corner=4)
    on.box(33, 54, 67, 80, on.deep, corner=5)
    on.line([(33, 60), (67, 60)], METAL, width=1)
    on.box(46, 30, 54, 44, DARK, corner=1.2)


def tote(on: Canvas) -> None:
    on.arc((36, 8, 64, 64), 180, 360, on.deep, width=2.6)
    on.shape([(22, 36), (78, 36), (74, 86), (26, 86)], smooth=0)
    on.line([(22.5, 41), (77.5, 41)], on.light, width=0.9)
    on.oval(40, 52, 60, 72, on.light)
    on.shape([(50, 54), (57, 68), (43, 68)], on.deep, smooth=1)


def duffel(on: Canvas) -> None:
    on.arc((32, 22, 68, 62), 180, 360, "#7a5230", width=2.4)
    on.box(14, 42, 86, 82, corner=14)
    on.line([(22, 47), (78, 47)], METAL, width=1.1)
    for x in (32, 65):
        on.box(x, 42, x + 3.4, 82, "#7a5230", corner=0.6)
    on.box(42, 60, 58, 72, on.light, corner=2)


def pouch(on: Canvas) -> None:
    on.arc((14, 20, 86, 74), 180, 360, on.deep, width=2.6)
    on.shape([(18, 44), (82, 44), (78, 72), (60, 80), (40, 80), (22, 72)], smooth=2)
    on.line([(26, 52), (74, 52)], METAL, width=1.2)
    on.box(68, 51, 71, 58, METAL, corner=0.8)


def bottle(on: Canvas) -> None:
    on.box(43, 10, 57, 22, METAL, corner=2)
    on.shape(mirrored([(44, 21), (37, 29), (36, 44), (50, 46)]), smooth=1)
    on.box(36.5, 36, 63.5, 88, corner=5)
    on.box(36.5, 52, 63.5, 66, on.light, corner=1)
    on.line([(41, 36), (41, 80)], on.light, width=1.2)


def flask(on: Canvas) -> None:
    on.box(36, 10, 64, 30, METAL, corner=4)
    on.box(34, 28, 66, 88, corner=6)
    on.box(34, 34, 66, 38, on.deep, corner=0.5)
    on.arc((58, 42, 78, 72), 270, 90, DARK, width=3)


def notebook(on: Canvas) -> None:
    on.box(30, 18, 78, 86, PALE, corner=3)
    on.box(26, 16, 74, 84, corner=3)
    on.box(26, 16, 33, 84, on.deep, corner=2)
    on.box(64, 16, 67, 84, on.light, corner=0.4)
    on.box(40, 30, 58, 42, PALE, corner=1)


def pencils(on: Canvas) -> None:
    for at in range(6):
        x = 24 + at * 9
        on.box(x, 32, x + 6, 86, on.main if at % 2 else on.deep, corner=0.6)
        on.shape([(x, 33), (x + 6, 33), (x + 3, 18)], "#e8cfa6", smooth=0)
        on.shape([(x + 1.9, 23.5), (x + 4.1, 23.5), (x + 3, 18)], DARK, smooth=0)
    on.box(20, 58, 80, 88, PALE, corner=2)
    on.line([(30, 72), (70, 72)], on.deep, width=1.4)


def tray(on: Canvas) -> None:
    on.box(14, 36, 86, 78, WOOD, corner=5)
    on.box(18, 40, 82, 57, on.light, corner=2.5)
    for left, right in ((18, 48), (52, 82)):
        on.box(left, 60, right, 74, on.deep, corner=2.5)
    on.line([(24, 50), (70, 46)], DARK, width=1.6)


def pen(on: Canvas) -> None:
    on.shape([(22, 74), (70, 20), (77, 26), (29, 80)], smooth=0)
    on.shape([(22, 74), (29, 80), (18, 86)], METAL, smooth=0)
    on.line([(62, 34), (72, 24)], METAL, width=2)
    on.shape([(44, 49), (47.5, 45), (54.5, 51), (51, 55)], METAL, smooth=0)


def gift(on: Canvas) -> None:
    on.box(20, 42, 80, 86, corner=3)
    on.box(16, 34, 84, 48, on.deep, corner=3)
    on.box(45, 34, 55, 86, PALE, corner=0.5)
    for loop in ([(50, 35), (30, 32), (28, 18), (42, 18)], [(50, 35), (70, 32), (72, 18), (58, 18)]):
        on.shape(loop, on.light, smooth=2)
