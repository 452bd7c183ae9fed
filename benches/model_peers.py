"""One Python library that runs models, one job, one fresh process: prints a JSON line with the seconds of the work alone.

Called as `model_peers.py JOB INPUT OUTPUT MODEL`. Loading libraries and weights and a warm-up are not counted, but where loading
is the job. `make` writes the models: the sizes of the real ones with random weights, in genuine file layouts.
"""

import json
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

THREADS = 2
ROWS = 32


def lines(path):
    return pathlib.Path(path).read_text(encoding="utf-8").splitlines()


def torch_with_threads():
    import torch

    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(False)
    return torch


def batches(things):
    return (things[start : start + ROWS] for start in range(0, len(things), ROWS))


def sentences(source, model):
    """sentence-transformers, which sorts by length itself."""
    torch_with_threads()
    from sentence_transformers import SentenceTransformer

    texts = lines(source)
    transformer = SentenceTransformer(model, device="cpu")
    transformer.encode(texts[:ROWS])
    return lambda: transformer.encode(texts, batch_size=ROWS, normalize_embeddings=True)


def start(source, model):
    """From a folder to the vector of a text, in a Python that has loaded and used its libraries before."""
    torch_with_threads()
    from sentence_transformers import SentenceTransformer

    texts = lines(source)[:1]
    work = lambda: SentenceTransformer(model, device="cpu").encode(texts, normalize_embeddings=True)
    work()
    return work


def onnx(source, model):
    """ONNX Runtime on its own export of the model, texts sorted by length, mean pooling."""
    import onnxruntime
    from tokenizers import Tokenizer

    texts = lines(source)
    tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
    tokenizer.enable_truncation(json.loads(pathlib.Path(model, "sentence_bert_config.json").read_text())["max_seq_length"])
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
    session = onnxruntime.InferenceSession(exported(model), options, providers=["CPUExecutionProvider"])

    def work(texts=texts):
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        found = [None] * len(texts)
        for rows in batches(order):
            seen = tokenizer.encode_batch([texts[row] for row in rows])
            ids, mask = (np.array([getattr(one, part) for one in seen], dtype=np.int64) for part in ("ids", "attention_mask"))
            tokens = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            pooled = (tokens * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
            for row, vector in zip(rows, pooled / np.linalg.norm(pooled, axis=1, keepdims=True)):
                found[row] = vector
        return np.stack(found).astype(np.float32)

    work(texts[:ROWS])
    return work


def exported(model):
    """The model as ONNX, beside nothing of the user's."""
    import tempfile

    torch = torch_with_threads()
    from transformers import AutoModel

    class Tokens(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = AutoModel.from_pretrained(model, attn_implementation="eager").eval()

        def forward(self, input_ids, attention_mask):
            return self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    path = pathlib.Path(tempfile.mkdtemp(), "model.onnx")
    sizes = {0: torch.export.Dim("batch", max=4096), 1: torch.export.Dim("tokens", max=512)}
    # Texts of two lengths: an export of two equal ones takes what they have in common for a constant.
    ids, mask = torch.arange(100, 132).reshape(2, 16), torch.ones((2, 16), dtype=torch.long)
    mask[1, 10:] = 0
    torch.onnx.export(Tokens(), (ids, mask), str(path), input_names=["input_ids", "attention_mask"],
                      dynamic_shapes=(sizes, sizes), dynamo=True, verbose=False)
    return str(path)


def pictures(source, prepare, forward):
    """Decoding and preparing side by side in threads, then batches through the network."""
    from PIL import Image

    torch = torch_with_threads()
    files = sorted(pathlib.Path(source).iterdir())
    pool = ThreadPoolExecutor(THREADS)

    def opened(path):
        with Image.open(path) as picture:
            return prepare(picture.convert("RGB"))

    def work(files=files):
        return torch.cat([forward(torch.stack(list(pool.map(opened, some)))) for some in batches(files)]).numpy()

    work(files[:ROWS])
    return work


def clip(source, model):
    torch = torch_with_threads()
    from transformers import CLIPImageProcessor, CLIPModel

    network, processor = CLIPModel.from_pretrained(model).eval(), CLIPImageProcessor.from_pretrained(model)

    def forward(pixels):
        features = network.get_image_features(pixel_values=pixels)
        return torch.nn.functional.normalize(getattr(features, "pooler_output", features), dim=-1)

    return pictures(source, lambda picture: processor(picture, return_tensors="pt")["pixel_values"][0], forward)


def torchvision_net(source, model, name):
    torch = torch_with_threads()
    import torchvision
    from safetensors.torch import load_file

    network = getattr(torchvision.models, name)()
    network.load_state_dict(load_file(f"{model}/model.safetensors"))
    network.fc = torch.nn.Identity()
    network.eval()
    prepare = torchvision.models.ResNet50_Weights.IMAGENET1K_V1.transforms()
    return pictures(source, prepare, network)


def resnet50(source, model):
    return torchvision_net(source, model, "resnet50")


def make(_, folder, like):
    """The models the jobs above run, below a folder; the tokenizer is that of the model `like`."""
    import torch
    import torchvision
    import transformers
    from safetensors.torch import save_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    folder = pathlib.Path(folder)
    torch.manual_seed(0)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=f"{like}/tokenizer.json", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]")
    transformers.MPNetModel(transformers.MPNetConfig(max_position_embeddings=514)).save_pretrained(folder / "encoder")
    tokenizer.save_pretrained(folder / "encoder")
    base = Transformer(str(folder / "encoder"), max_seq_length=384)
    SentenceTransformer(modules=[base, Pooling(768), Normalize()]).save(str(folder / "mpnet"), create_model_card=False)

    config = transformers.CLIPConfig(text_config={"vocab_size": tokenizer.vocab_size, "bos_token_id": 101, "eos_token_id": 102})
    transformers.CLIPModel(config).save_pretrained(folder / "clip")
    transformers.CLIPImageProcessor().save_pretrained(folder / "clip")
    tokenizer.save_pretrained(folder / "clip")

    (folder / "resnet50").mkdir()
    save_file(torchvision.models.resnet50().state_dict(), folder / "resnet50/model.safetensors")


def main():
    job, source, target, model = sys.argv[1:5]
    if job == "make":
        make(source, target, model)
        print("{}")
        return
    work = globals()[job](source, model)
    began = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    np.save(target, np.asarray(result))
    print(json.dumps({"seconds": seconds}))


main()
