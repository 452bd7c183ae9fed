//! What the models say against what the Python reference libraries said of the same files (`goldens/make.py`).

mod common;

use std::sync::Arc;

use common::{Mixed, Picture, agrees, cosine, goldens, open, pictures_agree, read, same, text_row};
use embedscope_models::{Embedder, Error, Folders, Input, Kind, Pixels, Role, load};
use serde::Deserialize;

#[derive(Deserialize)]
struct Sentence {
    text: String,
    document: Vec<f32>,
    query: Vec<f32>,
}

#[test]
fn sentence_models_agree_with_sentence_transformers() {
    for (name, dim, limit) in [("bert-mean", 48, 40), ("bert-dense", 32, 48)] {
        let model = open(name);
        let about = model.about();
        assert_eq!((about.id.as_str(), about.dim, about.max_tokens), (name, dim, Some(limit)));
        for row in read::<Sentence>(&format!("{name}.json")) {
            same(&text_row(&*model, &row.text, Role::Document), &row.document, &format!("{name}: {:?}", row.text));
            same(&text_row(&*model, &row.text, Role::Query), &row.query, &format!("{name}: query {:?}", row.text));
        }
    }
}

#[test]
fn a_vector_does_not_depend_on_its_company() {
    for name in ["bert-mean", "bert-dense", "clip-gelu"] {
        let model = open(name);
        let texts: Vec<String> = read::<Sentence>("bert-mean.json").into_iter().map(|row| row.text).collect();
        let inputs: Vec<Input<'_>> = texts.iter().cycle().take(75).map(|text| Input::Text(text)).collect();
        let together = model.embed(&inputs, Role::Document).expect("embedded");
        assert_eq!(together.rows(), 75);
        for (row, text) in together.iter().zip(texts.iter().cycle()) {
            assert!(row.iter().all(|value| value.is_finite()));
            same(row, &text_row(&*model, text, Role::Document), &format!("{name}: {text:?}"));
        }
    }
    let model = open("bert-mean");
    assert_eq!(model.embed(&[], Role::Document).expect("nothing").rows(), 0);
}

#[test]
fn clip_agrees_with_transformers() {
    for name in ["clip-quick-gelu", "clip-gelu"] {
        let model = open(name);
        assert_eq!(model.about().kinds, [Kind::Text, Kind::Image]);
        assert_eq!(model.about().max_tokens, Some(24));
        let rows: Vec<Mixed> = read(&format!("{name}.json"));
        let pictures: Vec<Option<Picture>> = rows.iter().map(|row| row.picture.map(Picture::open)).collect();
        let mut inputs = Vec::new();
        for (row, picture) in rows.iter().zip(&pictures) {
            let input = picture.as_ref().map(Picture::input);
            inputs.push(input.unwrap_or_else(|| Input::Text(row.text.as_deref().expect("a text or a picture"))));
        }
        // Mixed, and turned round, so that neither the order nor the company can matter.
        inputs.reverse();
        let found = model.embed(&inputs, Role::Document).expect("embedded");
        for ((row, picture), found) in rows.iter().rev().zip(pictures.iter().rev()).zip(found.iter()) {
            let resized = picture.as_ref().is_some_and(|picture| (picture.width, picture.height) != (32, 32));
            agrees(found, row, resized, &format!("{name}: {:?} {:?}", row.text, row.picture));
        }
    }
}

#[test]
fn resnets_agree_with_timm_torchvision_and_transformers() {
    // The side of a picture that the recipe only crops.
    for (name, dim, side) in [("resnet-timm", 256, 33), ("resnet-torchvision", 64, 256), ("resnet-huggingface", 48, 36)]
    {
        assert!(pictures_agree(name, dim, side) > 0, "{name} is tried with resized pictures only");
    }
}

