//! The encoder against candle-transformers' own, which pads and masks where ours lays texts end to end.

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use embedscope_models::{Folders, Input, Role, load};

#[test]
fn token_vectors_agree_with_candle_transformers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens/bert-mean");
    let config: Config =
        serde_json::from_slice(&std::fs::read(folder.join("config.json")).expect("a file")).expect("a config");
    let weights = std::fs::read(folder.join("model.safetensors")).expect("weights");
    let weights = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Device::Cpu).expect("weights");
    let oracle = BertModel::load(weights, &config).expect("a model");
    let model = load(folder.to_str().expect("a plain path"), &Folders::from_env(), Some(1)).expect("a model");

    let texts = ["a cat", "the quick brown fox jumps over the lazy dog and the cat", ""];
    let ids: Vec<Vec<u32>> = texts.iter().map(|text| model.explain(text).expect("explained").ids).collect();
    let longest = ids.iter().map(Vec::len).max().expect("texts");
    let padded: Vec<u32> =
        ids.iter().flat_map(|ids| (0..longest).map(|at| ids.get(at).copied().unwrap_or(0))).collect();
    let mask: Vec<u32> = ids.iter().flat_map(|ids| (0..longest).map(|at| u32::from(at < ids.len()))).collect();
    let tensor = |values: Vec<u32>| Tensor::from_vec(values, (texts.len(), longest), &Device::Cpu).expect("a tensor");
    let (padded, mask) = (tensor(padded), tensor(mask));
    let kinds = padded.zeros_like().expect("zeros");
    let tokens = oracle.forward(&padded, &kinds, Some(&mask)).expect("computed").to_vec3::<f32>().expect("rows");

    let found = model.embed(&texts.map(Input::Text), Role::Document).expect("embedded");
    for ((tokens, ids), found) in tokens.iter().zip(&ids).zip(found.iter()) {
        let mut mean: Vec<f32> =
            (0..found.len()).map(|i| tokens[..ids.len()].iter().map(|token| token[i]).sum()).collect();
        let norm = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
        mean.iter_mut().for_each(|x| *x /= norm);
        let apart = mean.iter().zip(found).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-5, "{apart} apart");
    }
}
