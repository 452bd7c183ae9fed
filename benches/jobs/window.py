"""How quickly the map is drawn, against a bare page and two libraries, in the system's Chromium with software drawing.

What is measured stands in benches/window/measure.mjs; ratios count there, not milliseconds.
"""

import subprocess

from measure import HERE, held_row, run

WINDOW = HERE / "window"
POINTS = "1,000,000 points"


def rows(bench):
    for folder, wanted in ((WINDOW, WINDOW / "node_modules"), (HERE.parent / "ui", HERE.parent / "ui/node_modules")):
        if not wanted.exists():
            subprocess.run(["npm", "ci"], cwd=folder, check=True, capture_output=True)
    subprocess.run(["npm", "run", "build"], cwd=HERE.parent / "ui", check=True, capture_output=True)
    found = bench.folder / "window.json"
    answer = run(["node", WINDOW / "measure.mjs", found], ROUNDS=3 * bench.repeats)
    still = answer["still"]
    ours, bare = still["ours"]["ms"], still["bare"]["ms"]
    yield held_row(f"{POINTS} drawn, nothing moving", f"1.1 × a bare WebGL2 page with the same shader ({bare:.0f} ms)", f"{ours:.0f} ms",
                   ours <= 1.1 * bare)
    for who, name, bar in (("regl", "regl-scatterplot", 1.3), ("deck", "deck.gl", 3)):
        yield {"job": f"{POINTS} drawn, nothing moving", "peer": name, "peer_seconds": still[who]["ms"] / 1000, "seconds": ours / 1000,
               "bar": bar, "quality": f"{still['ours']['points']:,} points against {still[who]['points']:,}"}
    hover = answer["hover"]
    yield held_row(f"pointer to item among {POINTS}, median", "16 ms", f"{hover['ms']:.1f} ms", hover["ms"] <= 16)
    for points, moving in answer["moving"].items():
        kept = moving["ms"] <= 50
        yield held_row(f"{int(points):,} points while they move", "50 ms", f"{moving['ms']:.0f} ms, {moving['points']:,} of them drawn", kept)
    size = answer["script_bytes"]
    yield held_row("interface script before what is loaded when needed, gzip", "350 kB", f"{size / 1000:.0f} kB", size <= 350_000)
