"""Times Embedscope against named peers on the same work, one after the other, and writes the table of figures.

Every job runs in a fresh process with two threads; Embedscope and its peer alternate; the least of the repeats counts.
The quality of both results is judged by the same lines of this script: a faster but worse result is not a win.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import random
import subprocess
import sys
import tempfile

import numpy as np
from scipy.spatial.distance import cdist

HERE = pathlib.Path(__file__).parent
THREADS = 2
SEED = 42


def sentence_like(rows, dim):
    """Unit vectors in clusters with a power-law spectrum and a common offset, as sentence embeddings have."""
    rng = np.random.default_rng(0)
    spectrum = np.arange(1, dim + 1) ** -0.5
    centres = rng.normal(size=(60, dim)) * spectrum * 1.5
    x = centres[rng.integers(60, size=rows)] + rng.normal(size=(rows, dim)) * spectrum + 0.3
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def sentences(count):
    """Sentences of mixed length, joined from the sample collection's."""
    rng = random.Random(SEED)
    texts = []
    for table in (HERE.parent / "assets/samples").rglob("*.csv"):
        with open(table, encoding="utf-8", newline="") as file:
            texts += [" ".join((row.get("text") or row.get("caption") or "").split()) for row in csv.DictReader(file)]
    texts = [text for text in texts if text]
    return [" ".join(rng.sample(texts, rng.choice([1, 1, 1, 2, 3]))) for _ in range(count)]


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


def inertia(x, labels):
    return float(sum(((x[labels == c] - x[labels == c].mean(0)) ** 2).sum() for c in np.unique(labels)))


def neighbours_kept(x, y, k=10, sample=2000):
    """Share of the k nearest in x that are among the k nearest in y, over a sample of rows."""
    rows = np.random.default_rng(1).choice(len(x), min(sample, len(x)), replace=False)
    near = lambda z: np.argpartition(cdist(z[rows], z), k + 1, axis=1)[:, : k + 1]
    return float(np.mean([len(set(a) & set(b) - {r}) / k for a, b, r in zip(near(x), near(y), rows)]))


def trust(x, y, k=15, sample=2000):
    """Trustworthiness over a sample of rows: how near the neighbours on the map are among all rows of x."""
    n = len(x)
    rows = np.random.default_rng(1).choice(n, min(sample, n), replace=False)
    near = np.argsort(cdist(y[rows], y), axis=1)[:, 1 : k + 1]
    ranks = np.argsort(np.argsort(cdist(x[rows], x, "cosine"), axis=1), axis=1)
    beyond = np.maximum(np.take_along_axis(ranks, near, axis=1) - k, 0).sum(1)
    return float(np.mean(1 - 2 * beyond / (k * (2 * n - 3 * k - 1))))


def agreeing(truth, labels):
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(truth, labels))


def blobs(rows):
    """Clouds of different density on a plane amid scattered points, and which cloud each point is of."""
    rng = np.random.default_rng(3)
    which = rng.integers(-5, 60, size=rows).clip(-1)
    centres, widths = rng.uniform(-100, 100, size=(60, 2)), rng.uniform(0.3, 3, size=60)
    points = centres[which] + rng.normal(size=(rows, 2)) * widths[which, None]
    return np.where(which[:, None] < 0, rng.uniform(-110, 110, size=(rows, 2)), points).astype(np.float32), which


def variance_kept(x, y):
    return float(np.var(y, axis=0, ddof=1).sum() / np.var(x, axis=0, ddof=1).sum())


def agreement(ours, theirs):
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(ours, theirs)]))


def jobs(folder, model):
    """Each: title, peer, our arguments, the peer's job, input, quality of (result) in words."""
    wide, small = folder / "wide.npy", folder / "small.npy"
    np.save(wide, sentence_like(20_000, 384))
    x = np.load(wide)
    centred = x - x.mean(0)
    axes = np.linalg.svd(centred[:4000], full_matrices=False)[2][:50]
    np.save(small, (centred @ axes.T).astype(np.float32))
    y = np.load(small)
    files = folder / "files"
    mixed(files, 10_000)
    yield ("files to items: 10,000 txt, html, docx, pdf, jpg; ours embeds them with builtin-text as well",
           "pypdf, python-docx, beautifulsoup4, Pillow (two processes)",
           ["embed", str(files), "--model", "builtin-text"], ["read", files], "texts", lambda r: len(r), "higher")
    lines = folder / "lines.txt"
    lines.write_text("\n".join(sentences(2000)), encoding="utf-8")
    exact = {}

    def recall(result):
        if "near" not in exact:
            rows = np.random.default_rng(1).choice(len(x), 1000, replace=False)
            scores = x[rows] @ x.T
            scores[np.arange(1000), rows] = -2
            exact["rows"], exact["near"] = rows, np.argpartition(-scores, 15, axis=1)[:, :15]
        return agreement(result[exact["rows"]], exact["near"])

    cli = lambda verb, source, *rest: [verb, str(source), *rest]
    yield ("PCA, 50 components, 20,000 × 384", "scikit-learn", cli("project", wide, "--method", "pca", "--dims", "50"),
           ["pca", wide], "variance kept", lambda r: variance_kept(x, r), "higher")
    yield ("15 nearest, exact, 20,000 × 384", "scikit-learn brute force", cli("neighbours", wide, "--k", "15", "--exact"),
           ["neighbours", wide], "recall", recall, "higher")
    yield ("15 nearest, approximate, 20,000 × 384", "pynndescent", cli("neighbours", wide, "--k", "15"),
           ["descent", wide], "recall", recall, "higher")
    yield ("UMAP, 15 neighbours, 20,000 × 384", "umap-learn (warm)", cli("project", wide, "--method", "umap"),
           ["umap", wide], "trustworthiness", lambda r: trust(x, r), "higher")
    flat = folder / "flat.npy"
    points, clouds = blobs(50_000)
    np.save(flat, points)
    yield ("HDBSCAN, clusters of 50, 50,000 × 2", "fast_hdbscan (warm)",
           cli("cluster", flat, "--method", "hdbscan", "--min-cluster-size", "50"),
           ["hdbscan", flat], "adjusted Rand index", lambda r: agreeing(clouds, r), "higher")
    yield ("k-means, 50 clusters, 20 rounds, 20,000 × 384", "scikit-learn",
           cli("cluster", wide, "--method", "kmeans", "--k", "50", "--iterations", "20"),
           ["kmeans", wide], "inertia", lambda r: inertia(x, r), "lower")
    yield ("t-SNE, perplexity 30, 750 steps, 20,000 × 50", "openTSNE (FFT)",
           cli("project", small, "--method", "tsne", "--perplexity", "30", "--iterations", "750"),
           ["tsne", small], "10 nearest kept", lambda r: neighbours_kept(y, r), "higher")
    if (pathlib.Path(model) / "model.safetensors").exists():
        yield ("all-MiniLM-L6-v2, 2,000 sentences", "sentence-transformers (torch)",
               cli("embed", lines, "--lines", "--model", model, "--no-cache"), ["embed", lines, model], None, None, None)


