"""The numeric core against the libraries an analyst would use instead, on vectors that are distributed as sentences' are."""

import functools
import sys

import numpy as np

from inputs import blobs, sentence_like
from judge import agreeing, agreement, divergence, each, inertia, trust, variance_kept
from measure import HERE, THREADS, held_row, race_row, run

ROWS = 50_000

WHERE_TIME_GOES = {
    "f32 product":
        "The product: nine tenths of the time are its tiles, a twentieth laying out the right factor, the rest memory for the result.",
    "15 nearest, exact":
        "Exact neighbours: half of all pairs are 0.48 · 10¹² multiplications, which in bytes take 1.3 s of two threads here, where such an "
        "instruction starts once a cycle; keys, choosing among them and measuring the hundred pairs of each row that bytes leave open take "
        "the rest.",
}


def rows(bench):
    wide, wider, small, flat = (bench.folder / name for name in ("wide.npy", "wider.npy", "small.npy", "flat.npy"))
    x = sentence_like(ROWS, 384)
    np.save(wide, x)
    yield from products(bench)
    yield from components(bench, {wide: x, wider: sentence_like(ROWS, 1536)})
    yield from nearest(bench, wide, x)
    yield bench.race("UMAP, 15 neighbours, 50,000 × 384", "umap-learn (warm)", ["project", wide, "--method", "umap"],
                     ["umap", wide], each("trustworthiness", lambda r: trust(x, r)), bar=2)
    yield from means(bench, wide, x)
    points, clouds = blobs(250_000)
    np.save(flat, points)
    yield bench.race("HDBSCAN, clusters of 50, 250,000 × 2", "fast_hdbscan (warm)",
                     ["cluster", flat, "--method", "hdbscan", "--min-cluster-size", "50"],
                     ["hdbscan", flat], each("adjusted Rand index", lambda r: agreeing(clouds, r)), bar=3)
    centred = x - x.mean(0)
    y = (centred @ np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :50]).astype(np.float32)
    np.save(small, y)
    yield bench.race("t-SNE, perplexity 30, 750 steps, 50,000 × 50", "openTSNE (FFT)",
                     ["project", small, "--method", "tsne", "--metric", "euclidean", "--perplexity", "30", "--iterations", "750"],
                     ["tsne", small], each("exact KL divergence", lambda r: divergence(y, r), "lower"), bar=2.5)
    yield from truths(bench, wide, small)
    yield from first_layouts(bench, wide)


def products(bench):
    shape = "f32 product, 2048 × 768 by its like"
    ours = run(["cargo", "bench", "--profile", "dist", "--package", "embedscope-space", "--bench", "product"],
               RAYON_NUM_THREADS=THREADS)
    for peer, more in {"numpy (OpenBLAS as it chooses)": {}, "numpy (OpenBLAS's AVX-512 core)": {"OPENBLAS_CORETYPE": "SkylakeX"}}.items():
        theirs = peer_alone(bench, "product", "-", **more)
        yield race_row(shape, peer, ours["seconds"], theirs["seconds"], "least of fifteen in one process", bar=1)


def peer_alone(bench, job, source, *rest, **more):
    """One run of a job of peers.py, whose result is left in the scratch folder."""
    return run([sys.executable, HERE / "peers.py", job, source, bench.folder / "peer.npy", *rest], **more)


def components(bench, matrices):
    for (path, x), bar in zip(matrices.items(), (1, 4)):
        if not path.exists():
            np.save(path, x)
        yield bench.race(f"PCA, 50 components, 50,000 × {x.shape[1]}", "scikit-learn",
                         ["project", path, "--method", "pca", "--dims", "50"],
                         ["pca", path], each("variance kept", lambda r: variance_kept(x, r)), bar=bar)


def nearest(bench, wide, x):
    @functools.cache
    def exact():
        chosen = np.random.default_rng(1).choice(len(x), 1000, replace=False)
        scores = x[chosen] @ x.T
        scores[np.arange(1000), chosen] = -2
        return chosen, np.argpartition(-scores, 15, axis=1)[:, :15]

    def recall(result):
        chosen, near = exact()
        return agreement(result[chosen], near)

    yield bench.race("15 nearest, approximate, 50,000 × 384", "pynndescent (warm)", ["neighbours", wide, "--k", "15"],
                     ["descent", wide], each("recall", recall), bar=1)
    yield bench.race("15 nearest, exact, 50,000 × 384", "faiss", ["neighbours", wide, "--k", "15", "--exact"],
                     ["faiss_neighbours", wide], each("recall", recall), bar=5)


def means(bench, wide, x):
    ours = ["cluster", wide, "--method", "kmeans", "--k", "100", "--iterations", "20"]
    judge = each("inertia", lambda r: inertia(x, r), "lower")
    job = "k-means, 100 clusters, at most 20 rounds, 50,000 × 384"
    yield bench.race(job, "faiss", ours, ["faiss_kmeans", wide], judge, bar=1)
    yield bench.race(job, "scikit-learn", ours, ["kmeans", wide], judge, bar=4)


def truths(bench, wide, small):
    """How true a map is and how alike two spaces are; the peer computes the same figures with numpy, over as many rows."""
    flat = bench.folder / "map.npy"
    bench.ours("project", wide, "--method", "pca", "--dims", "2", "--out", flat)
    for job, verb, others, keys in (
        ("trustworthiness, continuity, neighbours kept and Shepard correlation of a map of 50,000", "quality", flat,
         ("trustworthiness", "continuity", "neighbour_preservation", "shepard")),
        ("neighbour overlap, debiased CKA, RSA and Procrustes of two spaces of 50,000", "compare", small,
         ("overlap", "cka", "rsa", "procrustes")),
    ):
        ours, theirs = [], []
        for _ in range(bench.repeats):
            ours.append(bench.ours(verb, wide, others))
            theirs.append(peer_alone(bench, verb, wide, others)["seconds"])
        figures = np.load(bench.folder / "peer.npy")
        judged = "; ".join(f"{key.replace('_', ' ')} {ours[0][key]:.4f} against {figure:.4f}" for key, figure in zip(keys, figures))
        yield race_row(job, "numpy, scipy", min(answer["elapsed_ms"] for answer in ours) / 1000, min(theirs), judged, bar=2)


def first_layouts(bench, wide):
    for what, limit, method in (
        ("first layout of 50,000 × 384 (PCA)", 1, ["--method", "pca"]),
        ("first layout that moves of 50,000 × 384 (UMAP, one step)", 3, ["--method", "umap", "--iterations", "1"]),
    ):
        out = bench.folder / "ours.npy"
        taken = [bench.ours("project", wide, *method, "--out", out)["elapsed_ms"] / 1000 for _ in range(bench.repeats)]
        yield held_row(what, f"{limit} s", f"{min(taken):.2f} s", min(taken) <= limit)
