"""Draws the sample collection's pictures, and the table of their captions, into assets/samples/pictures; the same each time.

Needs Pillow only. Run: python assets/draw/pictures.py
"""

import csv
from pathlib import Path
from random import Random

from PIL import Image

from scenes import FAMILIES, SCENES
from styles import STYLES

OUT = Path(__file__).resolve().parent.parent / "samples" / "pictures"
SEED = 42
# What few flat colours make small is kept as PNG; the rest as photographs are, in two kinds.
JPEG, WEBP = {"pastel", "dark"}, {"sketchy"}


def save(image: Image.Image, stem: str, style: str) -> str:
    if style in JPEG:
        image.save(OUT / (name := f"{stem}.jpg"), quality=90, optimize=True)
    elif style in WEBP:
        image.save(OUT / (name := f"{stem}.webp"), quality=86, method=6)
    else:
        few = image.quantize(96, dither=Image.Dither.NONE)
        few.save(OUT / (name := f"{stem}.png"), optimize=True)
    return name


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (subject, scene) in enumerate(SCENES + FAMILIES):
        for which, (style, paint, words) in enumerate(STYLES):
            rng = Random(SEED * 10_000 + number * 100 + which)
            drawing = scene(rng, which) if (subject, scene) in FAMILIES else scene(rng)
            name = save(paint(drawing, rng), f"{subject}-{style}", style)
            rows.append((name, f"{drawing.caption}, {words}.", subject, style))
    with open(OUT / "captions.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["file", "caption", "object", "style"])
        table.writerows(rows)


if __name__ == "__main__":
    main()
