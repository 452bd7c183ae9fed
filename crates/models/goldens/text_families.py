"""Makes the golden files of the text architectures beyond BERT: tiny models with random weights in genuine file layouts, and
what sentence-transformers, transformers and model2vec say of them.

    pip install -r requirements.txt
    python text_families.py            # all of them
    python text_families.py mpnet gpt2 # some of them
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from model2vec import StaticModel
from safetensors.numpy import save_file
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Dense, LayerNorm, Normalize, Pooling, StaticEmbedding
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from make import HERE, TEXTS, bert_tokenizer, rounded, say, settle, words

LIMIT = 64
SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)
MERGES = [("t", "h"), ("th", "e"), ("c", "a"), ("ca", "t"), ("d", "o"), ("do", "g"), ("o", "n"), ("Ġ", "the"), ("Ġ", "cat"), ("Ġ", "on")]


def fast(tokenizer, **special):
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=LIMIT, **special)


def around(tokenizer, before, after):
    """The special tokens before and after a text, and between the texts of a pair."""
    number = lambda token: (token, tokenizer.token_to_id(token))
    single = " ".join(filter(None, [before, "$A", after]))
    pair = " ".join(filter(None, [before, "$A", after, before and after, "$B", after]))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=single, pair=pair, special_tokens=[number(token) for token in {before, after} if token])


def byte_level(special):
    """Byte-pair encoding over bytes; the special tokens come first."""
    symbols = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate(special + symbols + ["".join(pair) for pair in MERGES])}
    tokenizer = Tokenizer(models.BPE(vocabulary, MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer


def roberta_tokenizer():
    tokenizer = byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    around(tokenizer, "<s>", "</s>")
    return fast(tokenizer, bos_token="<s>", cls_token="<s>", sep_token="</s>", eos_token="</s>", pad_token="<pad>",
                unk_token="<unk>", mask_token="<mask>")


def sentence_piece():
    """Unigrams, as SentencePiece has them."""
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)] + list("ACTQBF0123456789.,!?—-'") + list("猫坐在上。القطيجلسعىחתוליש")
    whole = ["▁the", "▁cat", "▁dog", "▁a", "▁on", "▁mat", "ing", "▁s", "at", "▁"]
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(piece, -2.0 - 0.1 * index) for index, piece in enumerate(whole)] + [(letter, -6.0) for letter in letters]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens([AddedToken(piece, special=True) for piece, _ in pieces[:4]])
    return tokenizer


def xlm_tokenizer():
    tokenizer = sentence_piece()
    around(tokenizer, "<s>", "</s>")
    return fast(tokenizer, bos_token="<s>", cls_token="<s>", sep_token="</s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>")


def word_piece(renamed):
    """BERT's tokenizer with other names and numbers for its special tokens."""
    vocabulary = {token: index for index, token in enumerate(renamed + [t for t in words() if not t.startswith("[")])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in renamed])
    return tokenizer


def mpnet_tokenizer():
    tokenizer = word_piece(["<s>", "<pad>", "</s>", "[UNK]", "<mask>"])
    around(tokenizer, "<s>", "</s>")
    return fast(tokenizer, bos_token="<s>", cls_token="<s>", sep_token="</s>", eos_token="</s>", pad_token="<pad>",
                unk_token="[UNK]", mask_token="<mask>")


def plain_bert_tokenizer():
    with tempfile.TemporaryDirectory() as folder:
        bert_tokenizer(Path(folder))
        return transformers.PreTrainedTokenizerFast.from_pretrained(folder)


