"""Embedding with models, against the Python libraries that run the same weights."""

import sys

import numpy as np

from inputs import photographs, sentences
from judge import least_cosine
from measure import HERE, held_row, race_row, run

PEERS = "model_peers.py"

WHERE_TIME_GOES = {
    "all-MiniLM-L6-v2, 2,000 sentences":
        "MiniLM: three quarters are the tiles of products (attention's among them), a seventh what finishes their numbers (bias, residual, "
        "GELU), a twenty-fifth attention's weights and norms. The products of the peer's library (MKL) are as fast as ours, about 350 "
        "· 10⁹ operations a second at best: what is won is won between them.",
    "a model of the size of all-mpnet-base-v2":
        "The larger model: four fifths are the tiles of products, a sixth of them attention's, and a tenth what finishes their numbers. The "
        "peer spends most of its time in products that are as fast, so that half again as fast is out of reach without fewer operations.",
    "a model of the size of CLIP":
        "CLIP: seven tenths are the tiles of products, a sixth what finishes their numbers (bias, residual, GELU by its logistic "
        "approximation), a twentieth decoding JPEG and resizing, which goes on beside. As with the larger model, the peer's products are "
        "as fast.",
    "all-MiniLM-L6-v2 loaded":
        "The first vector: the tokenizer is read beside laying out weights and looking whether all are finite. The checksum of the "
        "weights, by which vectors are known again, is made once for files that do not change. The peer maps the weights and checks "
        "nothing.",
}


def rows(bench):
    lines = bench.folder / "lines.txt"
    lines.write_text("\n".join(sentences(2000)), encoding="utf-8")
    embed = ["embed", lines, "--lines", "--model", bench.model, "--no-cache"]
    job = "all-MiniLM-L6-v2, 2,000 sentences"
    yield bench.race(job, "sentence-transformers (torch)", embed, ["sentences", lines, bench.model], least_cosine, 2.5, PEERS)
    yield bench.race(job, "ONNX Runtime, sorted by length", embed, ["onnx", lines, bench.model], least_cosine, 1.5, PEERS)

    made = bench.folder / "made"
    run([sys.executable, HERE / PEERS, "make", "-", made, bench.model])
    chunks = bench.folder / "chunks.txt"
    many = sentences(1200)
    chunks.write_text("\n".join(" ".join(many[start::48]) for start in range(48)), encoding="utf-8")
    yield bench.race("a model of the size of all-mpnet-base-v2, 48 chunks of 384 tokens", "sentence-transformers (torch)",
                     ["embed", chunks, "--lines", "--model", made / "mpnet", "--no-cache"],
                     ["sentences", chunks, made / "mpnet"], least_cosine, 1.5, PEERS)
    pictures = bench.folder / "pictures"
    photographs(pictures, 200)
    for name, peer, bar in [("clip", "transformers (torch)", 1.5), ("resnet50", "torchvision (torch)", 1.0)]:
        title = {"clip": "CLIP ViT-B/32", "resnet50": "ResNet-50"}[name]
        yield bench.race(f"a model of the size of {title}, 200 JPEG files of 640 × 480", f"{peer}, files read in two threads",
                         ["embed", pictures, "--model", made / name, "--no-cache"], [name, pictures, made / name],
                         least_cosine, bar, PEERS)
    yield first_vector(bench, lines)
    yield memory(bench)


def first_vector(bench, lines):
    """From a model's folder to the vector of one text."""
    answers = [bench.ours("explain", "A cat.", "--model", bench.model) for _ in range(bench.repeats)]
    theirs = [run([sys.executable, HERE / PEERS, "start", lines, bench.folder / "peer.npy", bench.model]) for _ in answers]
    seconds = min(answer["load_ms"] + answer["elapsed_ms"] for answer in answers) / 1000
    return race_row("all-MiniLM-L6-v2 loaded, and its first vector", "sentence-transformers in a warm Python", seconds,
                    min(their["seconds"] for their in theirs), bar=10)


def memory(bench):
    """Many short texts: the weights and no more than a bounded room to work in."""
    words = np.array(" ".join(sentences(2000)).split())
    rng = np.random.default_rng(0)
    short = bench.folder / "short.txt"
    short.write_text("\n".join(f"{at} " + " ".join(rng.choice(words, 8)) for at in range(100_000)), encoding="utf-8")
    answer = bench.ours("embed", short, "--lines", "--model", bench.model, "--no-cache", "--out", bench.folder / "ours.npy")
    most = (bench.model / "model.safetensors").stat().st_size / 1e6 + 500
    return held_row("100,000 short texts embedded with all-MiniLM-L6-v2, most memory", f"{most:.0f} MB, its weights and 500 MB",
                    f"{answer['peak_memory_mb']:.0f} MB", answer["peak_memory_mb"] <= most)
