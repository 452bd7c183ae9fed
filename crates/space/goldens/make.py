"""Freezes what scikit-learn, scipy, openTSNE and umap-learn say about small inputs: writes reference.json next to this file.

Needs numpy, scipy, scikit-learn, openTSNE and umap-learn. The numbers in use came from the versions that the file itself names.
"""

import json
from pathlib import Path

import numpy as np
import openTSNE
import scipy
import sklearn
import umap
from scipy.spatial import procrustes
from scipy.spatial.distance import cdist, pdist
from scipy.stats import bootstrap, skew, spearmanr
from sklearn.cluster import DBSCAN, HDBSCAN, KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn import metrics as scores
from sklearn.metrics import silhouette_score
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from umap.umap_ import fuzzy_simplicial_set

random = np.random.default_rng(7)


def f32(values):
    return np.asarray(values, dtype=np.float32)


def pca(values, components):
    fitted = PCA(components, svd_solver="full").fit(values.astype(np.float64))
    loadings = fitted.components_
    signs = np.sign(loadings[np.arange(components), np.abs(loadings).argmax(axis=1)])
    return {
        "components": (loadings * signs[:, None]).tolist(),
        "explained_variance": fitted.explained_variance_.tolist(),
        "explained_variance_ratio": fitted.explained_variance_ratio_.tolist(),
    }


def near(values, k, metric):
    found = NearestNeighbors(n_neighbors=k, metric=metric, algorithm="brute").fit(values.astype(np.float64))
    return found.kneighbors(return_distance=True)


def unbiased_hsic(k, l):
    n = len(k)
    k, l = k.copy(), l.copy()
    np.fill_diagonal(k, 0)
    np.fill_diagonal(l, 0)
    product = k @ l
    return np.trace(product) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 * product.sum() / (n - 2)


def cka(a, b):
    k, l = a @ a.T, b @ b.T
    return unbiased_hsic(k, l) / np.sqrt(unbiased_hsic(k, k) * unbiased_hsic(l, l))


def iso_score(values):
    """Rudman et al. 2022, step by step as the paper defines it."""
    d = values.shape[1]
    variances = np.linalg.eigvalsh(np.cov(values.T))
    normalised = np.sqrt(d) * variances / np.linalg.norm(variances)
    defect = np.linalg.norm(normalised - 1) / np.sqrt(2 * (d - np.sqrt(d)))
    share = (d - defect**2 * (d - np.sqrt(d))) ** 2 / d**2
    return (d * share - 1) / (d - 1)


def rank_me(values):
    """Garrido et al. 2023."""
    singular = np.linalg.svd(values, compute_uv=False)
    shares = singular / singular.sum() + 1e-7
    return np.exp(-(shares * np.log(shares)).sum())


def intrinsic_dimension(values, k):
    """Levina and Bickel 2004, averaged as MacKay and Ghahramani 2005."""
    distances = near(values, k, "euclidean")[0]
    return 1 / np.log(distances[:, -1:] / distances[:, :-1]).mean()


def padded(values, dim):
    return np.pad(values, ((0, 0), (0, dim - values.shape[1])))


centres = random.normal(size=(4, 10)) * 4
labels = random.integers(0, 4, size=90)
x = f32(centres[labels] + random.normal(size=(90, 10)) + 0.7)
y = f32(x[:, :2] * [1.0, -0.5] + random.normal(size=(90, 2)) * 0.8)
wide = f32(random.normal(size=(12, 30)) * np.linspace(0.2, 3, 30))
wx, wy = x.astype(np.float64), y.astype(np.float64)
unit = wx / np.linalg.norm(wx, axis=1, keepdims=True)

metrics = {}
for metric in ("cosine", "euclidean", "manhattan"):
    distances, indices = near(x, 8, metric)
    metrics[metric] = {"indices": indices.tolist(), "distances": distances.tolist(), "matrix": cdist(wx[:6], wx, "cityblock" if metric == "manhattan" else metric).tolist()}

quality = {}
for metric, original in (("euclidean", wx), ("cosine", unit)):
    sets = [near(space, 7, "euclidean")[1] for space in (original, wy)]
    quality[metric] = {
        "trustworthiness": trustworthiness(original, wy, n_neighbors=7),
        "continuity": trustworthiness(wy, original, n_neighbors=7),
        "neighbour_preservation": float(np.mean([len(set(a) & set(b)) / 7 for a, b in zip(*sets)])),
        "shepard": spearmanr(pdist(wx, metric), pdist(wy)).statistic,
    }

counts = np.bincount(near(x, 10, "cosine")[1].ravel(), minlength=len(x))
singular = np.linalg.svd(wx - wx.mean(axis=0), compute_uv=False)
shares = singular / singular.sum()
norms = np.linalg.norm(wx, axis=1)
cosines = 1 - pdist(wx, "cosine")

own, other = near(x, 10, "cosine")[1], near(y, 10, "cosine")[1]
affinities = openTSNE.affinity.PerplexityBasedNN(wx, perplexity=10, method="exact", metric="euclidean", n_jobs=1)
# Where the descent ends depends on the last digits of where it began: of nine beginnings the median is told.
tsne = [
    openTSNE.TSNE(perplexity=10, negative_gradient_method="bh", theta=0.1, neighbors="exact", initialization="random", random_state=seed)
    .fit(wx).kl_divergence
    for seed in range(9)
]
p = affinities.P.data


def hdbscan(name, values, size, samples, metric):
    found = HDBSCAN(min_cluster_size=size, min_samples=samples, metric=metric, algorithm="brute", copy=True).fit(values)
    return {"data": name, "size": size, "samples": samples, "metric": metric, "labels": found.labels_.tolist(), "probabilities": found.probabilities_.tolist()}


