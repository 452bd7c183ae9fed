"""Six ways to paint a drawing: flat, outline, sketchy, dark, pastel and pixel."""

import math
from random import Random

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from shapes import Drawing, Point, Shape, ellipse

SIDE = 288  # of the finished picture, in pixels
OVER = 4  # painted this many times larger, then reduced

Colour = tuple[int, int, int]

FLAT = {
    "sky": "#c3e4ee", "cloud": "#f8fbfb", "sun": "#f7c04a", "sea": "#5aa9c4", "deep": "#2f7d9f", "foam": "#d8eff3",
    "sand": "#efd9a8", "grass": "#9cc98a", "hill": "#7fb57c", "leaf": "#4f9768", "leaf2": "#69ae79", "bark": "#8a6248",
    "wall": "#f8edda", "roof": "#cc664a", "door": "#6d5280", "glass": "#a6d6e2", "stone": "#8792a1", "rock": "#6c7889",
    "snow": "#f7fafc", "ink": "#2f3643", "red": "#d6534e", "orange": "#ec8a48", "yellow": "#f3c14f", "green": "#68ae83",
    "teal": "#3ea39d", "blue": "#4976be", "violet": "#876cb2", "pink": "#e88fa8", "cream": "#fbf4e6", "grey": "#b6bec7",
    "night": "#2b3859", "dusk": "#46557f", "moon": "#f9efcb", "mist": "#dbeaf0", "blush": "#f9e0da", "mint": "#d9eedf",
    "butter": "#fcefcb", "lilac": "#e6dff1", "white": "#ffffff", "lit": "#ffe2a0", "steel": "#d5dbe1",
}  # fmt: skip

NIGHTFALL = {
    "sky": "#1d2740", "cloud": "#3a4768", "sun": "#f2a65a", "sea": "#24486b", "deep": "#17324f", "foam": "#4b7697",
    "sand": "#5f5a63", "grass": "#2b4a4a", "hill": "#223c42", "leaf": "#3f7d6a", "leaf2": "#4f957a", "bark": "#6f5548",
    "wall": "#4a5574", "roof": "#8c4f57", "door": "#2a2f47", "glass": "#ffd98c", "stone": "#55617c", "rock": "#3b4662",
    "snow": "#c9d6e8", "ink": "#0d1220", "cream": "#d9d2c3", "night": "#141b30", "dusk": "#1d2740", "moon": "#f6e7b4",
    "mist": "#1b2333", "blush": "#2b2230", "mint": "#1a2b2c", "butter": "#2c281f", "lilac": "#262238", "white": "#dfe5ee",
    "lit": "#ffd98c", "steel": "#8592aa", "grey": "#6b768c",
}  # fmt: skip

PAPER, INK = (250, 248, 243), (47, 52, 62)


def rgb(text: str) -> Colour:
    return ImageColor.getrgb(text)[:3]


def mix(a: Colour, b: Colour, share: float) -> Colour:
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b))


def shaded(colours: dict[str, Colour], ground: str, ink: Colour) -> dict[str, Colour]:
    """Adds the colour of a soft shadow on this ground."""
    return {**colours, "shade": mix(colours[ground], ink, 0.13)}


FLAT_RGB = {name: rgb(text) for name, text in FLAT.items()}
DARK_RGB = {name: rgb(NIGHTFALL[name]) if name in NIGHTFALL else mix(c, (20, 24, 40), 0.12) for name, c in FLAT_RGB.items()}
PASTEL_RGB = {name: mix(c, (255, 252, 250), 0.38) for name, c in FLAT_RGB.items()} | {
    "ink": rgb("#767b9e"), "night": rgb("#9fabd8"), "dusk": rgb("#b4bde6"), "rock": rgb("#a3a9cc"), "stone": rgb("#b7bdd6"),
}  # fmt: skip


