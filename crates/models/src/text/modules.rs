//! What the files of a sentence-transformers folder say: the modules in their order, pooling, limits and prompts.
//!
//! A module, or an option of one, that is not known is refused by its name rather than passed over. Deliberately absent:
//! the encoder's own configuration.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};
use serde::Deserialize;
use serde_json::Value;

use super::pooling::Pooling;
use super::{normalise, numbers};
use crate::folder::Folder;
use crate::layers::{Activation, Linear};
use crate::weights::Weights;
use crate::{Error, Role, Similarity};

/// The pipeline of a folder.
pub(super) struct Modules {
    /// Where the encoder is, below the folder; empty for the folder itself.
    pub(super) transformer: String,
    pub(super) max_tokens: Option<usize>,
    pub(super) lower_case: bool,
    /// Ways of pooling whose vectors are put side by side.
    pub(super) pooling: Vec<Pooling>,
    pub(super) steps: Vec<Module>,
    pub(super) prompts: Prompts,
    pub(super) similarity: Similarity,
}

/// What is put before a text.
#[derive(Default)]
pub(super) struct Prompts {
    pub(super) document: String,
    pub(super) query: String,
}

impl Prompts {
    pub(super) fn of(&self, role: Role) -> &str {
        match role {
            Role::Document => &self.document,
            Role::Query => &self.query,
        }
    }
}

/// One line of `modules.json`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Module {
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Default, Deserialize)]
struct TransformerConfig {
    max_seq_length: Option<usize>,
    do_lower_case: Option<bool>,
}

