"""What is drawn: twenty objects and scenes; each draws itself with small differences chosen by the generator it is handed."""

import math
from random import Random

from shapes import Drawing, Point, curve, ellipse

GROUNDS = ["mist", "blush", "mint", "butter", "lilac"]
COLOURS = ["red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"]


def a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def cloud(d: Drawing, x: float, y: float, size: float, colour: str = "cloud") -> None:
    outline = ellipse(x - size, y, size * 0.7, size * 0.55, 90, 250, 14)
    outline += ellipse(x - size * 0.2, y - size * 0.35, size * 0.8, size * 0.75, 190, 330, 18)
    outline += ellipse(x + size * 0.9, y, size * 0.75, size * 0.55, 270, 450, 16)
    d.poly(outline, colour)


def clouds(d: Drawing, rng: Random, count: int, top: float = 12, low: float = 30) -> None:
    for i in range(count):
        cloud(d, 14 + 72 * (i + rng.uniform(0.2, 0.8)) / count, rng.uniform(top, low), rng.uniform(5, 8))


def waves(d: Drawing, rng: Random, top: float, rows: int = 4) -> None:
    for row in range(rows):
        y = top + 6 + row * (92 - top) / rows
        for x in range(rng.randint(2, 12), 96, 26):
            w = rng.uniform(8, 13)
            d.line(curve((x, y), (x + w / 3, y - 1.6), (x + 2 * w / 3, y + 1), (x + w, y - 0.6)), "foam", 1.2)


def stars(d: Drawing, rng: Random, count: int, low: float) -> None:
    for _ in range(count):
        d.disc(rng.uniform(3, 97), rng.uniform(3, low), rng.choice([0.5, 0.7, 1.0]), "moon", edge=False)


def shadow(d: Drawing, x: float, y: float, rx: float) -> None:
    d.disc(x, y, rx, "shade", ry=rx * 0.13, edge=False)


def sea(rng: Random) -> Drawing:
    d = Drawing("sky")
    x, y = rng.uniform(30, 70), rng.uniform(34, 50)
    d.disc(x, y, 13, "sun")
    clouds(d, rng, rng.randint(1, 3), 10, 24)
    d.box(-2, 56, 102, 102, "sea")
    d.box(-2, 78, 102, 102, "deep", edge=False)
    for i in range(5):
        w = 11 - i * 1.6
        d.line([(x - w, 60 + i * 4), (x + w, 60 + i * 4)], "sun", 1.4)
    waves(d, rng, 62, 4)
    d.caption = "The sun low over a calm sea"
    return d


def house(rng: Random) -> Drawing:
    d = Drawing("sky")
    clouds(d, rng, rng.randint(1, 3), 10, 22)
    d.poly([*curve((-2, 72), (30, 66), (70, 72), (102, 67)), (102, 102), (-2, 102)], "grass")
    roof = rng.choice(["roof", "blue", "teal", "violet"])
    d.box(66, 26, 73, 46, "stone")
    d.box(26, 48, 74, 82, "wall")
    d.poly([(20, 50), (50, 24), (80, 50)], roof)
    left = rng.random() < 0.5
    door, window = (34, 58) if left else (56, 32)
    d.box(door, 60, door + 11, 82, "door")
    d.disc(door + 8.6, 71.5, 0.9, "yellow")
    d.box(window, 58, window + 12, 70, "glass")
    d.line([(window + 6, 58), (window + 6, 70)], "wall", 1.2)
    d.line([(window, 64), (window + 12, 64)], "wall", 1.2)
    d.poly([(door + 1, 82), (door + 10, 82), (door + 16, 102), (door - 5, 102)], "sand")
    name = {"roof": "red"}.get(roof, roof)
    d.caption = f"A small house with {a(name)} roof on a green hill"
    return d


