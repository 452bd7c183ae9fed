"""One peer, one job, one fresh process: prints a JSON line with the seconds of the work alone.

Called by bench.py as `peers.py JOB INPUT OUTPUT`; loading libraries and warming them up is not counted.
"""

import json
import os
import pathlib
import sys
import time

import numpy as np

THREADS = 2
SEED = 42


def pca(x):
    from sklearn.decomposition import PCA

    PCA(50, random_state=SEED).fit(x[:2000])
    return lambda: PCA(50, random_state=SEED).fit_transform(x)


def product(_):
    a, b = np.random.default_rng(0).random((2, 2048, 768), dtype=np.float32)

    def work():
        times = []
        for _ in range(15):
            began = time.perf_counter()
            a @ b.T
            times.append(time.perf_counter() - began)
        return np.array(times)

    return work


def fast_faiss():
    """faiss with the kernels that are fastest for it here: its OpenBLAS takes slower ones on processors it does not know."""
    if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"):
        os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"
    import faiss

    faiss.omp_set_num_threads(THREADS)
    return faiss


def faiss_neighbours(x):
    faiss = fast_faiss()
    # The inner product of unit rows is their cosine; each row is its own nearest.
    return lambda: faiss.knn(x, x, 16, metric=faiss.METRIC_INNER_PRODUCT)[1][:, 1:].astype(np.uint32)


def faiss_kmeans(x):
    faiss = fast_faiss()

    def work():
        means = faiss.Kmeans(x.shape[1], 100, niter=20, seed=SEED, max_points_per_centroid=len(x))
        means.train(x)
        return means.index.search(x, 1)[1][:, 0].astype(np.int32)

    return work


def kmeans(x):
    from sklearn.cluster import KMeans

    return lambda: KMeans(100, n_init=1, max_iter=20, random_state=SEED).fit(x).labels_.astype(np.int32)


def tsne(x):
    from openTSNE import TSNE

    return lambda: np.asarray(
        TSNE(perplexity=30, n_jobs=THREADS, negative_gradient_method="fft", random_state=SEED).fit(x), dtype=np.float32
    )


def descent(x):
    from pynndescent import NNDescent

    def work(x=x):
        index = NNDescent(x, metric="cosine", n_neighbors=16, n_jobs=THREADS, random_state=SEED)
        return index.neighbor_graph[0][:, 1:].astype(np.uint32)

    work(x[:3000])
    return work


def umap(x):
    from umap import UMAP

    # Without a seed it runs on all threads; with one it would fall back to a single one.
    work = lambda x=x: UMAP(n_neighbors=15, metric="cosine", n_jobs=THREADS).fit_transform(x)
    work(x[:3000])
    return work


def hdbscan(x):
    from fast_hdbscan import HDBSCAN

    work = lambda x=x: HDBSCAN(min_cluster_size=50, min_samples=50).fit(x).labels_.astype(np.int32)
    work(x[:3000])
    return work


def distances(rows, x, metric):
    """From some rows to all, as wide as numpy makes them: its BLAS does the work."""
    if metric == "cosine":
        unit = x / np.linalg.norm(x, axis=1, keepdims=True)
        return 1 - unit[rows] @ unit.T
    squares = (x**2).sum(1)
    return squares[rows, None] + squares - 2 * x[rows] @ x.T


def quality(x, map):
    from scipy.stats import spearmanr

    n, k = len(x), 15
    chosen = np.random.default_rng(SEED).choice(n, 5000, replace=False)

    def ranked(rows, z, metric):
        far = distances(rows, z, metric)
        far[np.arange(len(rows)), rows] = -np.inf
        order = np.argsort(far, axis=1)
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(n)[None], axis=1)
        return order[:, 1 : k + 1], ranks

    def work():
        figures = []
        for rows in np.array_split(chosen, 50):
            (near, ranks), (drawn, drawn_ranks) = ranked(rows, x, "cosine"), ranked(rows, map, "euclidean")
            beyond = lambda ranks, lists: np.maximum(np.take_along_axis(ranks, lists, axis=1) - k, 0).sum(1)
            kept = (np.take_along_axis(ranks, drawn, axis=1) <= k).mean(1)
            figures.append([beyond(ranks, drawn), beyond(drawn_ranks, near), kept])
        intruders, missing, kept = np.concatenate(figures, axis=1).mean(1)
        some = chosen[:2000]
        pairs = np.triu_indices(len(some), 1)
        shepard = spearmanr(distances(some, x, "cosine")[:, some][pairs], distances(some, map, "euclidean")[:, some][pairs])
        worst = k * (2 * n - 3 * k - 1) / 2
        return np.array([1 - intruders / worst, 1 - missing / worst, kept, shepard.statistic])

    return work


def compare(a, b):
    from scipy.stats import spearmanr

    k = 10

    def work():
        chosen = np.random.default_rng(SEED).choice(len(a), 5000, replace=False)
        shared = []
        for rows in np.array_split(chosen, 50):
            near = []
            for z in (a, b):
                far = distances(rows, z, "cosine")
                far[np.arange(len(rows)), rows] = np.inf
                near.append(np.argpartition(far, k, axis=1)[:, :k])
            shared += [len(set(left) & set(right)) / k for left, right in zip(*near)]
        some = chosen[:2000]
        pairs = np.triu_indices(len(some), 1)
        rsa = spearmanr(*(distances(some, z, "cosine")[:, some][pairs] for z in (a, b))).statistic
        left, right = (z.astype(np.float64) - z.mean(0, dtype=np.float64) for z in (a, b))
        disparity = 1 - (np.linalg.svd(left.T @ right, compute_uv=False).sum() / np.linalg.norm(left) / np.linalg.norm(right)) ** 2
        return np.array([np.mean(shared), debiased_cka(left, right), rsa, disparity])

    return work


def debiased_cka(a, b):
    """Song et al. 2012 in the form of features: no matrix of all pairs of rows."""

    def alike(x, y):
        n, own = len(x), ((x**2).sum(1), (y**2).sum(1))
        return np.linalg.norm(x.T @ y) ** 2 - n / (n - 2) * own[0] @ own[1] + own[0].sum() * own[1].sum() / ((n - 1) * (n - 2))

    return alike(a, b) / np.sqrt(alike(a, a) * alike(b, b))


def text_of(path):
    """The text of a file; of a picture its size, once it is decoded."""
    import bs4
    import docx
    import pypdf
    from PIL import Image

    match path.suffix:
        case ".txt":
            return path.read_text(encoding="utf-8")
        case ".html":
            return bs4.BeautifulSoup(path.read_bytes(), "html.parser").get_text()
        case ".docx":
            return "\n".join(paragraph.text for paragraph in docx.Document(path).paragraphs)
        case ".pdf":
            return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    with Image.open(path) as picture:
        return picture.convert("RGB").size


def read(folder):
    from multiprocessing import Pool

    files = sorted(pathlib.Path(folder).iterdir())
    pool = Pool(THREADS)
    pool.map(text_of, files[:50])

    def work():
        found = pool.map(text_of, files, chunksize=50)
        return np.array([len(text) for text in found if isinstance(text, str)])

    return work


def main():
    job, source, target = sys.argv[1:4]
    if job == "read":
        work = read(source)
    elif job == "product":
        work = product(source)
    else:
        work = globals()[job](*map(np.load, [source, *sys.argv[4:]]))
    started = time.perf_counter()
    result = work()
    seconds = result.min() if job == "product" else time.perf_counter() - started
    np.save(target, result)
    print(json.dumps({"seconds": seconds}))


main()