#[derive(Default, Deserialize)]
struct TokenizerConfig {
    model_max_length: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Settings {
    prompts: BTreeMap<String, String>,
    default_prompt_name: Option<String>,
    similarity_fn_name: Option<String>,
}

/// The names the transformer's settings have had.
const TRANSFORMER_CONFIGS: [&str; 7] = [
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json",
];

impl Modules {
    /// Reads them; a folder without `modules.json` is an encoder whose tokens are averaged, as in sentence-transformers.
    pub(super) fn read(folder: &Folder) -> Result<Self, Error> {
        let mut transformer = String::new();
        let mut pooling = vec![Pooling::Mean];
        let mut steps = Vec::new();
        if let Some(modules) = folder.json::<Vec<Module>>("modules.json")? {
            let mut modules = modules.into_iter();
            match (modules.next(), modules.next()) {
                (Some(first), Some(second)) if first.name() == "Transformer" && second.name() == "Pooling" => {
                    transformer = first.path;
                    pooling = read_pooling(folder, &second.path)?;
                }
                (first, second) => {
                    let found: Vec<_> = first.iter().chain(&second).map(|module| module.name().to_owned()).collect();
                    return Err(folder.unsupported(format!(
                        "it begins with {} instead of a transformer and its pooling",
                        if found.is_empty() { "nothing".into() } else { found.join(" and ") }
                    )));
                }
            }
            steps = modules.collect();
        }
        let inside =
            |name: &str| if transformer.is_empty() { name.to_owned() } else { format!("{transformer}/{name}") };
        let mut config = TransformerConfig::default();
        for name in TRANSFORMER_CONFIGS {
            if let Some(found) = folder.json(&inside(name))? {
                config = found;
                break;
            }
        }
        let of_tokenizer = folder.json::<TokenizerConfig>(&inside("tokenizer_config.json"))?.unwrap_or_default();
        let told = of_tokenizer.model_max_length.filter(|&length| (1.0..1e6).contains(&length));
        let settings = folder.json::<Settings>("config_sentence_transformers.json")?.unwrap_or_default();
        Ok(Self {
            max_tokens: config.max_seq_length.or(told.map(|length| length as usize)),
            lower_case: config.do_lower_case.unwrap_or(false),
            similarity: similarity(folder, settings.similarity_fn_name.as_deref())?,
            prompts: prompts(settings),
            transformer,
            pooling,
            steps,
        })
    }
}

impl Module {
    /// The last part of its type, which is all that stayed the same over the versions.
    fn name(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or_default()
    }
}

fn read_pooling(folder: &Folder, path: &str) -> Result<Vec<Pooling>, Error> {
    let config: BTreeMap<String, Value> = folder.needed(&format!("{path}/config.json"))?;
    if config.get("include_prompt") == Some(&Value::Bool(false)) {
        return Err(folder.unsupported("its pooling leaves out the prompt"));
    }
    let named = |name: &str| {
        let known = Pooling::NAMES.iter().find(|(_, new, _)| *new == name).map(|(pooling, ..)| *pooling);
        known.ok_or_else(|| folder.unsupported(format!("its pooling is “{name}”")))
    };
    let modes = match config.get("pooling_mode") {
        Some(Value::String(name)) => vec![named(name)?],
        Some(Value::Array(names)) => {
            names.iter().map(|name| named(name.as_str().unwrap_or_default())).collect::<Result<_, _>>()?
        }
        _ => {
            let active = |(_, _, old): &&(Pooling, &str, &str)| config.get(*old) == Some(&Value::Bool(true));
            Pooling::NAMES.iter().filter(active).map(|(pooling, ..)| *pooling).collect()
        }
    };
    if modes.is_empty() { Err(folder.unsupported("its pooling has no mode")) } else { Ok(modes) }
}

fn similarity(folder: &Folder, name: Option<&str>) -> Result<Similarity, Error> {
    match name {
        None | Some("cosine") => Ok(Similarity::Cosine),
        Some("dot" | "dot_product") => Ok(Similarity::Dot),
        Some(other) => Err(folder.unsupported(format!("its vectors are compared by “{other}”"))),
    }
}

fn prompts(mut settings: Settings) -> Prompts {
    let default =
        settings.default_prompt_name.and_then(|name| settings.prompts.get(&name).cloned()).unwrap_or_default();
    let mut first = |names: &[&str]| {
        names.iter().find_map(|&name| settings.prompts.remove(name)).unwrap_or_else(|| default.clone())
    };
    Prompts { document: first(&["document", "passage", "corpus"]), query: first(&["query"]) }
}

/// What happens to a vector after pooling.
pub(super) enum Step {
    /// A linear layer and its activation.
    Dense(Linear),
    /// Scaling to unit length.
    Normalise,
}

#[derive(Deserialize)]
struct DenseConfig {
    activation_function: Option<String>,
    #[serde(default)]
    use_residual: bool,
    #[serde(default = "sentence_embedding")]
    module_input_name: String,
    module_output_name: Option<String>,
}

fn sentence_embedding() -> String {
    "sentence_embedding".into()
}

impl Step {
    /// Loads a module that takes vectors of `inner` numbers.
    pub(super) fn load(module: &Module, folder: &Folder, inner: usize, device: &Device) -> Result<Self, Error> {
        match module.name() {
            "Normalize" => Ok(Self::Normalise),
            "Dense" => Self::dense(&module.path, folder, inner, device),
            other => Err(folder.unsupported(format!("its module “{other}” is not known"))),
        }
    }

