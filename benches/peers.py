"""One peer, one job, one fresh process: prints a JSON line with the seconds of the work alone.

Called by bench.py as `peers.py JOB INPUT OUTPUT`; loading libraries and warming them up is not counted.
"""

import json
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


def neighbours(x):
    from sklearn.neighbors import NearestNeighbors

    # On unit vectors Euclidean order is cosine order, and scikit-learn's fused brute force serves only the former.
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)

    def work():
        index = NearestNeighbors(n_neighbors=16, algorithm="brute", n_jobs=THREADS).fit(unit)
        return index.kneighbors(unit, return_distance=False)[:, 1:].astype(np.uint32)

    return work


def kmeans(x):
    from sklearn.cluster import KMeans

    return lambda: KMeans(50, n_init=1, max_iter=20, random_state=SEED).fit(x).labels_.astype(np.int32)


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
    else:
        work = globals()[job](np.load(source))
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    np.save(target, result)
    print(json.dumps({"seconds": seconds}))


main()