#[test]
fn an_anatomy_shows_the_whole_way() {
    let model = open("bert-mean");
    let text = "the café 猫 runs";
    let anatomy = model.explain(text).expect("explained");
    assert_eq!(anatomy.tokens[..3], ["[CLS]", "the", "cafe"]);
    assert_eq!((anatomy.tokens.len(), anatomy.ids.len()), (anatomy.offsets.len(), anatomy.offsets.len()));
    let seen: Vec<&str> = anatomy.offsets.iter().map(|&(start, end)| &text[start..end]).collect();
    assert_eq!(seen[..4], ["", "the", "café", "猫"]);
    assert_eq!(anatomy.vector, text_row(&*model, text, Role::Document));
    let last = anatomy.stages.last().expect("stages");
    assert_eq!((last.name.as_str(), last.shape.as_slice()), ("normalised", [48].as_slice()));
    assert_eq!(anatomy.stages[1].shape, [anatomy.ids.len(), 48]);
    let own = anatomy.pooled.iter().find(|pooled| pooled.own).expect("its own way");
    assert_eq!(own.pooling, "mean");
    assert!((own.cosine - 1.0).abs() < 1e-6 && anatomy.pooled.len() == 3);
    assert!(anatomy.norm > 0.0 && anatomy.cut == 0);

    let long = model.explain(&"dog ".repeat(100)).expect("explained");
    assert_eq!((long.ids.len(), long.cut), (40, 62));
    assert_eq!(model.count_tokens(&"dog ".repeat(100)), 102);

    let clip = open("clip-gelu").explain("a cat").expect("explained");
    assert_eq!(clip.tokens.last().map(String::as_str), Some("<|endoftext|>"));
    assert_eq!(clip.vector, text_row(&*open("clip-gelu"), "a cat", Role::Document));
}

#[test]
fn inputs_of_the_wrong_kind_are_refused() {
    let picture = Picture::open(0);
    let refused = |name: &str, input| open(name).embed(&[input], Role::Document).map(|_| ()).expect_err("refused");
    assert_eq!(refused("bert-mean", picture.input()).to_string(), "bert-mean cannot embed a picture");
    assert_eq!(refused("resnet-timm", Input::Text("x")).to_string(), "resnet-timm cannot embed a text");
    let broken = Input::Image(Pixels { width: 9, height: 9, rgb: &[0; 3] });
    assert!(matches!(refused("clip-gelu", broken), Error::Input { .. }));
}

#[test]
fn the_recipe_is_the_same_every_time_and_differs_between_models() {
    let recipe = |name: &str| open(name).about().recipe.clone();
    assert_eq!(recipe("bert-mean"), recipe("bert-mean"));
    assert_ne!(recipe("clip-gelu"), recipe("clip-quick-gelu"));
    let files = recipe("bert-mean")["files"].as_object().expect("files").keys().cloned().collect::<Vec<_>>();
    assert!(
        files.iter().any(|file| file == "model.safetensors")
            && files.iter().any(|file| file == "1_Pooling/config.json")
    );
}

/// The starter model, where its weights are on this computer.
fn minilm() -> Option<Arc<dyn Embedder>> {
    match load("all-MiniLM-L6-v2", &Folders::from_env(), Some(2)) {
        Ok(model) => Some(model),
        Err(Error::NotPresent { id }) => {
            eprintln!("skipped: {id} is not on this computer");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn minilm_agrees_with_sentence_transformers() {
    let Some(model) = minilm() else { return };
    let sentences: Vec<String> = read("sentences.json");
    // 128 bytes of header before 50 × 384 little-endian whole numbers of a millionth, as numpy writes them.
    let bytes = std::fs::read(goldens().join("all-MiniLM-L6-v2.npy")).expect("vectors");
    let vectors: Vec<f32> = bytes[128..]
        .chunks_exact(4)
        .map(|four| i32::from_le_bytes(four.try_into().expect("four bytes")) as f32 / 1e6)
        .collect();
    assert_eq!((sentences.len(), vectors.len()), (50, 50 * 384));
    let inputs: Vec<Input<'_>> = sentences.iter().map(|text| Input::Text(text)).collect();
    let together = model.embed(&inputs, Role::Document).expect("embedded");
    for ((text, expected), found) in sentences.iter().zip(vectors.chunks_exact(384)).zip(together.iter()) {
        same(found, expected, text);
        same(&text_row(&*model, text, Role::Document), expected, text);
    }
}

#[test]
fn a_person_eating_is_nearest_to_a_man_eating() {
    let Some(model) = minilm() else { return };
    let corpus = [
        "A man is eating food.",
        "A man is eating a piece of bread.",
        "The girl is carrying a baby.",
        "A man is riding a horse.",
        "A woman is playing violin.",
        "Two men pushed carts through the woods.",
        "A man is riding a white horse on an enclosed ground.",
        "A monkey is playing drums.",
        "A cheetah is running behind its prey.",
    ];
    let vectors = model.embed(&corpus.map(Input::Text), Role::Document).expect("embedded");
    let query = text_row(&*model, "A person is eating", Role::Query);
    let mut found: Vec<(f64, &str)> =
        vectors.iter().zip(corpus).map(|(row, text)| (cosine(&query, row), text)).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let [first, second] = [found[0], found[1]].map(|(cosine, text)| (format!("{cosine:.3}"), text));
    assert_eq!(first, ("0.779".into(), corpus[0]));
    assert_eq!(second, ("0.667".into(), corpus[1]));
}
