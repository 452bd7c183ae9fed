//! Every architecture beyond BERT, CLIP and ResNet against what the Python reference libraries said of the same files
//! (`goldens/text_families.py`, `goldens/image_families.py`), and what becomes of files that are not right.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Mixed, Picture, agrees, cosine, goldens, open, pictures_agree, read, same, text_row};
use embedscope_models::{Folders, Input, Kind, Role, Similarity, load, load_reranker};
use serde::Deserialize;

#[derive(Deserialize)]
struct Sentence {
    text: String,
    document: Vec<f32>,
    query: Option<Vec<f32>>,
}

/// Each with the length of its vectors and the most tokens of a text that count.
const TEXT: [(&str, usize, Option<usize>); 14] = [
    ("roberta", 32, Some(64)),
    ("xlm-roberta", 32, Some(48)),
    ("camembert", 32, Some(20)),
    ("mpnet", 32, Some(198)),
    ("distilbert", 32, Some(48)),
    ("modernbert", 32, Some(64)),
    ("modernbert-old", 32, Some(64)),
    ("nomic", 32, Some(48)),
    ("qwen3", 32, Some(48)),
    ("gemma3", 24, Some(64)),
    ("gpt2", 32, Some(64)),
    ("static", 24, None),
    ("model2vec", 24, None),
    ("bert-mean", 48, Some(40)),
];

#[test]
fn text_models_agree_with_their_references() {
    for (name, dim, limit) in TEXT {
        let model = open(name);
        let about = model.about();
        assert_eq!((about.dim, about.max_tokens), (dim, limit), "{name}");
        let rows: Vec<Sentence> = read(&format!("{}.json", name.trim_end_matches("-old")));
        assert!(rows.len() >= 19, "{name}");
        for Sentence { text, document, query } in rows {
            agree(&text_row(&*model, &text, Role::Document), &document, &format!("{name}: {text:?}"));
            if let Some(query) = query {
                agree(&text_row(&*model, &text, Role::Query), &query, &format!("{name}: query {text:?}"));
            }
        }
    }
    assert_eq!(open("mpnet").about().similarity, Similarity::Dot);
}

/// As `same`, but a text without tokens that count is zeros on both sides, between which there is no angle.
#[track_caller]
fn agree(found: &[f32], expected: &[f32], what: &str) {
    if expected.iter().all(|value| *value == 0.0) {
        assert_eq!(found, expected, "{what}");
    } else {
        same(found, expected, what);
    }
}

#[test]
fn no_vector_depends_on_its_company() {
    let texts: Vec<String> = read::<Sentence>("bert-mean.json").into_iter().map(|row| row.text).collect();
    for (name, ..) in TEXT {
        let model = open(name);
        let inputs: Vec<Input<'_>> = texts.iter().cycle().take(70).map(|text| Input::Text(text)).collect();
        let together = model.embed(&inputs, Role::Document).expect("embedded");
        for (row, text) in together.iter().zip(texts.iter().cycle()) {
            agree(row, &text_row(&*model, text, Role::Document), &format!("{name}: {text:?}"));
        }
    }
}

#[test]
fn a_text_without_tokens_is_zeros() {
    for name in ["gpt2", "static", "model2vec"] {
        assert!(text_row(&*open(name), "", Role::Document).iter().all(|value| *value == 0.0), "{name}");
        assert_eq!(open(name).explain("").expect("explained").ids.len(), 0, "{name}");
    }
}

#[test]
fn an_anatomy_gives_the_vector_of_every_architecture() {
    for (name, dim, _) in TEXT {
        let model = open(name);
        let anatomy = model.explain("the cat 猫 runs").expect("explained");
        assert_eq!(anatomy.vector, text_row(&*model, "the cat 猫 runs", Role::Document), "{name}");
        assert_eq!((anatomy.vector.len(), anatomy.tokens.len()), (dim, anatomy.ids.len()), "{name}");
    }
}

#[test]
fn picture_models_agree_with_transformers_and_timm() {
    // The side of the pictures that the recipe only crops, where there are any.
    for (name, dim, side) in [
        ("vit", 32, 32),
        ("vit-timm", 64, 0),
        ("dinov2", 32, 33),
        ("dinov2-swiglu", 32, 33),
        ("dinov2-registers", 32, 33),
        ("convnext", 24, 36),
        ("convnext-timm", 24, 33),
        ("mobilenet-torchvision", 40, 256),
        ("mobilenet-timm", 40, 36),
    ] {
        pictures_agree(name, dim, side);
    }
}

