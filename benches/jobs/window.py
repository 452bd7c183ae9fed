"""How quickly the map is drawn, against a bare page and two libraries, in the system's Chromium with software drawing.

What is measured stands in benches/window/measure.mjs; ratios count there, not milliseconds. Where graphics are software the map
finds that the processor draws its points sooner, and has it draw them. Nothing here tells of a graphics card.
"""

import subprocess

from measure import HERE, held_row, run

WINDOW = HERE / "window"
POINTS = "1,000,000 points"
#: What each part of a measurement is about, as its rows say it.
PARTS = {
    "still": "drawn, nothing moving", "hover": "pointer to item", "moving": "points while they move", "linked": "linked maps",
    "script_bytes": "interface script",
}


def rows(bench):
    for folder, wanted in ((WINDOW, WINDOW / "node_modules"), (HERE.parent / "ui", HERE.parent / "ui/node_modules")):
        if not wanted.exists():
            subprocess.run(["npm", "ci"], cwd=folder, check=True, capture_output=True)
    subprocess.run(["npm", "run", "build"], cwd=HERE.parent / "ui", check=True, capture_output=True)
    parts = [part for part, about in PARTS.items() if not bench.wanted or any(word in about for word in bench.wanted)]
    answer = run(["node", WINDOW / "measure.mjs", bench.folder / "window.json"], ROUNDS=3 * bench.repeats, PARTS=",".join(parts))
    for part, about in PARTS.items():
        known = (row for row in bench.kept if about in row.get("job", row.get("what")))
        yield from said(part, answer[part]) if part in answer else known


def said(part, found):
    """The rows of one part of the answer."""
    if part == "still":
        ours, bare = found["ours"]["ms"], found["bare"]["ms"]
        limit = f"1.1 × a bare WebGL2 page with the same shader ({bare:.0f} ms)"
        yield held_row(f"{POINTS} drawn, nothing moving", limit, f"{ours:.0f} ms", ours <= 1.1 * bare)
        for who, name, bar in (("regl", "regl-scatterplot", 1.3), ("deck", "deck.gl", 3)):
            yield {"job": f"{POINTS} drawn, nothing moving", "peer": name, "peer_seconds": found[who]["ms"] / 1000, "seconds": ours / 1000,
                   "bar": bar, "quality": f"{found['ours']['points']:,} points against {found[who]['points']:,}; without a card, by the processor"}
    elif part == "hover":
        yield held_row(f"pointer to item among {POINTS}, median", "16 ms", f"{found['ms']:.1f} ms", found["ms"] <= 16)
    elif part == "moving":
        for points, moving in found.items():
            yield moved(f"{int(points):,} points while they move", moving)
    elif part == "linked":
        yield moved("4 linked maps of 100,000 points each while they move", found)
    else:
        yield held_row("interface script before what is loaded when needed, gzip", "350 kB", f"{found / 1000:.0f} kB", found <= 350_000)


def moved(what, found):
    return held_row(what, "50 ms", f"{found['ms']:.0f} ms, {found['points']:,} of them drawn", found["ms"] <= 50)