def modern_tokenizer():
    tokenizer = byte_level(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    around(tokenizer, "[CLS]", "[SEP]")
    return fast(tokenizer, cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]")


def qwen_tokenizer():
    tokenizer = byte_level(["<|endoftext|>", "<|im_start|>"])
    around(tokenizer, None, "<|endoftext|>")
    return fast(tokenizer, eos_token="<|endoftext|>", pad_token="<|endoftext|>", padding_side="left")


def gpt2_tokenizer():
    return fast(byte_level(["<|endoftext|>"]), eos_token="<|endoftext|>", pad_token="<|endoftext|>", padding_side="right")


def gemma_tokenizer():
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    letters = ["▁"] + [chr(c) for c in range(ord("a"), ord("z") + 1)] + list("ACTQBF.,!?")
    merges = [("t", "h"), ("th", "e"), ("c", "a"), ("ca", "t"), ("▁", "the"), ("▁", "cat")]
    vocabulary = {token: index for index, token in enumerate(special + bytes_ + letters + ["".join(pair) for pair in merges])}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    around(tokenizer, "<bos>", "<eos>")
    return fast(tokenizer, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>", unk_token="<unk>")


def folder_of(name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def encoded(name, model, texts, atol=1e-5):
    """What a sentence model says of every text, alone; together it must say the same."""
    roles = ["document", "query"] if any(model.prompts.values()) else ["document"]
    encode = {"document": model.encode_document, "query": model.encode_query}
    rows = [{"text": text} | {role: rounded(encode[role](text)) for role in roles} for text in texts]
    together = model.encode_document(texts)
    assert np.allclose(together, [row["document"] for row in rows], atol=atol), name
    say(f"{name}.json", rows)


def sentence(name, model, tokenizer, after, texts=TEXTS, limit=48, **settings):
    """Saves a model as sentence-transformers does, and what the saved folder says."""
    folder = folder_of(name)
    with tempfile.TemporaryDirectory() as base:
        model.save_pretrained(base)
        tokenizer.save_pretrained(base)
        # Some are loaded with a pooler of random weights, which nothing uses.
        torch.manual_seed(3)
        transformer = Transformer(base, max_seq_length=limit)
        SentenceTransformer(modules=[transformer, *after], **settings).save(str(folder), create_model_card=False)
    encoded(name, SentenceTransformer(str(folder), device="cpu"), texts)


def roberta(name, seed, tokenizer, cls, config):
    model = cls(config(vocab_size=len(tokenizer), max_position_embeddings=LIMIT + 2, type_vocab_size=1, pad_token_id=1,
                       bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5, **SIZES), add_pooling_layer=False)
    odd = ["the <pad> cat <pad> sits", "<s> the </s> cat <mask>"]
    return settle(model, seed), tokenizer, odd


def make_roberta():
    """No word of sentence-transformers': an encoder alone, whose tokens are averaged; its limit is the tokenizer's."""
    model, tokenizer, odd = roberta("roberta", 21, roberta_tokenizer(), transformers.RobertaModel, transformers.RobertaConfig)
    folder = folder_of("roberta")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    encoded("roberta", SentenceTransformer(str(folder), device="cpu"), TEXTS + odd)


def make_xlm_roberta():
    model, tokenizer, odd = roberta("xlm-roberta", 22, xlm_tokenizer(), transformers.XLMRobertaModel, transformers.XLMRobertaConfig)
    sentence("xlm-roberta", model, tokenizer, [Pooling(32, pooling_mode="mean"), Normalize()], TEXTS + odd)


def make_camembert():
    model, tokenizer, _ = roberta("camembert", 23, xlm_tokenizer(), transformers.CamembertModel, transformers.CamembertConfig)
    sentence("camembert", model, tokenizer, [Pooling(32, pooling_mode="weightedmean")], limit=20)


def make_mpnet():
    tokenizer = mpnet_tokenizer()
    # Longer than the distance from which on all share one bucket.
    config = transformers.MPNetConfig(vocab_size=len(tokenizer), max_position_embeddings=200, **SIZES)
    model = settle(transformers.MPNetModel(config, add_pooling_layer=False), 24)
    texts = TEXTS + ["the <pad> cat <pad> sits", "the cat and the dog " * 60]
    tokenizer.model_max_length = 198
    sentence("mpnet", model, tokenizer, [Pooling(32, pooling_mode="cls")], texts, limit=198, similarity_fn_name="dot")


def make_distilbert():
    tokenizer = plain_bert_tokenizer()
    config = transformers.DistilBertConfig(vocab_size=len(tokenizer), max_position_embeddings=LIMIT, dim=32, n_layers=2,
                                           n_heads=4, hidden_dim=48)
    model = settle(transformers.DistilBertModel(config), 25)
    norm = LayerNorm(32)
    settle(norm, 26)
    sentence("distilbert", model, tokenizer, [Pooling(32, pooling_mode="mean"), norm, Normalize()])


def make_modernbert():
    tokenizer = modern_tokenizer()
    config = transformers.ModernBertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=LIMIT, local_attention=8, pad_token_id=0, cls_token_id=2,
        sep_token_id=3, bos_token_id=2, eos_token_id=3, **SIZES | dict(num_hidden_layers=4))
    model = settle(transformers.ModernBertModel(config), 27)
    sentence("modernbert", model, tokenizer, [Pooling(32, pooling_mode="cls")], limit=LIMIT)
    # The layout of the older files: below a prefix, the angles in flat words, the layers by a pattern.
    old = folder_of("modernbert-old")
    shutil.copytree(HERE / "modernbert", old)
    config = json.loads((old / "config.json").read_text())
    del config["layer_types"], config["rope_parameters"]
    config |= {"global_rope_theta": 160000.0, "local_rope_theta": 10000.0, "global_attn_every_n_layers": 3}
    (old / "config.json").write_text(json.dumps(config, indent=2))
    tensors = {f"model.{name}": tensor.numpy() for name, tensor in model.state_dict().items()}
    save_file(tensors, old / "model.safetensors", {"format": "pt"})


def make_nomic():
    tokenizer = plain_bert_tokenizer()
    config = transformers.NomicBertConfig(vocab_size=len(tokenizer), max_position_embeddings=LIMIT, **SIZES)
    model = settle(transformers.NomicBertModel(config), 28)
    prompts = {"query": "the quick: ", "document": "on: "}
    sentence("nomic", model, tokenizer, [Pooling(32, pooling_mode="mean"), Normalize()], prompts=prompts)
    # The configuration of the model's own repository, which names everything otherwise.
    path = HERE / "nomic/config.json"
    own = {
        "model_type": "nomic_bert", "architectures": ["NomicBertModel"], "activation_function": "swiglu", "n_embd": 32, "n_head": 4,
        "n_inner": 48, "n_layer": 2, "n_positions": LIMIT, "layer_norm_epsilon": 1e-12, "rotary_emb_base": 1000,
        "rotary_emb_fraction": 1.0, "rotary_emb_interleaved": False, "rotary_emb_scale_base": None, "qkv_proj_bias": False,
        "mlp_fc1_bias": False, "mlp_fc2_bias": False, "prenorm": False, "type_vocab_size": 2, "vocab_size": len(tokenizer),
    }
    path.write_text(json.dumps(own, indent=2))


def make_qwen3():
    tokenizer = qwen_tokenizer()
    config = transformers.Qwen3Config(
        vocab_size=len(tokenizer), max_position_embeddings=LIMIT, num_key_value_heads=2, head_dim=16, pad_token_id=0,
        eos_token_id=0, rope_parameters={"rope_theta": 1000000.0, "rope_type": "default"}, **SIZES)
    model = settle(transformers.Qwen3Model(config), 29)
    prompts = {"query": "Instruct: find the cat\nQuery:", "document": ""}
    sentence("qwen3", model, tokenizer, [Pooling(32, pooling_mode="lasttoken"), Normalize()], prompts=prompts)


def make_gemma3():
    tokenizer = gemma_tokenizer()
    config = transformers.Gemma3TextConfig(
        vocab_size=len(tokenizer), max_position_embeddings=LIMIT, num_key_value_heads=1, head_dim=16, sliding_window=8,
        use_bidirectional_attention=True, query_pre_attn_scalar=20, layer_types=["sliding_attention", "sliding_attention", "full_attention"],
        pad_token_id=0, eos_token_id=1, bos_token_id=2, **SIZES | dict(num_hidden_layers=3))
    model = settle(transformers.Gemma3TextModel(config), 30)
    plain = torch.nn.Identity()
    dense = [Dense(32, 40, bias=False, activation_function=plain), Dense(40, 24, bias=False, activation_function=plain)]
    for index, layer in enumerate(dense):
        settle(layer, 31 + index)
    prompts = {"query": "task: search result | query: ", "document": "title: none | text: "}
    sentence("gemma3", model, tokenizer, [Pooling(32, pooling_mode="mean"), *dense, Normalize()], limit=LIMIT, prompts=prompts)


def make_gpt2():
    tokenizer = gpt2_tokenizer()
    config = transformers.GPT2Config(vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=4, n_positions=LIMIT,
                                     bos_token_id=0, eos_token_id=0)
    model = settle(transformers.GPT2LMHeadModel(config), 33)
    folder = folder_of("gpt2")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    # transformers cannot run a text of no tokens; here such a text is zeros.
    texts = [text for text in TEXTS if text]
    rows = []
    with torch.no_grad():
        for text in texts:
            tokens = tokenizer([text], truncation=True, max_length=LIMIT, return_tensors="pt")
            state = model.transformer(tokens["input_ids"]).last_hidden_state[0]
            rows.append({"text": text, "document": rounded(state.mean(0))})
    say("gpt2.json", rows)


def make_static():
    tokenizer = word_piece(["[PAD]", "[UNK]"])
    generator = np.random.default_rng(34)
    count = tokenizer.get_vocab_size()
    table = generator.normal(size=(count, 24)).astype(np.float32)
    # sentence-transformers' own module, which lets unknown tokens count.
    module = StaticEmbedding(tokenizer, embedding_weights=table)
    folder = folder_of("static")
    SentenceTransformer(modules=[module, Normalize()]).save(str(folder), create_model_card=False)
    encoded("static", SentenceTransformer(str(folder), device="cpu"), TEXTS)
    # model2vec's, whose tokens share rows and have weights.
    folder = folder_of("model2vec")
    weights = generator.uniform(0.1, 2.0, size=count)
    mapping = generator.integers(0, 20, size=count).astype(np.int32)
    config = {"model_type": "model2vec", "architectures": ["StaticModel"], "tokenizer_name": "tiny", "seq_length": 1000000}
    small = StaticModel(table[:20], tokenizer, config, normalize=True, weights=weights, token_mapping=mapping, max_length=None)
    small.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    small = StaticModel.from_pretrained(folder)
    say("model2vec.json", [{"text": text, "document": rounded(small.encode(text, max_length=None))} for text in TEXTS])


PAIRS = [("the cat", text) for text in TEXTS] + [("the quick brown fox " * 30, "a dog " * 60), ("", "the mat")]


def cross_encoder(name, folder):
    model = CrossEncoder(str(folder), device="cpu")
    rows = [{"question": q, "text": t, "score": float(f"{float(model.predict((q, t))):.8g}")} for q, t in PAIRS]
    assert np.allclose(model.predict(PAIRS), [row["score"] for row in rows], atol=1e-5)
    say(f"{name}.json", rows)


def make_rerankers():
    # With a tokenizer that says which token is of which text, as BERT's own does.
    folder = folder_of("reranker-bert")
    folder.mkdir()
    vocabulary = bert_tokenizer(folder)
    config = transformers.BertConfig(vocab_size=len(vocabulary), max_position_embeddings=LIMIT, type_vocab_size=2, num_labels=1, **SIZES)
    settle(transformers.BertForSequenceClassification(config), 35).save_pretrained(folder)
    path = folder / "config.json"
    content = json.loads(path.read_text()) | {"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"}
    path.write_text(json.dumps(content, indent=2))
    cross_encoder("reranker-bert", folder)

    tokenizer = xlm_tokenizer()
    config = transformers.XLMRobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=LIMIT + 2, type_vocab_size=1, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, num_labels=1, **SIZES)
    folder = folder_of("reranker-xlm-roberta")
    settle(transformers.XLMRobertaForSequenceClassification(config), 36).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    cross_encoder("reranker-xlm-roberta", folder)


if __name__ == "__main__":
    makers = {name.removeprefix("make_"): maker for name, maker in globals().items() if name.startswith("make_")}
    for name in sys.argv[1:] or makers:
        print(name)
        makers[name]()