def paint_shape(draw: ImageDraw.ImageDraw, shape: Shape, colour: Colour | int, scale: float, grow: float = 0.0) -> None:
    """Fills a shape; `grow` widens it on every side."""
    for path in shape.paths:
        points = [(x * scale, y * scale) for x, y in path]
        if shape.width:
            thick(draw, points, colour, (shape.width + 2 * grow) * scale)
        else:
            draw.polygon(points, colour)
            if grow:
                thick(draw, [*points, points[0]], colour, 2 * grow * scale)


def thick(draw: ImageDraw.ImageDraw, points: list[Point], colour: Colour | int, width: float) -> None:
    """A line with round ends and joints."""
    draw.line(points, colour, max(1, round(width)))
    r = width / 2
    if r >= 1:
        for x, y in points:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def filled(drawing: Drawing, colours: dict[str, Colour], side: int, thinnest: float = 0.0) -> Image.Image:
    """Every shape in its colour, strokes no thinner than told."""
    image = Image.new("RGB", (side, side), colours[drawing.ground])
    draw = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        grow = max(0.0, thinnest - shape.width) / 2 if shape.width else 0.0
        paint_shape(draw, shape, colours[shape.colour], side / 100, grow)
    return image


def flat(drawing: Drawing, _: Random) -> Image.Image:
    image = filled(drawing, shaded(FLAT_RGB, drawing.ground, rgb(FLAT["ink"])), SIDE * OVER)
    return reduce(image)


def outline(drawing: Drawing, _: Random) -> Image.Image:
    """Coloured lines on paper; nothing is filled but the smallest marks."""
    scale = SIDE * OVER / 100
    image = Image.new("RGB", (SIDE * OVER, SIDE * OVER), PAPER)
    draw = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        colour = FLAT_RGB.get(shape.colour, PAPER)
        light = sum(colour) > 600
        line = mix(colour, INK, 0.55 if light else 0.12)
        if shape.width and shape.width < 2.4:
            paint_shape(draw, shape, line, scale, 0.55 - shape.width / 2)
        elif shape.edge:
            paint_shape(draw, shape, line, scale, 1.05)
            paint_shape(draw, shape, PAPER, scale)
        else:
            paint_shape(draw, shape, line if area(shape) < 12 else PAPER, scale)
    return reduce(image)


def sketchy(drawing: Drawing, rng: Random) -> Image.Image:
    """Coloured pencil: a thin wash, hatching, and a line that is drawn twice and never quite the same."""
    side = SIDE * 2
    scale = side / 100
    colours = shaded(FLAT_RGB, drawing.ground, rgb(FLAT["ink"]))
    wash = 0.18 if sum(colours[drawing.ground]) > 450 else 0.6
    image = Image.new("RGB", (side, side), mix(PAPER, colours[drawing.ground], wash))
    hatch(image, Image.new("L", (side, side), 255), mix(colours[drawing.ground], PAPER, 0.35 if wash < 0.5 else 0), rng, 7, 1)
    for shape in drawing.shapes:
        colour = colours[shape.colour]
        mask = Image.new("L", (side, side), 0)
        paint_shape(ImageDraw.Draw(mask), shape, 255, scale)
        image.paste(mix(PAPER, colour, 0.45), mask=mask)
        hatch(image, mask, mix(colour, INK, 0.08), rng, 5 if area(shape) < 1500 else 7, 2)
        if not shape.edge or shape.colour == "shade":
            continue
        draw = ImageDraw.Draw(image)
        line = mix(colour, INK, 0.72)
        if shape.width >= 2.4 or (not shape.width and len(shape.paths) > 1):
            rim = Image.new("L", (side, side), 0)
            paint_shape(ImageDraw.Draw(rim), shape, 255, scale, 0.25)
            image.paste(line, mask=ImageChops.subtract(rim, mask))
            continue
        for path in shape.paths:
            for _ in range(2):
                points = wobble(path if shape.width else [*path, path[0]], rng)
                draw.line([(x * scale, y * scale) for x, y in points], line, 2, joint="curve")
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def hatch(image: Image.Image, mask: Image.Image, colour: Colour, rng: Random, gap: int, width: int) -> None:
    side = image.width
    lines = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(lines)
    slope = math.tan(math.radians(rng.choice([38, 45, 52])))
    y = -side * slope
    while y < side:
        draw.line([(0, y + rng.uniform(-1, 1)), (side, y + side * slope + rng.uniform(-2, 2))], 255, width)
        y += gap * rng.uniform(0.8, 1.3)
    image.paste(colour, mask=ImageChops.darker(lines, mask))


