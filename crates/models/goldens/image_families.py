"""Makes the golden files of the picture architectures beyond CLIP and ResNet: tiny models with random weights in genuine file
layouts, and what transformers and timm say of them. The pictures are those `make.py` makes.

    pip install -r requirements.txt
    python image_families.py              # all of them
    python image_families.py vit convnext # some of them
"""

import json
import shutil
import sys

import numpy as np
import timm
import torch
import torchvision
import transformers
from PIL import Image
from safetensors.torch import save_file

from make import HERE, TEXTS, calibrate, rounded, say, settle
from text_families import fast, gemma_tokenizer, sentence_piece, around

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)


def pictures():
    found = sorted((HERE / "pictures").glob("[0-9]*.png"), key=lambda path: int(path.stem))
    return [Image.open(path).convert("RGB") for path in found]


def folder_of(name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def looked_at(name, forward, prepare):
    with torch.no_grad():
        rows = [{"picture": index, "vector": rounded(forward(prepare(picture)[None])[0])} for index, picture in enumerate(pictures())]
    say(f"{name}.json", rows)


def prepared(processor):
    return lambda picture: processor(picture, return_tensors="pt")["pixel_values"][0]


def first_row(model):
    return lambda pixels: model(pixel_values=pixels).last_hidden_state[:, 0]


def make_vit():
    """As google/vit-base-patch16-224: a classifier, whose network has a prefix; every picture squeezed into a square."""
    folder = folder_of("vit")
    config = transformers.ViTConfig(image_size=32, patch_size=8, num_labels=3, **SIZES)
    model = settle(transformers.ViTForImageClassification(config), 41)
    model.save_pretrained(folder)
    processor = transformers.ViTImageProcessor(size={"height": 32, "width": 32}, resample=2, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    processor.save_pretrained(folder)
    looked_at("vit", first_row(model.vit), prepared(processor))


def make_vit_timm():
    folder = folder_of("vit-timm")
    model = timm.models.vision_transformer.VisionTransformer(
        img_size=32, patch_size=8, embed_dim=64, depth=2, num_heads=1, mlp_ratio=0.75, num_classes=3, init_values=1e-5)
    settle(model, 42)
    save_timm(folder, model, "vit_tiny_patch8_32", 0.9)
    looked_at("vit-timm", lambda x: model.forward_head(model.forward_features(x), pre_logits=True), timm_transform(0.9))


def save_timm(folder, model, architecture, part):
    cfg = {"input_size": [3, 32, 32], "interpolation": "bicubic", "crop_pct": part, "crop_mode": "center", "mean": MEAN, "std": STD}
    (folder / "config.json").write_text(json.dumps({"architecture": architecture, "num_classes": 3, "pretrained_cfg": cfg}, indent=2))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors", {"format": "pt"})


def timm_transform(part):
    return timm.data.create_transform(input_size=(3, 32, 32), interpolation="bicubic", crop_pct=part, mean=MEAN, std=STD)


def dinov2(name, seed, model):
    """As facebook/dinov2-small: positions for larger pictures than those it is shown."""
    folder = folder_of(name)
    settle(model, seed).save_pretrained(folder)
    processor = transformers.BitImageProcessor(
        size={"shortest_edge": 33}, crop_size={"height": 32, "width": 32}, resample=3, image_mean=MEAN, image_std=STD)
    processor.save_pretrained(folder)
    looked_at(name, first_row(model), prepared(processor))


def make_dinov2():
    sizes = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, mlp_ratio=2, patch_size=8)
    dinov2("dinov2", 43, transformers.Dinov2Model(transformers.Dinov2Config(image_size=72, **sizes)))
    dinov2("dinov2-swiglu", 44, transformers.Dinov2Model(transformers.Dinov2Config(image_size=24, use_swiglu_ffn=True, **sizes)))
    config = transformers.Dinov2WithRegistersConfig(image_size=72, num_register_tokens=3, **sizes)
    dinov2("dinov2-registers", 45, transformers.Dinov2WithRegistersModel(config))


def make_convnext():
    folder = folder_of("convnext")
    config = transformers.ConvNextConfig(hidden_sizes=[8, 12, 16, 24], depths=[1, 2, 1, 1], num_labels=3)
    model = settle(transformers.ConvNextForImageClassification(config), 46)
    model.save_pretrained(folder)
    processor = transformers.ConvNextImageProcessor(size={"shortest_edge": 32}, crop_pct=0.875, resample=3, image_mean=MEAN, image_std=STD)
    processor.save_pretrained(folder)
    looked_at("convnext", lambda x: model.convnext(x).pooler_output, prepared(processor))

    folder = folder_of("convnext-timm")
    model = timm.models.convnext.ConvNeXt(depths=(1, 1, 1, 1), dims=(8, 12, 16, 24), num_classes=3)
    settle(model, 47)
    save_timm(folder, model, "convnext_tiny", 0.95)
    looked_at("convnext-timm", lambda x: model.forward_head(model.forward_features(x), pre_logits=True), timm_transform(0.95))


def make_mobilenet():
    """Small ones with the paper's seven stages: torchvision's layout (no other file), and timm's."""
    from torchvision.models.mobilenetv2 import Conv2dNormActivation, MobileNetV2

    stages = [[1, 8, 1, 1], [2, 12, 2, 2], [2, 16, 1, 2], [2, 20, 1, 2], [2, 24, 2, 1], [2, 28, 1, 2], [2, 32, 1, 1]]
    model = MobileNetV2(num_classes=3, inverted_residual_setting=stages, round_nearest=4)
    model.features[-1] = Conv2dNormActivation(32, 40, kernel_size=1, activation_layer=torch.nn.ReLU6)
    model.classifier = torch.nn.Identity()
    calibrate(settle(model, 50), 64)
    folder = folder_of("mobilenet-torchvision")
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors")
    prepare = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1.transforms()
    looked_at("mobilenet-torchvision", model, prepare)

    folder = folder_of("mobilenet-timm")
    model = timm.models.efficientnet._gen_mobilenet_v2("mobilenetv2_035", 0.1, num_classes=3)
    model.conv_head = torch.nn.Conv2d(model.conv_head.in_channels, 40, 1, bias=False)
    model.bn2 = timm.layers.BatchNormAct2d(40, act_layer=torch.nn.ReLU6)
    model.classifier = torch.nn.Identity()
    calibrate(settle(model, 51), 64)
    save_timm(folder, model, "mobilenetv2_035", 0.875)
    looked_at("mobilenet-timm", lambda x: model.forward_head(model.forward_features(x), pre_logits=True), timm_transform(0.875))


def siglip(name, seed, tokenizer, clean, resample):
    folder = folder_of(name)
    limit = 24
    tokenizer.save_pretrained(folder)
    pad = tokenizer.pad_token_id
    config = transformers.SiglipConfig(
        text_config=dict(vocab_size=len(tokenizer), max_position_embeddings=limit, pad_token_id=pad, bos_token_id=None, eos_token_id=None,
                         projection_size=40, **SIZES),
        vision_config=dict(image_size=32, patch_size=8, **SIZES | dict(hidden_size=40)))
    model = settle(transformers.SiglipModel(config), seed)
    model.save_pretrained(folder)
    processor = transformers.SiglipImageProcessor(size={"height": 32, "width": 32}, resample=resample)
    processor.save_pretrained(folder)
    unit = lambda output: torch.nn.functional.normalize(output.pooler_output, dim=-1)
    rows = []
    with torch.no_grad():
        for text in TEXTS:
            tokens = tokenizer([clean(text)], truncation=True, padding="max_length", max_length=limit, return_tensors="pt")
            rows.append({"text": text, "vector": rounded(unit(model.get_text_features(input_ids=tokens["input_ids"]))[0])})
        for index, picture in enumerate(pictures()):
            pixels = processor(picture, return_tensors="pt")["pixel_values"]
            rows.append({"picture": index, "vector": rounded(unit(model.get_image_features(pixel_values=pixels))[0])})
    say(f"{name}.json", rows)


def make_siglip():
    # The first, whose tokenizer in Python takes away punctuation before its SentencePiece model sees the text.
    tokenizer = sentence_piece()
    around(tokenizer, None, "</s>")
    first = fast(tokenizer, eos_token="</s>", pad_token="</s>", unk_token="<unk>")

    class Cleaner(transformers.models.siglip.tokenization_siglip.SiglipTokenizer):
        def __init__(self):
            self.do_lower_case = True
    siglip("siglip", 48, first, Cleaner().canonicalize_text, 3)
    path = HERE / "siglip/tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tokenizer_class": "SiglipTokenizer"}, indent=2))

    # The second, whose tokenizer is Gemma's, in lower case and with an end.
    second = gemma_tokenizer()
    around(second._tokenizer, None, "<eos>")
    siglip("siglip2", 49, second, str.lower, 2)


if __name__ == "__main__":
    makers = {name.removeprefix("make_"): maker for name, maker in globals().items() if name.startswith("make_")}
    for name in sys.argv[1:] or makers:
        print(name)
        makers[name]()
