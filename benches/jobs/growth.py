"""How time and memory of the numeric core grow from ten thousand to a million rows of 384 numbers."""

import json
import os
import subprocess

import numpy as np

from measure import THREADS, held_row

SIZES = (10_000, 100_000, 1_000_000)
NAMES = {"pca": "PCA, 50 components", "neighbours": "15 nearest, approximate", "kmeans": "k-means, 100 clusters, 5 rounds",
         "tsne": "t-SNE, a step", "umap": "UMAP, a step"}
# Near-linear: n·log n has a slope of 1.1 over this range.
STEEPEST, MOST_MEMORY = 1.15, 2.5


def rows(bench):
    command = ["cargo", "bench", "--profile", "dist", "--package", "embedscope-space", "--bench", "growth", "--",
               ",".join(map(str, SIZES))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"RAYON_NUM_THREADS": str(THREADS)})
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for method, name in NAMES.items():
        taken = {answer["rows"]: answer for answer in answers if answer["method"] == method}
        seconds = [taken[size]["seconds"] for size in SIZES]
        slope = np.polyfit(np.log(SIZES), np.log(seconds), 1)[0]
        share = taken[SIZES[-1]]["peak_mb"] / taken[SIZES[-1]]["data_mb"]
        figure = f"{', '.join(f'{s:.3g} s' for s in seconds)}: slope {slope:.2f}; memory {share:.1f}× the data"
        yield held_row(f"{name}: 10,000, 100,000, 1,000,000 × 384", f"slope {STEEPEST}; {MOST_MEMORY}×", figure,
                       slope <= STEEPEST and share <= MOST_MEMORY)