def ranking(grades, order):
    """Grades of all candidates, and the candidates in the order in which they were found."""
    found = grades[order]
    hits = found > 0
    falling = -np.argsort(order).astype(float)
    return {
        "found": found.tolist(),
        "ndcg": [scores.ndcg_score([grades], [falling], k=k) for k in (3, 10)],
        "recall": [hits[:k].sum() / hits.sum() for k in (3, 10)],
        "reciprocal_rank": 1 / (hits.argmax() + 1),
        "average_precision": scores.average_precision_score(grades > 0, falling),
    }


# Three clouds of different density amid loners, and what was grouped before with some of it mixed up.
cloudy = f32(np.concatenate([random.normal(size=(80, 3)) * 0.5, random.normal(size=(60, 3)) + 5, random.normal(size=(50, 3)) * 2 - 9, random.uniform(-20, 20, size=(30, 3))]))
mixed = np.where(random.random(90) < 0.3, random.integers(0, 3, size=90), labels)
grades = [np.where(random.random(24) < 0.3, random.integers(1, 4, size=24), 0) for _ in range(4)]
few, many = random.integers(0, 6, size=60).astype(float), f32(random.normal(size=60))
iris = load_iris().data
hood = near(wx, 10, "euclidean")[1]
hood, reach = np.insert(hood[:, :9], 0, np.arange(90), axis=1), np.insert(near(wx, 9, "euclidean")[0], 0, 0, axis=1)
fuzzy = fuzzy_simplicial_set(wx, 10, np.random.RandomState(0), "euclidean", knn_indices=hood, knn_dists=reach)[0].toarray()
maps = [umap.UMAP(n_neighbors=15, random_state=seed).fit_transform(iris) for seed in range(3)]
drawn = bootstrap((many,), np.mean, n_resamples=100_000, method="percentile", rng=1).confidence_interval

reference = {
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "openTSNE": openTSNE.__version__, "umap-learn": umap.__version__},
    "x": x.tolist(),
    "y": y.tolist(),
    "wide": wide.tolist(),
    "labels": labels.tolist(),
    "metrics": metrics,
    "pca": pca(x, 5),
    "pca_wide": pca(wide, 6),
    "quality": quality,
    "silhouette": {metric: silhouette_score(wx, labels, metric=metric) for metric in ("euclidean", "cosine", "manhattan")},
    "kmeans_inertia": KMeans(4, n_init=50, random_state=0).fit(wx).inertia_,
    "dbscan": DBSCAN(eps=0.9, min_samples=4).fit(wy).labels_.tolist(),
    "procrustes": {"flat": procrustes(wx[:, :2], wy)[2], "padded": procrustes(wx, padded(wy, 10))[2]},
    "compare": {
        "overlap": [len(set(a) & set(b)) / 10 for a, b in zip(own, other)],
        "cka": cka(wx, wy),
        "rsa": spearmanr(pdist(wx, "cosine"), pdist(wy, "cosine")).statistic,
    },
    "health": {
        "norm_mean": norms.mean(),
        "norm_std": norms.std(),
        "anisotropy": cosines.mean(),
        "effective_rank": float(np.exp(-(shares * np.log(shares)).sum())),
        "hubness_skew": float(skew(counts)),
        "participation_ratio": (singular**2).sum() ** 2 / (singular**4).sum(),
        "iso_score": iso_score(wx),
        "rank_me": rank_me(wx),
        # Under cosine: the distances of unit rows.
        "intrinsic_dimension": intrinsic_dimension(unit, 10),
    },
    "cloudy": cloudy.tolist(),
    "hdbscan": [
        hdbscan("cloudy", cloudy.astype(np.float64), 10, 5, "euclidean"),
        hdbscan("cloudy", cloudy.astype(np.float64), 5, None, "euclidean"),
        hdbscan("x", wx, 8, 3, "euclidean"),
        hdbscan("x", wx, 8, 3, "cosine"),
        # Sizes at which the order of rows, and so how ties fall, changes nothing in the reference either.
        hdbscan("y", wy, 8, 4, "manhattan"),
        hdbscan("y", wy, 5, 3, "manhattan"),
    ],
    "davies_bouldin": scores.davies_bouldin_score(wx, mixed),
    "mixed": mixed.tolist(),
    "agreement": {
        "adjusted_rand": scores.adjusted_rand_score(labels, mixed),
        "adjusted_mutual_information": scores.adjusted_mutual_info_score(labels, mixed),
        "homogeneity": scores.homogeneity_score(labels, mixed),
        "completeness": scores.completeness_score(labels, mixed),
        "v_measure": scores.v_measure_score(labels, mixed),
        "neighbour_accuracy": cross_val_score(KNeighborsClassifier(7, algorithm="brute"), wx, mixed, cv=LeaveOneOut()).mean(),
    },
    "rankings": [ranking(grade, random.permutation(24)) for grade in grades],
    "spearman": {"few": few.tolist(), "many": many.tolist(), "value": spearmanr(few, many).statistic},
    "bootstrap": [drawn.low, drawn.high],
    "iris": iris.tolist(),
    "umap": {"fuzzy": fuzzy[:6].tolist(), "sum": float(fuzzy.sum()), "trustworthiness": [trustworthiness(iris, layout, n_neighbors=15) for layout in maps]},
    "tsne": {"negative_entropy": float((p * np.log(p)).sum()), "kl": float(np.median(tsne))},
}
Path(__file__).with_name("reference.json").write_text(json.dumps(reference, separators=(",", ":"), default=float) + "\n")