def tree(rng: Random) -> Drawing:
    d = Drawing("sky")
    d.poly([*curve((-2, 80), (40, 74), (102, 80)), (102, 102), (-2, 102)], "grass")
    shadow(d, 50, 83, 26)
    apples = rng.choice([0, 5, 7])
    d.poly([(46, 84), (48, 56), (52, 56), (55, 84)], "bark")
    d.line([(50, 66), (60, 54)], "bark", 2.6)
    crowns = [(38, 46, 15), (62, 46, 15), (50, 34, 18), (50, 50, 15)]
    d.blob([ellipse(x + rng.uniform(-1.5, 1.5), y, r, r) for x, y, r in crowns], "leaf")
    d.disc(44, 34, 8, "leaf2", edge=False)
    d.disc(58, 44, 6, "leaf2", edge=False)
    for i in range(apples):
        angle = i * 2.4 + rng.uniform(-0.2, 0.2)
        d.disc(50 + 17 * math.cos(angle), 43 + 14 * math.sin(angle), 2.3, "red")
    d.caption = "An apple tree full of red apples in a meadow" if apples else "A round green tree alone in a meadow"
    return d


def boat(rng: Random) -> Drawing:
    d = Drawing("sky")
    clouds(d, rng, rng.randint(1, 2), 10, 20)
    d.box(-2, 66, 102, 102, "sea")
    colour = rng.choice(["red", "orange", "violet", "teal"])
    lean = rng.uniform(-2, 2)
    d.line([(50, 72), (50 + lean, 18)], "bark", 1.6)
    d.poly([(48.5 + lean, 20), *curve((48.5 + lean, 20), (34, 48), (26, 64)), (48.5, 64)], "white")
    d.poly([(52 + lean, 26), *curve((52 + lean, 26), (62, 46), (70, 64)), (52, 64)], "cream")
    d.poly([(50 + lean, 18), (60 + lean, 15), (50 + lean, 12)], colour)
    d.poly([(22, 68), (78, 68), (69, 80), (31, 80)], colour)
    d.box(-2, 79, 102, 102, "deep", edge=False)
    waves(d, rng, 74, 3)
    d.caption = f"{a(colour).capitalize()} sailing boat with white sails on the water"
    return d


def cat(rng: Random) -> Drawing:
    d = Drawing(rng.choice(GROUNDS))
    fur = rng.choice(["orange", "grey", "ink", "cream"])
    inner, nose = "pink", "pink"
    dark_fur = fur == "ink"
    for side in (-1, 1):
        d.poly([(50 + side * 32, 18), (50 + side * 33, 50), (50 + side * 6, 34)], fur)
        d.poly([(50 + side * 28.5, 25), (50 + side * 29, 42), (50 + side * 14, 35)], inner, edge=False)
    d.disc(50, 56, 33, fur, ry=29)
    if fur in ("orange", "grey"):
        for x in (-7, 0, 7):
            d.line([(50 + x, 29), (50 + x * 0.8, 38)], "bark" if fur == "orange" else "stone", 2.2)
    d.disc(50, 69, 13, "cream" if fur != "cream" else "white", ry=10, edge=False)
    for side in (-1, 1):
        d.disc(50 + side * 14, 53, 6, "yellow" if dark_fur else "green", ry=7)
        d.disc(50 + side * 14, 53, 2.2, "ink", ry=6)
        for dy in (-3, 0, 3):
            d.line([(50 + side * 10, 68 + dy * 0.4), (50 + side * 37, 66 + dy * 2)], "stone" if dark_fur else "ink", 0.6)
    d.poly([(46.5, 63), (53.5, 63), (50, 67)], nose)
    d.line(curve((43, 70), (46.5, 72), (50, 67), (53.5, 72), (57, 70)), "ink", 1.1)
    d.caption = f"The face of {a({'ink': 'black', 'cream': 'cream-coloured'}.get(fur, fur))} cat"
    return d


