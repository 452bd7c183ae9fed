"""The numeric core against the libraries an analyst would use instead, on vectors that are distributed as sentences' are."""

import numpy as np

from inputs import blobs, sentence_like
from judge import agreeing, agreement, each, inertia, neighbours_kept, trust, variance_kept


def rows(bench):
    wide, small, flat = (bench.folder / name for name in ("wide.npy", "small.npy", "flat.npy"))
    x = sentence_like(20_000, 384)
    np.save(wide, x)
    centred = x - x.mean(0)
    axes = np.linalg.svd(centred[:4000], full_matrices=False)[2][:50]
    y = (centred @ axes.T).astype(np.float32)
    np.save(small, y)
    exact = {}

    def recall(result):
        if "near" not in exact:
            chosen = np.random.default_rng(1).choice(len(x), 1000, replace=False)
            scores = x[chosen] @ x.T
            scores[np.arange(1000), chosen] = -2
            exact["rows"], exact["near"] = chosen, np.argpartition(-scores, 15, axis=1)[:, :15]
        return agreement(result[exact["rows"]], exact["near"])

    yield bench.race("PCA, 50 components, 20,000 × 384", "scikit-learn", ["project", wide, "--method", "pca", "--dims", "50"],
                     ["pca", wide], each("variance kept", lambda r: variance_kept(x, r)))
    yield bench.race("15 nearest, exact, 20,000 × 384", "scikit-learn brute force", ["neighbours", wide, "--k", "15", "--exact"],
                     ["neighbours", wide], each("recall", recall))
    yield bench.race("15 nearest, approximate, 20,000 × 384", "pynndescent", ["neighbours", wide, "--k", "15"],
                     ["descent", wide], each("recall", recall))
    yield bench.race("UMAP, 15 neighbours, 20,000 × 384", "umap-learn (warm)", ["project", wide, "--method", "umap"],
                     ["umap", wide], each("trustworthiness", lambda r: trust(x, r)))
    points, clouds = blobs(50_000)
    np.save(flat, points)
    yield bench.race("HDBSCAN, clusters of 50, 50,000 × 2", "fast_hdbscan (warm)",
                     ["cluster", flat, "--method", "hdbscan", "--min-cluster-size", "50"],
                     ["hdbscan", flat], each("adjusted Rand index", lambda r: agreeing(clouds, r)))
    yield bench.race("k-means, 50 clusters, 20 rounds, 20,000 × 384", "scikit-learn",
                     ["cluster", wide, "--method", "kmeans", "--k", "50", "--iterations", "20"],
                     ["kmeans", wide], each("inertia", lambda r: inertia(x, r), "lower"))
    yield bench.race("t-SNE, perplexity 30, 750 steps, 20,000 × 50", "openTSNE (FFT)",
                     ["project", small, "--method", "tsne", "--perplexity", "30", "--iterations", "750"],
                     ["tsne", small], each("10 nearest kept", lambda r: neighbours_kept(y, r)))
