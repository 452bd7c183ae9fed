"""Makes the golden files: tiny models with random weights in genuine file layouts, and what the reference libraries say of them.

    pip install -r requirements.txt
    python make.py                     # the tiny models and their outputs
    python make.py --minilm FOLDER     # the outputs of all-MiniLM-L6-v2 as well, from a folder with its files

Everything is seeded; running it again gives the same numbers up to the last digits.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import timm
import torch
import torchvision
import transformers
from PIL import Image
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling
from sentence_transformers.base.modules import Transformer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent

TEXTS = [
    "",
    " ",
    "a",
    "A cat sits on the mat.",
    "the quick brown fox jumps over the lazy dog",
    "The QUICK brown Fox!",
    "naïve café, déjà vu — Zürich",
    "unknownword supercalifragilistic",
    "the cat 😀 and the dog 🐕‍🦺👩‍👩‍👧",
    "猫坐在垫子上。",
    "القط يجلس على السجادة",
    "חתול יושב על המחצלת",
    "a\x00b\x07c\td\r\ne\u200bf\ufeffg",
    "[CLS] the cat [SEP] the dog [MASK]",
    "1234567890 3.14 1e-5",
    "the cat sat on the mat and the dog ran over the hill " * 12,
    "\u0301\u0301\u0301",
    "a" * 300,
    "dog dog dog dog dog dog dog dog dog dog",
    "mat the on sits cat A",
]


def settle(model, seed):
    """Random weights of a size at which every part of the model matters to its output."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if not tensor.is_floating_point():
                continue
            noise = torch.randn(tensor.shape, generator=generator)
            if "norm" in name.lower() or "bn" in name or "downsample.1" in name:
                tensor.copy_((1.0 if name.endswith("weight") else 0.0) + 0.2 * noise)
            elif tensor.dim() > 1 and "embedding" not in name:
                tensor.copy_(noise * 1.5 / float(np.sqrt(tensor[0].numel())))
            else:
                tensor.copy_(0.5 * noise)
    return model.eval()


def calibrate(model, side):
    """Lets batch norms see pictures once, so that features keep a natural size and tell pictures apart."""
    generator = torch.Generator().manual_seed(9)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    model.train()
    with torch.no_grad():
        for _ in range(2):
            coarse = torch.randn((8, 3, 6, 6), generator=generator)
            model(torch.nn.functional.interpolate(coarse, size=(side, side), mode="bilinear"))
    return model.eval()


def words():
    """A WordPiece vocabulary: special tokens, letters (also as endings), and some words."""
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)] + list("0123456789")
    others = list(".,!?—-'") + list("猫坐在上。") + list("القطيجلسعى") + list("חתוליש")
    whole = "the cat dog mat sits sat on quick brown fox jumps over lazy and ran hill naive cafe deja vu zurich".split()
    pieces = ["##" + x for x in letters + ["ing", "ed", "word", "known"]]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + others + whole + pieces
    return {token: index for index, token in enumerate(dict.fromkeys(vocabulary))}


def bert_tokenizer(folder):
    vocabulary = words()
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    fast = transformers.BertTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]",
        cls_token="[CLS]", mask_token="[MASK]", model_max_length=64,
    )
    fast.save_pretrained(folder)
    # As in the real MiniLM: what the tokenizer's file says of truncation and padding is not what the model wants.
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text())
    content["truncation"] = {"direction": "Right", "max_length": 16, "strategy": "LongestFirst", "stride": 0}
    content["padding"] = {
        "strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None,
        "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]",
    }
    path.write_text(json.dumps(content, ensure_ascii=False))
    return vocabulary


def bert(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = bert_tokenizer(folder)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=80,
        max_position_embeddings=64, type_vocab_size=2, hidden_act="gelu",
    )
    settle(transformers.BertModel(config, add_pooling_layer=False), seed).save_pretrained(folder)


def say(name, values):
    """Writes outputs with nine digits, one row a line."""
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in values)
    (HERE / name).write_text(f"[\n{rows}\n]\n")


def rounded(vector):
    return [float(f"{float(x):.8g}") for x in vector]


