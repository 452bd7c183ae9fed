"""The inputs of the benchmarks, made from fixed seeds and the sample collection."""

import csv
import pathlib
import random

import numpy as np

SAMPLES = pathlib.Path(__file__).parent.parent / "assets/samples"
SEED = 42


def sentence_like(rows, dim):
    """Unit vectors in clusters with a power-law spectrum and a common offset, as sentence embeddings have."""
    rng = np.random.default_rng(0)
    spectrum = np.arange(1, dim + 1) ** -0.5
    centres = rng.normal(size=(60, dim)) * spectrum * 1.5
    x = centres[rng.integers(60, size=rows)] + rng.normal(size=(rows, dim)) * spectrum + 0.3
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def sentences(count):
    """Different sentences of mixed length, joined from the sample collection's."""
    rng = random.Random(SEED)
    texts = []
    for table in SAMPLES.rglob("*.csv"):
        with open(table, encoding="utf-8", newline="") as file:
            texts += [" ".join((row.get("text") or row.get("caption") or "").split()) for row in csv.DictReader(file)]
    texts = [text for text in texts if text]
    made = {}
    while len(made) < count:
        made[" ".join(rng.sample(texts, rng.choice([1, 1, 1, 2, 3])))] = None
    return list(made)


def pdf(lines):
    """A page of Helvetica, with the table of places that a strict reader asks for."""
    stream = "BT /F1 12 Tf 14 TL 72 720 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    written, places = "%PDF-1.4\n", []
    for number, held in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj{held}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    return f"{written}xref\n0 {count}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {count}>>\nstartxref\n{len(written)}\n%%EOF\n"


def mixed(folder, count):
    """A folder of small files, as many of each: txt, html, docx, pdf of one page, and jpg."""
    import docx
    from PIL import Image

    rng = np.random.default_rng(SEED)
    texts = sentences(count)
    folder.mkdir()
    for number, text in enumerate(texts):
        kind, path = ("txt", "html", "docx", "pdf", "jpg")[number % 5], folder / f"{number:05}"
        path = path.with_suffix(f".{kind}")
        plain = f"{number}. " + text.encode("ascii", "ignore").decode()
        if kind == "txt":
            path.write_text(plain)
        elif kind == "html":
            path.write_text(f"<html><head><title>{number}</title></head><body><h1>{number}</h1><p>{plain}</p></body></html>")
        elif kind == "docx":
            document = docx.Document()
            document.add_paragraph(plain)
            document.save(path)
        elif kind == "pdf":
            shown = plain.replace("\\", " ").replace("(", " ").replace(")", " ")
            words, lines = shown.split(), []
            while words:
                lines.append(" ".join(words[:12]))
                words = words[12:]
            path.write_text(pdf(lines))
        else:
            small = rng.integers(0, 256, size=(9, 12, 3), dtype=np.uint8)
            Image.fromarray(small).resize((320, 240)).save(path, quality=85)


def blobs(rows):
    """Clouds of different density on a plane amid scattered points, and which cloud each point is of."""
    rng = np.random.default_rng(3)
    which = rng.integers(-5, 60, size=rows).clip(-1)
    centres, widths = rng.uniform(-100, 100, size=(60, 2)), rng.uniform(0.3, 3, size=60)
    points = centres[which] + rng.normal(size=(rows, 2)) * widths[which, None]
    return np.where(which[:, None] < 0, rng.uniform(-110, 110, size=(rows, 2)), points).astype(np.float32), which


def photographs(folder, count):
    """JPEG files of 640 × 480: soft colours with grain, at the size and quality of pictures on the web."""
    from PIL import Image

    rng = np.random.default_rng(SEED)
    folder.mkdir()
    for number in range(count):
        soft = Image.fromarray(rng.integers(0, 256, size=(24, 32, 3), dtype=np.uint8)).resize((640, 480), Image.Resampling.BICUBIC)
        grain = rng.normal(0, 6, size=(480, 640, 1))
        Image.fromarray((np.asarray(soft) + grain).clip(0, 255).astype(np.uint8)).save(folder / f"{number:04}.jpg", quality=90)
