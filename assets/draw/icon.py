"""Draws the app's mark, a lens with three points under it, as SVG, PNG, ICO and ICNS into assets/icons.

Needs Pillow only. Run: python assets/draw/icon.py
"""

from pathlib import Path

from PIL import Image, ImageDraw

OUT = Path(__file__).resolve().parent.parent / "icons"
UNIT = 512  # the mark is laid out on a square of this side
TILE, TILE_EDGE = "#fbfbf9", "#dedfe0"
LENS = "#3d4754"
MARGIN, RADIUS = 24, 104
LENS_CENTRE, LENS_RADIUS, LENS_STROKE = (256, 256), 160, 18
# x, y, radius, colour: a cluster's centre, the question, and the one grey point nobody chose.
POINTS = [
    (212, 230, 58, "#3257e0"),
    (318, 304, 40, "#d1491a"),
    (312, 200, 22, "#8b939d"),
]
# Below this side the tile's margin is given to the mark, so that it stays legible in a task bar.
SMALL = 64


def svg() -> str:
    side = UNIT - 2 * MARGIN
    points = "\n".join(f'  <circle cx="{x}" cy="{y}" r="{r}" fill="{c}"/>' for x, y, r, c in POINTS)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNIT} {UNIT}">
  <rect x="{MARGIN}" y="{MARGIN}" width="{side}" height="{side}" rx="{RADIUS}" fill="{TILE}" stroke="{TILE_EDGE}" stroke-width="4"/>
  <circle cx="{LENS_CENTRE[0]}" cy="{LENS_CENTRE[1]}" r="{LENS_RADIUS}" fill="#ffffff" stroke="{LENS}" stroke-width="{LENS_STROKE}"/>
{points}
</svg>
"""


def png(side: int) -> Image.Image:
    over = 8
    canvas = Image.new("RGBA", (side * over, side * over), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    small = side < SMALL
    zoom = UNIT / (UNIT - 2 * MARGIN) if small else 1.0
    mark_zoom = zoom * (1.12 if small else 1.0)
    scale = side * over / UNIT

    def place(value: float, by: float) -> float:
        return ((value - UNIT / 2) * by + UNIT / 2) * scale

    def disc(x: float, y: float, r: float, fill: str) -> None:
        cx, cy, cr = place(x, mark_zoom), place(y, mark_zoom), r * mark_zoom * scale
        draw.ellipse((cx - cr, cy - cr, cx + cr, cy + cr), fill=fill)

    low, high = place(MARGIN, zoom), place(UNIT - MARGIN, zoom) - 1
    draw.rounded_rectangle((low, low, high, high), RADIUS * zoom * scale, TILE, TILE_EDGE, max(1, round(4 * scale)))
    stroke = LENS_STROKE * (1.25 if small else 1.0)
    disc(*LENS_CENTRE, LENS_RADIUS + stroke / 2, LENS)
    disc(*LENS_CENTRE, LENS_RADIUS - stroke / 2, "#ffffff")
    for point in POINTS:
        disc(*point)
    return canvas.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    (OUT / "icon.svg").write_text(svg(), encoding="utf-8")
    for name, side in [("32x32", 32), ("128x128", 128), ("128x128@2x", 256), ("icon", 512)]:
        png(side).save(OUT / f"{name}.png", optimize=True)
    sizes = [16, 24, 32, 48, 64, 256]
    frames = [png(side) for side in sizes]
    frames[-1].save(OUT / "icon.ico", sizes=[(s, s) for s in sizes], append_images=frames[:-1])
    png(1024).save(OUT / "icon.icns", append_images=[png(s) for s in (16, 32, 64, 128, 256, 512)])


if __name__ == "__main__":
    main()