#[test]
fn siglip_agrees_with_transformers() {
    for name in ["siglip", "siglip2"] {
        let model = open(name);
        assert_eq!(model.about().kinds, [Kind::Text, Kind::Image]);
        assert_eq!((model.about().dim, model.about().max_tokens), (40, Some(24)));
        for row in read::<Mixed>(&format!("{name}.json")) {
            let what = format!("{name}: {:?} {:?}", row.text, row.picture);
            if let Some(text) = &row.text {
                same(&text_row(&*model, text, Role::Document), &row.vector, &what);
            } else if let Some(picture) = row.picture.map(Picture::open) {
                let found = model.embed(&[picture.input()], Role::Document).expect("embedded");
                agrees(found.row(0), &row, (picture.width, picture.height) != (32, 32), &what);
            }
        }
    }
}

#[derive(Deserialize)]
struct Scored {
    question: String,
    text: String,
    score: f32,
}

#[test]
fn rerankers_agree_with_sentence_transformers() {
    for name in ["reranker-bert", "reranker-xlm-roberta"] {
        let path = goldens().join(name);
        let model =
            load_reranker(path.to_str().expect("a plain path"), &Folders::from_env(), Some(2)).expect("a model");
        assert_eq!(model.id(), name);
        let rows: Vec<Scored> = read(&format!("{name}.json"));
        for row in &rows {
            let score = model.score(&row.question, &[&row.text]).expect("scored")[0];
            assert!((score - row.score).abs() <= 1e-4, "{name}: {:?}: {score} is not {}", row.text, row.score);
        }
        let question = &rows[0].question;
        let rows: Vec<&Scored> = rows.iter().filter(|row| row.question == *question).collect();
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        for (row, score) in rows.iter().zip(model.score(question, &texts).expect("scored")) {
            assert!((score - row.score).abs() <= 1e-4, "{name}: {:?} in company", row.text);
        }
    }
}

/// Data that is at hand where the project is developed, and not part of it.
fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EMBEDSCOPE_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join("weights_text_static").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

fn open_at(path: &Path) -> Result<std::sync::Arc<dyn embedscope_models::Embedder>, embedscope_models::Error> {
    load(path.to_str().expect("a plain path"), &Folders::from_env(), Some(2))
}

#[test]
fn published_tables_of_model2vec_are_read_in_every_precision() {
    let Some(fixtures) = data("model2vec_fixtures") else { return };
    // As model2vec says of “hello world”.
    let expected = [-0.393_454_7, -0.919_344];
    let root = tempfile::tempdir().expect("a folder");
    for (name, allowed) in [("float32", 1e-6), ("float16", 1e-3), ("int8", 2e-2), ("sentence-transformers", 1e-6)] {
        // Some of the folders share their tokenizer with the first.
        let folder = root.path().join(name);
        fs::create_dir(&folder).expect("made");
        for from in ["test-model-float32".to_owned(), format!("test-model-{name}")] {
            for file in fs::read_dir(fixtures.join(from)).expect("a folder").flatten() {
                fs::write(folder.join(file.file_name()), fs::read(file.path()).expect("read")).expect("written");
            }
        }
        let model = open_at(&folder).expect("a model");
        let found = text_row(&*model, "hello world", Role::Document);
        let apart = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart <= allowed, "{name}: {found:?}");
    }
    let shared = open_at(&fixtures.join("test-model-vocab-quantized")).expect("a model");
    let found = text_row(&*shared, "hello world", Role::Document);
    let apart = found.iter().zip([-0.000_601_75, -0.329_683_6, 0.311_831_53]).map(|(a, b)| (a - b).abs());
    assert!(apart.fold(0.0, f32::max) <= 1e-5, "{:?}", &found[..3]);
}

#[test]
fn vectors_of_words_in_a_text_file_are_averaged() {
    let root = tempfile::tempdir().expect("a folder");
    let file = root.path().join("tiny.vec");
    fs::write(&file, "3 2\ncat 1 0\ndog 0 1\n, 5 5\n").expect("written");
    let model = open_at(&file).expect("a model");
    assert_eq!((model.about().id.as_str(), model.about().dim, model.about().max_tokens), ("tiny.vec", 2, None));
    assert_eq!(text_row(&*model, "Cat DOG elephant cat", Role::Document), [2.0 / 3.0, 1.0 / 3.0]);
    assert_eq!(text_row(&*model, "elephant", Role::Document), [0.0, 0.0]);
    let anatomy = model.explain("Cat, elephant").expect("explained");
    assert_eq!(anatomy.tokens, ["cat", ","]);
    assert_eq!(anatomy.vector, [3.0, 2.5]);

    let Some(file) = data("glove_slice/glove.6B.50d.ranks_1-2446.txt") else { return };
    let model = open_at(&file).expect("a model");
    let of = |word: &str| text_row(&*model, word, Role::Document);
    assert_eq!(model.about().dim, 50);
    assert_eq!(of("the")[..3], [0.418, 0.24968, -0.41242]);
    let (near, far) = (cosine(&of("king"), &of("queen")), cosine(&of("king"), &of("percent")));
    assert!(near > 0.6 && far < 0.4, "{near} {far}");
}