def wobble(path: list[Point], rng: Random) -> list[Point]:
    """The path as an unsteady hand draws it: cut into short pieces, pushed about by a slow wave."""
    fine = [path[0]]
    for (x0, y0), (x1, y1) in zip(path, path[1:]):
        n = max(1, int(math.hypot(x1 - x0, y1 - y0) / 3))
        fine += [(x0 + (x1 - x0) * i / n, y0 + (y1 - y0) * i / n) for i in range(1, n + 1)]
    a, b, f = rng.uniform(0, 6.3), rng.uniform(0, 6.3), rng.uniform(0.15, 0.3)
    return [(x + 0.45 * math.sin(a + i * f) + rng.uniform(-0.08, 0.08), y + 0.45 * math.cos(b + i * f)) for i, (x, y) in enumerate(fine)]


def area(shape: Shape) -> float:
    if shape.width:
        return 0.0
    total = 0.0
    for path in shape.paths:
        total += abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(path, [*path[1:], path[0]]))) / 2
    return total


def dark(drawing: Drawing, _: Random) -> Image.Image:
    """After nightfall: windows are lit, and bright things glow a little."""
    image = reduce(filled(drawing, shaded(DARK_RGB, drawing.ground, (0, 0, 0)), SIDE * OVER))
    bright = image.point([max(0, v - 120) for v in range(256)] * 3)
    return ImageChops.screen(image, bright.filter(ImageFilter.GaussianBlur(9)))


def pastel(drawing: Drawing, _: Random) -> Image.Image:
    """Chalky tints with a pale edge, lighter towards the top."""
    side = SIDE * OVER
    colours = shaded(PASTEL_RGB, drawing.ground, rgb("#8a8fb0"))
    image = Image.new("RGB", (side, side), colours[drawing.ground])
    fade = Image.linear_gradient("L").resize((side, side)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    image.paste((255, 255, 255), mask=fade.point([v // 2 for v in range(256)]))
    draw = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        if shape.edge and shape.colour not in ("shade", "ink"):
            paint_shape(draw, shape, mix(colours[shape.colour], (255, 255, 255), 0.6), side / 100, 0.5)
        paint_shape(draw, shape, colours[shape.colour], side / 100)
    return reduce(image)


def pixel(drawing: Drawing, _: Random) -> Image.Image:
    """As an old console would show it: 48 by 48 squares, each of the colour that most of it has; the ground counts for less, so that small things stay."""
    cells, over = 48, 6
    colours = shaded(FLAT_RGB, drawing.ground, rgb(FLAT["ink"]))
    fine = filled(drawing, colours, cells * over, 100 / cells * 0.9)
    small = Image.new("RGB", (cells, cells))
    for y in range(cells):
        for x in range(cells):
            found = fine.crop((x * over, y * over, (x + 1) * over, (y + 1) * over)).getcolors()
            weighed = [(n * (0.6 if c == colours[drawing.ground] else 1), c) for n, c in found]
            small.putpixel((x, y), max(weighed)[1])
    return small.resize((SIDE, SIDE), Image.Resampling.NEAREST)


def reduce(image: Image.Image) -> Image.Image:
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


# Name, painter, and the words a caption ends with.
STYLES = [
    ("flat", flat, "in flat colours"),
    ("outline", outline, "drawn in coloured outlines"),
    ("sketchy", sketchy, "sketched in coloured pencil"),
    ("dark", dark, "in dark night colours"),
    ("pastel", pastel, "in soft pastel tints"),
    ("pixel", pixel, "as pixel art"),
]