def limits(folder, options, minilm_ms):
    """Promises that are held to a limit, not to a peer: what, the limit, the figure in words, whether it is kept."""
    answer = json.loads(pathlib.Path(options.workspace).read_text())
    yield ("1,000,000 × 384 opened", "1 s", f"{answer['open_ms'] / 1000:.2f} s", answer["open_ms"] <= 1000)
    yield ("1,000,000 × 384 opened, places of all its points at hand", "2 s", f"{answer['points_ms'] / 1000:.2f} s",
           answer["points_ms"] <= 2000)
    yield ("any filter of a table of 100,000 rows", "100 ms", f"{answer['filter_ms']:.0f} ms", answer["filter_ms"] <= 100)
    if minilm_ms:
        share = answer["keep_ms_per_vector"] / minilm_ms
        yield ("keeping vectors, as a share of embedding them with all-MiniLM-L6-v2", "5 %", f"{share:.1%}", share <= 0.05)
    table = folder / "large.csv"
    row = ('"' + " ".join(sentences(60)).replace('"', "'") + '"').encode() + b",kind\n"
    with open(table, "wb") as file:
        file.write(b"text,label\n")
        for number in range(options.table_mb * 1_000_000 // len(row) + 1):
            file.write(b'"%d ' % number + row[1:])
    answer = run([options.cli, "embed", table, "--model", "builtin-text", "--chunk", "none", "--out", folder / "ours.npy",
                  "--workspace", folder / "large", "--threads", THREADS, "--json"])
    yield (f"a csv of {options.table_mb / 1000:g} GB read in, most memory", "500 MB", f"{answer['peak_memory_mb']:.0f} MB",
           answer["peak_memory_mb"] <= 500)


def run(command):
    environment = os.environ | {name: str(THREADS) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}
    environment["HF_HUB_OFFLINE"] = "1"
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--workspace", required=True, help="what `cargo bench --bench workspace` printed")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", help="only jobs whose title holds these words; then nothing is written")
    parser.add_argument("--table-mb", type=int, default=2000)
    options = parser.parse_args()
    rows, held, minilm_ms = [], [], None
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for title, peer, ours, theirs, measure, quality, better in jobs(folder, options.model):
            if options.only and options.only not in title:
                continue
            mine, other = folder / "ours.npy", folder / "peer.npy"
            seconds, peer_seconds = [], []
            for _ in range(options.repeats):
                answer = run([options.cli, *ours, "--out", mine, "--threads", THREADS, "--seed", SEED, "--json"])
                seconds.append(answer["elapsed_ms"] / 1000)
                peer_seconds.append(run([sys.executable, HERE / "peers.py", theirs[0], theirs[1], other, *theirs[2:]])["seconds"])
            if quality:
                a, b = quality(np.load(mine)), quality(np.load(other))
                judged = f"{measure} {a:.4g} against {b:.4g} ({better} is better)"
            else:
                a, b = np.load(mine), np.load(other)
                cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
                judged = f"least cosine to the peer's vectors {cosine.min():.6f}"
            ratio = min(peer_seconds) / min(seconds)
            rows.append(f"| {title} | {peer} | {min(peer_seconds):.2f} s | {min(seconds):.2f} s | {ratio:.2f}× | {judged} |")
            print(rows[-1], flush=True)
            if title.startswith("all-MiniLM-L6-v2"):
                minilm_ms = min(seconds) * 1000 / len(a)
        for what, limit, figure, is_kept in [] if options.only else limits(folder, options, minilm_ms):
            held.append(f"| {what} | {limit} | {figure} | {'kept' if is_kept else 'missed'} |")
            print(held[-1], flush=True)
    if options.only:
        return
    processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    pathlib.Path(options.out).write_text(
        "# Benchmarks\n\nWritten by `make bench`; do not edit. Least of "
        f"{options.repeats} runs in fresh processes, {THREADS} threads each, Embedscope and its peer in turn, work alone (no loading, no reading).\n"
        f"Machine: {processor}, {os.cpu_count()} cores. The peers' versions are in `benches/requirements.txt`.\n\n"
        "| job | peer | peer's time | Embedscope's | ratio | quality |\n|---|---|---|---|---|---|\n" + "\n".join(rows)
        + "\n\n## Limits\n\n| what | limit | measured | |\n|---|---|---|---|\n" + "\n".join(held) + "\n",
        encoding="utf-8",
    )


main()