def car(rng: Random) -> Drawing:
    d = Drawing("sky")
    d.poly([*curve((-2, 60), (25, 52), (60, 58), (102, 50)), (102, 80), (-2, 80)], "hill")
    d.box(-2, 74, 102, 102, "stone")
    for x in range(-4, 100, 22):
        d.box(x, 88, x + 12, 90, "cream", edge=False)
    colour = rng.choice(["red", "blue", "yellow", "teal", "orange"])
    shadow(d, 50, 82, 38)
    d.poly([*curve((28, 58), (35, 42), (44, 38), (58, 38), (66, 43), (76, 58))], colour)
    d.box(13, 56, 88, 76, colour, round=7)
    d.poly([(34, 56), (39.5, 44), (50, 43), (50, 56)], "glass")
    d.poly([(54, 56), (54, 43), (62, 44), (70, 56)], "glass")
    d.box(84, 61, 89, 67, "lit", round=2)
    for x in (30, 71):
        d.disc(x, 76, 8.5, "ink")
        d.disc(x, 76, 4, "steel")
    d.caption = f"{a(colour).capitalize()} car on a road in front of hills"
    return d


def flower(rng: Random) -> Drawing:
    d = Drawing(rng.choice(GROUNDS))
    colour = rng.choice(["red", "pink", "violet", "orange", "white", "blue"])
    petals = rng.choice([6, 8, 10])
    d.line(curve((50, 46), (52, 70), (49, 102)), "leaf", 2.6)
    for side, y in ((-1, 74), (1, 82)):
        tip = (50 + side * 24, y - 10)
        d.poly([*curve((51, y + 6), (50 + side * 10, y - 8), tip), *curve(tip, (50 + side * 16, y + 4), (51, y + 6))], "leaf2")
    for i in range(petals):
        angle = 360 * i / petals
        r = math.radians(angle)
        d.disc(50 + 17 * math.cos(r), 40 + 17 * math.sin(r), 12.5, colour, ry=30 / petals * 1.5, turn=angle)
    d.disc(50, 40, 9, "yellow")
    for i in range(6):
        d.disc(50 + 4.5 * math.cos(i * 1.05), 40 + 4.5 * math.sin(i * 1.05), 0.9, "orange", edge=False)
    d.caption = f"{a(colour).capitalize()} flower with {petals} petals and a yellow heart"
    return d


def mountain(rng: Random) -> Drawing:
    d = Drawing("night")
    stars(d, rng, 46, 58)
    x = rng.uniform(20, 80)
    d.disc(x, 22, 9, "moon")
    d.poly([(-2, 76), (22, 44), (44, 70), (62, 48), (102, 82), (102, 102), (-2, 102)], "dusk")
    peak = rng.uniform(42, 58)
    d.poly([(0, 92), (peak, 30), (100, 92), (102, 102), (-2, 102)], "rock")
    cap = [(peak, 30), (peak + 11, 42.5), (peak + 5, 41), (peak + 1, 47), (peak - 4, 41.5), (peak - 10, 43)]
    d.poly(cap, "snow")
    for i in range(9):
        px, h = 3 + i * 11.5 + rng.uniform(-2, 2), rng.uniform(12, 19)
        d.poly([(px - 5, 100), (px, 100 - h), (px + 5, 100)], "ink")
    d.caption = "A snowy mountain at night under the moon and stars"
    return d