def sentence_models():
    # Old words, as in almost every repository: mean pooling, normalised, a shorter limit than the positions allow.
    mean = HERE / "bert-mean"
    bert(mean, 1)
    (mean / "modules.json").write_text(json.dumps([
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ], indent=2))
    (mean / "1_Pooling").mkdir(exist_ok=True)
    (mean / "1_Pooling/config.json").write_text(json.dumps({
        "word_embedding_dimension": 48, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False,
    }))
    (mean / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 40, "do_lower_case": False}))

    # New words, as sentence-transformers writes them now: two ways of pooling, a dense layer, prompts, dot product.
    base, dense = HERE / "base", HERE / "bert-dense"
    bert(base, 2)
    # The encoder is loaded with a pooler of random weights, which nothing uses.
    torch.manual_seed(3)
    transformer = Transformer(str(base), max_seq_length=48)
    model = SentenceTransformer(
        modules=[transformer, Pooling(48, pooling_mode=["cls", "max"]), Dense(96, 32)],
        prompts={"query": "the quick query: ", "document": "a "}, similarity_fn_name="dot",
    )
    shutil.rmtree(dense, ignore_errors=True)
    model.save(str(dense), create_model_card=False)
    shutil.rmtree(base)

    for folder in (mean, dense):
        model = SentenceTransformer(str(folder), device="cpu")
        rows = []
        for text in TEXTS:
            row = {"text": text, "document": rounded(model.encode_document(text)), "query": rounded(model.encode_query(text))}
            rows.append(row)
        together = model.encode_document(TEXTS)
        assert np.allclose(together, [row["document"] for row in rows], atol=1e-5)
        say(f"{folder.name}.json", rows)


def pictures():
    """A few small pictures: smooth, noisy, wide, tall, odd sizes, smaller than the crop; some need no resizing by a recipe."""
    generator = np.random.default_rng(4)
    found = []
    for index, (width, height) in enumerate([(32, 32), (32, 32), (61, 40), (40, 75), (97, 97), (20, 25), (33, 200), (33, 33), (36, 36), (256, 256)]):
        y, x = np.mgrid[0:height, 0:width]
        waves = [127 + 120 * np.sin(x / (3 + c + index) + y / (5 + index) + c) for c in range(3)]
        noise = generator.integers(-40, 40, size=(height, width, 3)) if index % 2 and width < 200 else 0
        found.append(Image.fromarray((np.stack(waves, -1) + noise).clip(0, 255).astype(np.uint8), "RGB"))
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    for index, picture in enumerate(found):
        picture.save(folder / f"{index}.png")
    return found


def resized(found):
    """What Pillow makes of every picture: the shorter side to 33 (bicubic) and to 256 (bilinear), cut to 32 and to 40."""
    for filter, side, crop in (("bicubic", 33, 32), ("bilinear", 256, 40)):
        mode = torchvision.transforms.InterpolationMode(filter)
        recipe = torchvision.transforms.Compose(
            [torchvision.transforms.Resize(side, mode), torchvision.transforms.CenterCrop(crop)])
        sheet = Image.new("RGB", (crop * len(found), crop))
        for index, picture in enumerate(found):
            sheet.paste(recipe(picture), (index * crop, 0))
        sheet.save(HERE / "pictures" / f"{filter}.png")


def clip(name, act, eos, found):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)] + list("0123456789.,!?'-")
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    symbols = sorted(alphabet) + [x + "</w>" for x in sorted(alphabet)]
    merges = [("t", "h"), ("th", "e</w>"), ("c", "a"), ("ca", "t</w>"), ("d", "o"), ("do", "g</w>"), ("a", "n"), ("an", "d</w>")]
    assert set(letters) <= set(alphabet)
    vocabulary = {token: index for index, token in enumerate(symbols + ["".join(pair) for pair in merges])}
    for special in ("<|startoftext|>", "<|endoftext|>"):
        vocabulary[special] = len(vocabulary)
    fast = transformers.CLIPTokenizerFast(vocab=vocabulary, merges=merges, model_max_length=24)
    fast.save_pretrained(folder)
    end = vocabulary["<|endoftext|>"]
    text = dict(
        vocab_size=len(vocabulary), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=24, hidden_act=act, projection_dim=24, bos_token_id=end - 1, eos_token_id=end if eos else 2,
        pad_token_id=end,
    )
    vision = dict(
        hidden_size=40, intermediate_size=80, num_hidden_layers=2, num_attention_heads=5, image_size=32, patch_size=8,
        hidden_act=act, projection_dim=24,
    )
    config = transformers.CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)
    model = settle(transformers.CLIPModel(config), 5)
    model.save_pretrained(folder)
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    processor.save_pretrained(folder)
    unit = lambda output: torch.nn.functional.normalize(getattr(output, "pooler_output", output), dim=-1)
    rows = []
    with torch.no_grad():
        for text in TEXTS:
            tokens = fast([text], truncation=True, max_length=24, return_tensors="pt")
            rows.append({"text": text, "vector": rounded(unit(model.get_text_features(**tokens))[0])})
        tokens = fast(TEXTS, truncation=True, padding=True, max_length=24, return_tensors="pt")
        padded = unit(model.get_text_features(**tokens))
        assert np.allclose(padded, [row["vector"] for row in rows], atol=1e-5)
        for index, picture in enumerate(found):
            pixels = processor(picture, return_tensors="pt")["pixel_values"]
            rows.append({"picture": index, "vector": rounded(unit(model.get_image_features(pixel_values=pixels))[0])})
    say(f"{name}.json", rows)


