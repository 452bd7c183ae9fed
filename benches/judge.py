"""How good a result is, judged by the same lines for Embedscope and its peer."""

import numpy as np
from scipy.spatial.distance import cdist


def each(measure, quality, better="higher"):
    """Judges both results by one figure."""
    return lambda a, b: f"{measure} {quality(a):.4g} against {quality(b):.4g} ({better} is better)"


def least_cosine(a, b):
    """Judges two sets of vectors of the same items by how far they are from being the same."""
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return f"least cosine to the peer's vectors {cosine.min():.6f}"

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


def variance_kept(x, y):
    return float(np.var(y, axis=0, ddof=1).sum() / np.var(x, axis=0, ddof=1).sum())


def agreement(ours, theirs):
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(ours, theirs)]))
