"""A whole comparison as a Python script would do it: prints a JSON line with its seconds and its figures.

Called as `whole_peer.py TEXTS MODEL`; loading libraries and the model, and warming them up, is not counted.
"""

import json
import sys
import time

import numpy as np
import torch
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors
from umap import UMAP

THREADS = 2
SEED = 42
K = 10
SAMPLE = 2000


def baseline(texts):
    words = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, max_features=50_000).fit_transform(texts)
    x = TruncatedSVD(384, random_state=SEED).fit_transform(words).astype(np.float32)
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def near(x):
    return NearestNeighbors(n_neighbors=K + 1, algorithm="brute", n_jobs=THREADS).fit(x).kneighbors(x, return_distance=False)[:, 1:]


def cka(a, b):
    a, b = a - a.mean(0), b - b.mean(0)
    return float(np.linalg.norm(a.T @ b) ** 2 / np.linalg.norm(a.T @ a) / np.linalg.norm(b.T @ b))


def compare(texts, model):
    a = model.encode(texts, batch_size=32, normalize_embeddings=True)
    b = baseline(texts)
    overlap = float(np.mean([len(set(x) & set(y)) / K for x, y in zip(near(a), near(b))]))
    rows = np.random.default_rng(SEED).choice(len(a), min(SAMPLE, len(a)), replace=False)
    rsa = float(spearmanr(pdist(a[rows], "cosine"), pdist(b[rows], "cosine")).statistic)
    first = UMAP(n_neighbors=15, metric="cosine", n_jobs=THREADS).fit_transform(a)
    second = UMAP(n_neighbors=15, metric="cosine", n_jobs=THREADS, init=first).fit_transform(b)
    procrustes(first, second)
    return {"overlap": overlap, "cka": cka(a, b), "rsa": rsa}


def main():
    texts = open(sys.argv[1], encoding="utf-8").read().splitlines()
    torch.set_num_threads(THREADS)
    model = SentenceTransformer(sys.argv[2], device="cpu")
    model.encode(texts[:64])
    UMAP(n_neighbors=15, metric="cosine", n_jobs=THREADS).fit_transform(baseline(texts[:1000]))
    started = time.perf_counter()
    figures = compare(texts, model)
    print(json.dumps({"seconds": time.perf_counter() - started} | figures))


main()