/// A copy of a golden model with something done to it, and why it is refused.
fn refused(name: &str, spoil: impl Fn(&Path)) -> String {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("spoilt");
    copy(&goldens().join(name), &folder);
    spoil(&folder);
    let error = open_at(&folder).map(|_| ()).expect_err("refused").to_string();
    assert!(!error.contains('\n') && error.len() < 400, "one sentence: {error}");
    error
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::write(to, fs::read(entry.path()).expect("read")).expect("written");
        }
    }
}

/// Changes words in a file.
fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let content = fs::read_to_string(&path).expect("read");
    assert!(content.contains(from), "{file} has no {from}");
    fs::write(path, content.replace(from, to)).expect("written");
}

#[test]
fn what_is_not_right_is_refused_in_one_sentence() {
    let unknown = refused("roberta", |folder| edit(folder, "config.json", "\"roberta\"", "\"deberta-v2\""));
    assert!(unknown.contains("“deberta-v2” is not known"), "{unknown}");
    let heads = refused("modernbert", |folder| {
        edit(folder, "config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 5")
    });
    assert!(heads.contains("5 heads"), "{heads}");
    let layers =
        refused("qwen3", |folder| edit(folder, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"));
    assert!(layers.contains("layers.2") || layers.contains("2 of 3"), "{layers}");
    let tokenizer = refused("mpnet", |folder| {
        fs::write(folder.join("tokenizer.json"), fs::read(goldens().join("roberta/tokenizer.json")).expect("read"))
            .expect("written");
    });
    assert!(tokenizer.contains("another model's"), "{tokenizer}");
    let gone = refused("nomic", |folder| fs::remove_file(folder.join("model.safetensors")).expect("removed"));
    assert!(gone.contains("model.safetensors"), "{gone}");
    let gone = refused("gemma3", |folder| fs::remove_file(folder.join("tokenizer.json")).expect("removed"));
    assert!(gone.contains("tokenizer.json"), "{gone}");
    let torn = refused("distilbert", |folder| {
        let path = folder.join("model.safetensors");
        let bytes = fs::read(&path).expect("read");
        fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
    });
    assert!(torn.contains("model.safetensors"), "{torn}");
    let generating = refused("gemma3", |folder| {
        edit(folder, "config.json", "\"use_bidirectional_attention\": true", "\"use_bidirectional_attention\": false");
    });
    assert!(generating.contains("generates text"), "{generating}");
    let scaled =
        refused("qwen3", |folder| edit(folder, "config.json", "\"rope_type\": \"default\"", "\"rope_type\": \"yarn\""));
    assert!(scaled.contains("yarn"), "{scaled}");
    let patches = refused("vit", |folder| edit(folder, "preprocessor_config.json", "\"height\": 32", "\"height\": 64"));
    assert!(patches.contains("patches"), "{patches}");
    let stranger = refused("convnext-timm", |folder| {
        // A name of the same length, so that the file stays whole.
        let path = folder.join("model.safetensors");
        let bytes = fs::read(&path).expect("read");
        let (from, to) = (b"stages.0.blocks.0.gamma", b"stages.0.blocks.0.gramm");
        let at = bytes.windows(from.len()).position(|window| window == from).expect("the name");
        fs::write(path, [&bytes[..at], to, &bytes[at + from.len()..]].concat()).expect("written");
    });
    assert!(stranger.contains("gramm"), "{stranger}");
}

#[test]
fn a_reranker_is_no_embedder_and_the_other_way_round() {
    let scorer = open_at(&goldens().join("reranker-bert")).map(|_| ()).expect_err("refused").to_string();
    assert!(scorer.contains("score pairs"), "{scorer}");
    let path = goldens().join("roberta");
    let embedder = load_reranker(path.to_str().expect("a plain path"), &Folders::from_env(), Some(1)).map(|_| ());
    assert!(embedder.expect_err("refused").to_string().contains("vectors"));
}
