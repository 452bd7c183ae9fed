"""A drawing as a list of shapes on a square of 100 by 100, with colours by name; how it looks is a style's matter."""

import math
from dataclasses import dataclass, field

Point = tuple[float, float]


@dataclass
class Shape:
    """A filled outline (width 0), or strokes of some width along one or more paths."""

    paths: list[list[Point]]
    colour: str
    width: float = 0.0
    edge: bool = True  # whether a style that draws outlines draws this one


@dataclass
class Drawing:
    ground: str
    caption: str = ""
    shapes: list[Shape] = field(default_factory=list)

    def poly(self, points: list[Point], colour: str, edge: bool = True) -> None:
        self.shapes.append(Shape([points], colour, edge=edge))

    def disc(self, x: float, y: float, rx: float, colour: str, ry: float | None = None, turn: float = 0.0, edge: bool = True) -> None:
        self.poly(ellipse(x, y, rx, rx if ry is None else ry, turn=turn), colour, edge)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: str, round: float = 0.0, edge: bool = True) -> None:
        if not round:
            self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour, edge)
            return
        corners = [(x1 - round, y0 + round, -90), (x1 - round, y1 - round, 0), (x0 + round, y1 - round, 90), (x0 + round, y0 + round, 180)]
        points = [p for x, y, start in corners for p in ellipse(x, y, round, round, start, start + 90, 8)]
        self.poly(points, colour, edge)

    def blob(self, outlines: list[list[Point]], colour: str) -> None:
        """Several outlines that overlap and are one thing."""
        self.shapes.append(Shape(outlines, colour))

    def line(self, points: list[Point], colour: str, width: float) -> None:
        self.lines([points], colour, width)

    def lines(self, paths: list[list[Point]], colour: str, width: float) -> None:
        self.shapes.append(Shape(paths, colour, width))


def ellipse(x: float, y: float, rx: float, ry: float, start: float = 0.0, end: float = 360.0, steps: int = 56, turn: float = 0.0) -> list[Point]:
    """Points on an ellipse from one angle to another, in degrees, clockwise from the right; `turn` rotates the whole."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    points = []
    for i in range(steps + 1):
        a = math.radians(start + (end - start) * i / steps)
        dx, dy = rx * math.cos(a), ry * math.sin(a)
        points.append((x + dx * c - dy * s, y + dx * s + dy * c))
    return points


def curve(*points: Point, steps: int = 12) -> list[Point]:
    """A smooth line through the points (Catmull-Rom)."""
    full = [points[0], *points, points[-1]]
    out = []
    for p0, p1, p2, p3 in zip(full, full[1:], full[2:], full[3:]):
        for i in range(steps):
            t = i / steps
            out.append(
                tuple(
                    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
                    for a, b, c, d in zip(p0, p1, p2, p3)
                )
            )
    return [*out, points[-1]]