def city(rng: Random) -> Drawing:
    night = rng.random() < 0.5
    d = Drawing("night" if night else "blush")
    if night:
        stars(d, rng, 24, 40)
    d.disc(rng.uniform(22, 78), 24, 8, "moon" if night else "sun")
    x = -3.0
    while x < 100:
        w = rng.uniform(9, 15)
        d.box(x, rng.uniform(38, 56), x + w, 102, "dusk" if night else "lilac")
        x += w
    x, tint = -4.0, ["stone", "blue", "rock", "teal"] if not night else ["ink", "rock"]
    while x < 98:
        w, top = rng.uniform(14, 20), rng.uniform(46, 76)
        d.box(x, top, x + w, 102, rng.choice(tint))
        for wy in range(int(top) + 4, 98, 8):
            for k in range(int((w - 3) // 5)):
                if rng.random() < 0.7:
                    d.box(x + 3 + k * 5, wy, x + 5.4 + k * 5, wy + 4, "lit", edge=False)
        x += w + rng.uniform(0, 2)
    d.caption = "A city skyline at night with lit windows" if night else "A city skyline of tall buildings in the evening sun"
    return d


def fruit(rng: Random) -> Drawing:
    d = Drawing(rng.choice(["mist", "mint", "lilac", "blush"]))
    d.box(-2, 76, 102, 102, "sand")
    shadow(d, 50, 88, 34)
    pile = [(32, 50, "red"), (48, 44, "orange"), (66, 49, "green"), (40, 58, "yellow"), (58, 57, "red")]
    rng.shuffle(pile)
    pile.sort(key=lambda f: f[1])
    for x, y, colour in pile:
        d.disc(x, y, 11, colour, ry=10.5)
        d.line(curve((x, y - 9), (x + 1, y - 12), (x + 3, y - 14)), "bark", 1.3)
        if rng.random() < 0.6:
            d.disc(x + 5, y - 13, 3.4, "leaf", ry=1.7, turn=-25)
    bowl = rng.choice(["blue", "teal", "violet", "white"])
    d.poly([*ellipse(50, 60, 34, 28, 0, 180)], bowl)
    d.box(40, 86, 60, 90, bowl, round=2)
    d.caption = f"Apples and oranges in {a(bowl)} bowl on a table"
    return d


def fish(rng: Random) -> Drawing:
    d = Drawing("sea")
    colour = rng.choice(["orange", "yellow", "red", "pink"])
    stripe = "white" if colour != "yellow" else "blue"
    flip = rng.choice([-1, 1])

    def at(*points: Point) -> list[Point]:
        return [(50 + flip * (x - 50), y) for x, y in points]

    for x in (12, 24, 80, 90):
        h = rng.uniform(16, 30)
        d.line(curve((x, 102), (x + 3, 100 - h / 2), (x - 2, 100 - h)), "leaf", 2.6)
    d.poly([*curve((-2, 92), (30, 89), (70, 93), (102, 90)), (102, 102), (-2, 102)], "sand")
    d.poly(at((72, 50), (92, 34), (87, 50), (92, 66)), colour)
    d.poly(at(*curve((40, 36), (50, 22), (62, 36))), colour)
    d.poly([*at(*curve((16, 52), (32, 34), (54, 34), (76, 50))), *at(*curve((76, 50), (54, 68), (32, 68), (16, 52)))], colour)
    for x in (40, 56):
        d.line(at(*curve((x, 36), (x + 4, 51), (x, 66))), stripe, 3.2)
    d.poly(at(*curve((46, 54), (57, 57), (61, 64)), *curve((61, 64), (52, 63), (46, 54))), "red" if colour != "red" else "orange")
    ex = 50 + flip * (28 - 50)
    d.disc(ex, 48, 4, "white")
    d.disc(ex - flip * 0.6, 48, 2, "ink")
    for i in range(4):
        d.disc(50 + flip * (10 - 50) + i * 1.5, 40 - i * 9, 1.4 + i * 0.5, "foam")
    d.caption = f"{a(colour).capitalize()} striped fish swimming among water plants"
    return d


def balloon(rng: Random) -> Drawing:
    d = Drawing("sky")
    clouds(d, rng, 3, 14, 66)
    d.poly([*curve((-2, 92), (30, 86), (70, 93), (102, 88)), (102, 102), (-2, 102)], "hill")
    one, two = rng.sample(["red", "yellow", "blue", "violet", "teal", "orange"], 2)
    x = rng.uniform(44, 56)
    for side in (-1, 1):
        d.line([(x + side * 10, 58), (x + side * 4.5, 74)], "bark", 0.9)
    full = [*ellipse(x, 36, 25, 25, 155, 385, 40), (x + 7, 62), (x - 7, 62)]
    d.poly(full, one)
    d.poly([*ellipse(x, 36, 15.5, 25, 150, 390, 40), (x + 4.5, 62), (x - 4.5, 62)], two)
    d.poly([*ellipse(x, 36, 6, 25, 150, 390, 40), (x + 2, 62), (x - 2, 62)], one)
    d.box(x - 5.5, 73, x + 5.5, 81, "bark", round=1.5)
    d.caption = f"A hot-air balloon striped {one} and {two} high above the hills"
    return d


def clock(rng: Random) -> Drawing:
    d = Drawing(rng.choice(GROUNDS))
    rim = rng.choice(["ink", "red", "teal", "blue", "orange"])
    shadow(d, 50, 91, 26)
    hour = rng.randint(1, 12)
    d.disc(50, 50, 36, rim)
    d.disc(50, 50, 31, "cream")
    for i in range(12):
        t = math.radians(30 * i)
        inner = 25 if i % 3 == 0 else 27
        d.line([(50 + inner * math.sin(t), 50 - inner * math.cos(t)), (50 + 29 * math.sin(t), 50 - 29 * math.cos(t))], "ink", 2 if i % 3 == 0 else 1)
    t = math.radians(30 * hour)
    d.line([(50, 50), (50 + 15 * math.sin(t), 50 - 15 * math.cos(t))], "ink", 3.0)
    d.line([(50, 50), (50, 26)], "ink", 2.5)
    d.disc(50, 50, 2.4, "red")
    names = "one two three four five six seven eight nine ten eleven twelve".split()
    d.caption = f"A round wall clock showing {names[hour - 1]} o'clock"
    return d


def umbrella(rng: Random) -> Drawing:
    d = Drawing(rng.choice(["mist", "lilac", "sky"]))
    one, two = rng.sample(["red", "yellow", "teal", "violet", "blue", "pink"], 2)
    for _ in range(26):
        x, y = rng.uniform(0, 100), rng.uniform(0, 92)
        d.line([(x, y), (x - 1.4, y + 5)], "blue", 0.8)
    d.line([(50, 20), (50, 80)], "bark", 2.0)
    d.line(ellipse(45, 80, 5, 6, 0, 180, 20), "bark", 2.4)
    top = ellipse(50, 50, 38, 34, 180, 360, 40)
    scallops = [p for i in range(4) for p in ellipse(50 + 28.5 - 19 * i, 50, 9.5, 5, 0, -180, 12)]
    d.poly([*top, *scallops], one)
    d.poly([*ellipse(50, 50, 19, 34, 180, 360, 30), *[p for i in range(2) for p in ellipse(59.5 - 19 * i, 50, 9.5, 5, 0, -180, 12)]], two)
    d.line([(50, 16), (50, 12)], "bark", 2.0)
    d.caption = f"An open umbrella, {one} and {two}, in the rain"
    return d


def bird(rng: Random) -> Drawing:
    d = Drawing("sky")
    colour = rng.choice(["red", "blue", "yellow", "teal", "violet"])
    clouds(d, rng, 1, 14, 20)
    d.line(curve((-2, 80), (30, 76), (70, 79), (102, 74)), "bark", 3.4)
    for x, y in ((16, 73), (84, 70), (92, 82)):
        d.disc(x, y, 6, "leaf", ry=2.8, turn=rng.uniform(-40, 20))
    for x in (46, 52):
        d.line([(x, 66), (x, 77)], "orange", 1.4)
    tail, body, head = [(28, 60), (10, 70), (14, 75), (36, 66)], ellipse(47, 54, 21, 16, turn=-18), ellipse(63, 37, 12, 12)
    d.blob([tail, body, head], colour)
    d.disc(56, 60, 11, "cream", ry=8, turn=-30, edge=False)
    d.poly([*curve((32, 50), (44, 44), (54, 50)), *curve((54, 50), (44, 66), (26, 66), (32, 50))], "ink" if colour == "yellow" else "dusk")
    d.poly([(74, 34), (84, 38), (74, 41)], "orange")
    d.disc(66, 35, 2.1, "white")
    d.disc(66.5, 35, 1.2, "ink")
    d.caption = f"A small {colour} bird sitting on a branch"
    return d


def cup(rng: Random) -> Drawing:
    d = Drawing(rng.choice(["mist", "blush", "mint", "lilac"]))
    d.box(-2, 74, 102, 102, "bark" if rng.random() < 0.4 else "sand")
    colour = rng.choice(["red", "teal", "blue", "yellow", "orange", "pink"])
    shadow(d, 50, 86, 34)
    d.disc(48, 83, 32, "steel", ry=5)
    d.line(ellipse(71, 60, 10, 9, -100, 110, 24), colour, 4)
    d.poly([(24, 46), (72, 46), *curve((72, 46), (69, 70), (58, 81)), (38, 81), *curve((38, 81), (27, 70), (24, 46))], colour)
    d.disc(48, 46, 24, "cream", ry=5)
    d.disc(48, 46.6, 21, "bark", ry=3.8)
    for i in range(3):
        x = 38 + i * 10
        d.line(curve((x, 37), (x + 3, 31), (x - 2, 25), (x + 2, 18)), "white" if d.ground != "mist" else "grey", 1.8)
    d.caption = f"A steaming cup of coffee, {colour}, on a saucer"
    return d


def train(rng: Random) -> Drawing:
    d = Drawing("sky")
    colour = rng.choice(["red", "green", "blue", "violet"])
    d.poly([*curve((-2, 62), (30, 50), (70, 60), (102, 52)), (102, 90), (-2, 90)], "hill")
    d.box(-2, 84, 102, 102, "sand")
    for x in range(-2, 102, 9):
        d.box(x, 86, x + 5, 90, "bark", edge=False)
    d.line([(-2, 86), (102, 86)], "stone", 1.8)
    for i in range(3):
        cloud(d, 78 - i * 20, 26 - i * 6, 4 + i * 1.8)
    d.box(76, 38, 82, 54, "ink")
    d.box(72, 34, 86, 39, "ink", round=1.5)
    d.box(46, 52, 92, 74, colour, round=8)
    d.box(22, 36, 50, 74, colour)
    d.box(18, 32, 54, 38, "ink", round=2)
    d.box(27, 43, 45, 56, "glass")
    d.box(18, 72, 92, 77, "ink")
    d.poly([(92, 70), (100, 82), (88, 82)], "stone")
    d.disc(91, 58, 3, "lit")
    for x, r in ((32, 8), (56, 6), (70, 6), (84, 6)):
        d.disc(x, 85 - r, r, "rock")
        d.disc(x, 85 - r, r * 0.4, "steel")
    d.caption = f"{a(colour).capitalize()} steam locomotive on the rails"
    return d


LETTERS: dict[str, list[list[Point]]] = {
    "A": [[(26, 80), (50, 20), (74, 80)], [(36, 60), (64, 60)]],
    "E": [[(70, 20), (32, 20), (32, 80), (70, 80)], [(32, 50), (62, 50)]],
    "K": [[(32, 20), (32, 80)], [(70, 20), (34, 52)], [(46, 44), (72, 80)]],
    "M": [[(24, 80), (26, 20), (50, 58), (74, 20), (76, 80)]],
    "R": [[(32, 80), (32, 20), *ellipse(50, 36, 20, 16, -90, 90, 24), (32, 52)], [(50, 52), (70, 80)]],
    "S": [curve((70, 30), (54, 19), (34, 27), (40, 45), (60, 54), (68, 68), (52, 81), (30, 72))],
}
DIGITS: dict[str, list[list[Point]]] = {
    "2": [curve((30, 36), (40, 20), (62, 22), (68, 40), (50, 62), (30, 80)) + [(72, 80)]],
    "3": [curve((30, 28), (48, 19), (66, 30), (62, 45), (48, 49)) + curve((48, 49), (66, 54), (69, 68), (50, 81), (29, 72))],
    "4": [[(62, 82), (62, 20), (26, 64), (76, 64)]],
    "5": [[(68, 20), (36, 20), (33, 46)] + curve((33, 46), (52, 41), (70, 54), (66, 74), (46, 81), (28, 73))],
    "7": [[(28, 20), (72, 20), (44, 82)]],
    "8": [ellipse(50, 35, 16, 15, -90, 270, 40), ellipse(50, 65, 20, 16, -90, 270, 40)],
}


def glyph(rng: Random, table: dict[str, list[list[Point]]], which: int, noun: str) -> Drawing:
    name = sorted(table)[which % len(table)]
    d = Drawing(rng.choice(GROUNDS))
    colour = rng.choice(COLOURS)
    lean, lift = rng.uniform(-0.12, 0.12), rng.uniform(-3, 3)
    d.lines([[(x - lean * (y - 50), y + lift) for x, y in path] for path in table[name]], colour, rng.uniform(9, 13))
    d.caption = f"The {noun} {name} in {colour}"
    return d


def letter(rng: Random, which: int) -> Drawing:
    return glyph(rng, LETTERS, which, "capital letter")


def digit(rng: Random, which: int) -> Drawing:
    return glyph(rng, DIGITS, which, "digit")


def pattern(rng: Random, which: int) -> Drawing:
    one, two = rng.sample(COLOURS, 2)
    d = Drawing("cream")
    match which % 6:
        case 0:
            for x in range(-100, 110, 20):
                d.poly([(x, -2), (x + 10, -2), (x + 114, 102), (x + 104, 102)], one if x % 40 else two)
            d.caption = f"Diagonal stripes in {one} and {two}"
        case 1:
            for row in range(6):
                for column in range(6):
                    d.disc(10 + column * 16 + (row % 2) * 4 - 2, 10 + row * 16, 4.6, one if (row + column) % 2 else two)
            d.caption = f"A grid of dots in {one} and {two}"
        case 2:
            for row in range(5):
                for column in range(5):
                    x, y, colour = column * 20, row * 20, rng.choice([one, two, "cream"])
                    d.poly([(x, y), (x + 20, y), (x, y + 20)], colour)
            d.caption = f"A pattern of triangles in {one} and {two}"
        case 3:
            for row in range(-1, 10):
                y = row * 12
                wave = [(x, y + 3.5 * math.sin(x / 8 + row)) for x in range(-4, 106, 2)]
                d.lines([wave], one if row % 2 else two, 5)
            d.caption = f"Wavy lines in {one} and {two}"
        case 4:
            for row in range(6):
                for column in range(6):
                    if (row + column) % 2:
                        d.box(column * 16.7, row * 16.7, column * 16.7 + 16.7, row * 16.7 + 16.7, one if row % 2 else two)
            d.caption = f"A chequered board in {one}, {two} and cream"
        case _:
            for i, r in enumerate(range(58, 4, -9)):
                d.disc(50, 50, r, [one, "cream", two, "cream"][i % 4])
            d.caption = f"Rings inside rings in {one} and {two}"
    return d


# Name and scene; those of the second table draw another member of their kind each time.
SCENES = [
    ("sea", sea), ("house", house), ("tree", tree), ("boat", boat), ("cat", cat), ("car", car), ("flower", flower),
    ("mountain", mountain), ("city", city), ("fruit", fruit), ("fish", fish), ("balloon", balloon), ("clock", clock),
    ("umbrella", umbrella), ("bird", bird), ("cup", cup), ("train", train),
]  # fmt: skip
FAMILIES = [("letter", letter), ("digit", digit), ("pattern", pattern)]
