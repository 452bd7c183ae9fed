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


def trust(x, y, k=15, sample=2000):
    """Trustworthiness over a sample of rows: how near the neighbours on the map are among all rows of x."""
    n = len(x)
    rows = np.random.default_rng(1).choice(n, min(sample, n), replace=False)
    scores = []
    for part in np.array_split(rows, max(1, len(rows) // 200)):
        near = np.argsort(cdist(y[part], y), axis=1)[:, 1 : k + 1]
        ranks = np.argsort(np.argsort(cdist(x[part], x, "cosine"), axis=1), axis=1)
        beyond = np.maximum(np.take_along_axis(ranks, near, axis=1) - k, 0).sum(1)
        scores.append(1 - 2 * beyond / (k * (2 * n - 3 * k - 1)))
    return float(np.mean(np.concatenate(scores)))


def divergence(x, y, perplexity=30):
    """Kullback-Leibler divergence of a map from the affinities of t-SNE: neighbours, perplexity and normalisation all exact."""
    from scipy.sparse import csr_matrix
    from sklearn.neighbors import NearestNeighbors

    n, k = len(x), 3 * perplexity
    squares, near = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(x).kneighbors(x)
    squares, near = squares[:, 1:].astype(np.float64) ** 2, near[:, 1:]
    squares -= squares[:, :1]
    low, high, beta = np.zeros((n, 1)), np.full((n, 1), np.inf), 1 / squares.mean(1, keepdims=True)
    for _ in range(60):
        p = np.exp(-beta * squares)
        total = p.sum(1, keepdims=True)
        wide = np.log(total) + beta * (p * squares).sum(1, keepdims=True) / total > np.log(perplexity)
        low, high = np.where(wide, beta, low), np.where(wide, high, beta)
        beta = np.where(np.isinf(high), 2 * beta, (low + high) / 2)
    one_sided = csr_matrix(((p / total).ravel(), near.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    joint = ((one_sided + one_sided.T) / (2 * n)).tocoo()
    y = y.astype(np.float64)
    apart = ((y[joint.row] - y[joint.col]) ** 2).sum(1)
    z = sum((1 / (1 + cdist(part, y, "sqeuclidean"))).sum() for part in np.array_split(y, max(1, n // 500))) - n
    return float((joint.data * (np.log(joint.data) + np.log1p(apart))).sum() + np.log(z))


def agreeing(truth, labels):
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(truth, labels))


def variance_kept(x, y):
    return float(np.var(y, axis=0, ddof=1).sum() / np.var(x, axis=0, ddof=1).sum())


def agreement(ours, theirs):
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(ours, theirs)]))