def resnets(found):
    outputs = {}

    # timm: a narrow bottleneck network, bicubic, crop_pct 0.95.
    folder = HERE / "resnet-timm"
    folder.mkdir(exist_ok=True)
    model = timm.models.resnet.ResNet(timm.models.resnet.Bottleneck, [1, 1, 1, 1], base_width=8, num_classes=3)
    narrow(model)
    calibrate(settle(model, 6), 32)
    cfg = {
        "input_size": [3, 32, 32], "interpolation": "bicubic", "crop_pct": 0.95, "crop_mode": "center",
        "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "num_classes": 3, "pool_size": [1, 1],
        "first_conv": "conv1", "classifier": "fc",
    }
    (folder / "config.json").write_text(json.dumps({
        "architecture": "resnet26", "num_classes": 3, "num_features": model.num_features, "pretrained_cfg": cfg,
    }, indent=2))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors", {"format": "pt"})
    transform = timm.data.create_transform(
        input_size=(3, 32, 32), interpolation="bicubic", crop_pct=0.95, mean=cfg["mean"], std=cfg["std"])
    outputs[folder.name] = (lambda x: model.forward_head(model.forward_features(x), pre_logits=True), transform)

    # torchvision: basic blocks, no configuration at all, so the usual recipe.
    folder = HERE / "resnet-torchvision"
    folder.mkdir(exist_ok=True)
    basic = torchvision.models.resnet.ResNet(torchvision.models.resnet.BasicBlock, [2, 1, 1, 1], num_classes=3)
    narrow(basic)
    calibrate(settle(basic, 7), 224)
    save_file({k: v.contiguous() for k, v in basic.state_dict().items()}, folder / "model.safetensors", {"format": "pt"})
    transform = torchvision.transforms.Compose([
        torchvision.transforms.Resize(256),
        torchvision.transforms.CenterCrop(224),
        torchvision.transforms.ToTensor(),
        torchvision.transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ])

    def pooled(x):
        for name, layer in basic.named_children():
            x = layer(x) if name != "fc" else x
        return x.flatten(1)
    outputs[folder.name] = (pooled, transform)

    # Hugging Face: its own names and its own preprocessing.
    folder = HERE / "resnet-huggingface"
    config = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[16, 32, 48], depths=[1, 2, 1], layer_type="bottleneck", num_labels=3)
    other = calibrate(settle(transformers.ResNetForImageClassification(config), 8), 32)
    other.save_pretrained(folder)
    processor = transformers.ConvNextImageProcessor(
        size={"shortest_edge": 32}, crop_pct=0.875, resample=3, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
    processor.save_pretrained(folder)
    outputs[folder.name] = (
        lambda x: other.resnet(x).pooler_output.flatten(1), lambda p: processor(p, return_tensors="pt")["pixel_values"][0])

    for name, (forward, transform) in outputs.items():
        rows = []
        with torch.no_grad():
            for index, picture in enumerate(found):
                rows.append({"picture": index, "vector": rounded(forward(transform(picture)[None])[0])})
        say(f"{name}.json", rows)


def narrow(model):
    """Makes a ResNet eight times narrower: its shapes are to be taken from its weights, not from its name."""
    for module in list(model.modules()):
        if isinstance(module, torch.nn.Conv2d):
            module.out_channels //= 8
            module.in_channels = module.in_channels if module.in_channels == 3 else module.in_channels // 8
            module.weight = torch.nn.Parameter(torch.zeros(module.out_channels, module.in_channels, *module.kernel_size))
        elif isinstance(module, torch.nn.BatchNorm2d):
            count = module.num_features // 8
            module.num_features = count
            module.weight, module.bias = (torch.nn.Parameter(torch.zeros(count)) for _ in range(2))
            module.running_mean, module.running_var = torch.zeros(count), torch.ones(count)
        elif isinstance(module, torch.nn.Linear):
            module.in_features //= 8
            module.weight = torch.nn.Parameter(torch.zeros(module.out_features, module.in_features))
    if hasattr(model, "num_features"):
        model.num_features //= 8


def minilm(folder):
    model = SentenceTransformer(folder, device="cpu")
    vectors = model.encode(json.loads((HERE / "sentences.json").read_text()))
    # Six digits after the point, as whole numbers: 50 × 384 of them.
    whole = np.rint(np.asarray(vectors, dtype=np.float64) * 1e6).astype(np.int32)
    np.save(HERE / "all-MiniLM-L6-v2.npy", whole)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--minilm")
    arguments = arguments.parse_args()
    sentence_models()
    found = pictures()
    resized(found)
    clip("clip-quick-gelu", "quick_gelu", False, found)
    clip("clip-gelu", "gelu", True, found)
    resnets(found)
    if arguments.minilm:
        minilm(arguments.minilm)