    fn dense(path: &str, folder: &Folder, inner: usize, device: &Device) -> Result<Self, Error> {
        let config: DenseConfig = folder.needed(&format!("{path}/config.json"))?;
        let output = config.module_output_name.as_ref().unwrap_or(&config.module_input_name);
        if config.use_residual || [&config.module_input_name, output].iter().any(|name| *name != "sentence_embedding") {
            return Err(folder.unsupported("its dense layer does not only change the sentence's vector"));
        }
        let activation = match config.activation_function.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name))
        {
            None | Some("Tanh") => Some(Activation::Tanh),
            Some("Identity") => None,
            Some("ReLU") => Some(Activation::Relu),
            Some("GELU") => Some(Activation::Gelu),
            Some("SiLU") => Some(Activation::Silu),
            Some(other) => return Err(folder.unsupported(format!("its dense layer has the activation “{other}”"))),
        };
        Ok(Self::Dense(Weights::open(folder, path, device)?.at("linear").linear(inner, activation)?))
    }

    /// Numbers in a vector it gives, where that may differ from what it takes.
    pub(super) fn width(&self) -> Option<usize> {
        match self {
            Self::Dense(linear) => Some(linear.width()),
            Self::Normalise => None,
        }
    }

    /// Its name for people.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Dense(_) => "dense",
            Self::Normalise => "normalised",
        }
    }

    /// Applies it to `count` vectors.
    pub(super) fn apply(&self, mut vectors: Vec<f32>, count: usize) -> candle_core::Result<Vec<f32>> {
        let dim = vectors.len() / count.max(1);
        match self {
            Self::Dense(linear) => numbers(&linear.forward(&Tensor::from_vec(vectors, (count, dim), &Device::Cpu)?)?),
            Self::Normalise => {
                normalise(&mut vectors, dim);
                Ok(vectors)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Modules, Error> {
        let root = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().expect("below a folder")).expect("made");
            std::fs::write(path, content).expect("written");
        }
        Modules::read(&Folder::new(root.path().into(), "m"))
    }

    const MODULES: &str = r#"[{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"}]"#;

    #[test]
    fn old_and_new_words_for_pooling_mean_the_same() {
        for (config, expected) in [
            (r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#, vec![Pooling::Cls]),
            (r#"{"pooling_mode": "cls", "embedding_dimension": 8}"#, vec![Pooling::Cls]),
            (
                r#"{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}"#,
                vec![Pooling::Max, Pooling::Mean],
            ),
            (r#"{"pooling_mode": ["mean", "lasttoken"]}"#, vec![Pooling::Mean, Pooling::LastToken]),
        ] {
            let modules = read(&[("modules.json", MODULES), ("1_Pooling/config.json", config)]).expect("read");
            assert_eq!(modules.pooling, expected, "{config}");
        }
        assert_eq!(read(&[]).expect("read").pooling, [Pooling::Mean]);
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        let refused = |files: &[(&str, &str)]| match read(files) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{files:?} was read"),
        };
        let pooling = |config| refused(&[("modules.json", MODULES), ("1_Pooling/config.json", config)]);
        assert!(pooling(r#"{"pooling_mode": "attention"}"#).contains("attention"));
        assert!(pooling(r#"{"pooling_mode": "mean", "include_prompt": false}"#).contains("prompt"));
        assert!(pooling("{}").contains("no mode"));
        let router = r#"[{"path": "", "type": "sentence_transformers.models.Router"}]"#;
        assert!(refused(&[("modules.json", router)]).contains("Router"));
        let euclid = r#"{"similarity_fn_name": "euclidean"}"#;
        assert!(refused(&[("config_sentence_transformers.json", euclid)]).contains("euclidean"));
    }

    #[test]
    fn limits_and_prompts_are_read() {
        let modules = read(&[
            ("sentence_bert_config.json", r#"{"max_seq_length": 256, "do_lower_case": true}"#),
            ("tokenizer_config.json", r#"{"model_max_length": 512}"#),
            (
                "config_sentence_transformers.json",
                r#"{"prompts": {"query": "q: ", "passage": "p: "}, "similarity_fn_name": "dot"}"#,
            ),
        ])
        .expect("read");
        assert_eq!((modules.max_tokens, modules.lower_case), (Some(256), true));
        assert_eq!((modules.prompts.of(Role::Query), modules.prompts.of(Role::Document)), ("q: ", "p: "));
        assert_eq!(modules.similarity, Similarity::Dot);

        let endless = read(&[
            ("tokenizer_config.json", r#"{"model_max_length": 1000000000000000019884624838656}"#),
            ("config_sentence_transformers.json", r#"{"prompts": {"any": "x: "}, "default_prompt_name": "any"}"#),
        ])
        .expect("read");
        assert_eq!((endless.max_tokens, endless.prompts.of(Role::Query)), (None, "x: "));
    }
}
