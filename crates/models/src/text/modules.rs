//! What the files of a sentence-transformers folder say: the modules in their order, pooling, limits and prompts.
//!
//! A module, or an option of one, that is not known is refused by its name rather than passed over. What a repository leaves
//! out of its files the catalogue may add. Deliberately absent: the encoder's own configuration.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::pooling::Pooling;
use crate::folder::Folder;
use crate::{Error, Overrides, Role, Similarity, catalogue};

/// The pipeline of a folder.
pub(super) struct Modules {
    pub(super) base: Base,
    /// Where the base is, below the folder; empty for the folder itself.
    pub(super) below: String,
    pub(super) max_tokens: Option<usize>,
    pub(super) lower_case: bool,
    /// Ways of pooling whose vectors are put side by side.
    pub(super) pooling: Vec<Pooling>,
    pub(super) steps: Vec<Module>,
    /// How many numbers of a vector are kept, where not all are.
    pub(super) truncate: Option<usize>,
    pub(super) prompts: Prompts,
    pub(super) similarity: Similarity,
}

/// What gives the vectors of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Transformer,
    /// A table, looked up without regard to other tokens.
    Static,
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
    pub(super) path: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EncoderConfig {
    model_type: Option<String>,
    architectures: Vec<String>,
    /// model2vec's.
    normalize: bool,
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
    truncate_dim: Option<usize>,
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
    /// Reads them. A folder without `modules.json` is an encoder whose tokens are averaged, or of whose tokens the last
    /// counts if it generates text, as in sentence-transformers, or a table of model2vec's.
    pub(super) fn read(folder: &Folder) -> Result<Self, Error> {
        let (mut base, mut below, mut pooling) = (Base::Transformer, String::new(), vec![Pooling::Mean]);
        let mut steps = Vec::new();
        if let Some(modules) = folder.json::<Vec<Module>>("modules.json")? {
            let mut modules = modules.into_iter();
            let first = modules.next();
            match first.as_ref().map(Module::name) {
                Some("StaticEmbedding") => base = Base::Static,
                Some("Transformer") => {
                    let second = modules.next().filter(|module| module.name() == "Pooling");
                    let second = second.ok_or_else(|| folder.unsupported("no pooling follows its transformer"))?;
                    pooling = read_pooling(folder, &second.path)?;
                }
                Some(other) => return Err(folder.unsupported(format!("its module “{other}” is not known"))),
                None => return Err(folder.unsupported("its modules.json lists nothing")),
            }
            below = first.map(|module| module.path).filter(|path| path != ".").unwrap_or_default();
            steps = modules.collect();
        } else {
            let config = folder.json::<EncoderConfig>("config.json")?.unwrap_or_default();
            if config.model_type.as_deref() == Some("model2vec") {
                base = Base::Static;
                steps.extend(config.normalize.then(Module::normalise));
            } else if config.architectures.iter().any(|name| name.ends_with("ForCausalLM")) {
                pooling = vec![Pooling::LastToken];
            }
        }
        let inside = |name: &str| if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
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
            truncate: settings.truncate_dim,
            prompts: prompts(settings, folder.id()),
            base,
            below,
            pooling,
            steps,
        })
    }

    /// Puts the user's wishes in the place of what the folder says.
    pub(super) fn wish(&mut self, folder: &Folder, wishes: &Overrides) -> Result<(), Error> {
        if let Some(pooling) = &wishes.pooling {
            if self.base == Base::Static {
                return Err(folder.unsupported("its table is always averaged; its pooling cannot be changed"));
            }
            self.pooling = pooling.split('+').map(|name| named(folder, name)).collect::<Result<_, _>>()?;
        }
        if let Some(prompt) = &wishes.prompt {
            self.prompts = Prompts { document: prompt.clone(), query: prompt.clone() };
        }
        if let Some(most) = wishes.max_tokens {
            if self.base == Base::Static {
                return Err(folder.unsupported("its table reads texts of any length; its max_tokens cannot be changed"));
            }
            self.max_tokens = Some(most);
        }
        if wishes.normalise == Some(false) {
            self.steps.retain(|module| module.name() != "Normalize");
        }
        Ok(())
    }
}

/// What a folder's files say of a text embedder before its weights are there: the names of its poolings, the most tokens it
/// reads, and numbers in a vector, where a layer after pooling or a setting says so.
pub(crate) fn described(folder: &Folder) -> Result<Described, Error> {
    #[derive(Deserialize)]
    struct Dense {
        out_features: Option<usize>,
    }
    let modules = Modules::read(folder)?;
    let mut dim = None;
    for module in &modules.steps {
        match module.name() {
            "Normalize" | "LayerNorm" => {}
            "Dense" => {
                let config: Dense = folder.needed(&format!("{}/config.json", module.path))?;
                dim = config.out_features.or(dim);
            }
            other => return Err(folder.unsupported(format!("its module “{other}” is not known"))),
        }
    }
    Ok(Described {
        pooling: modules.pooling.iter().map(|pooling| pooling.name().to_owned()).collect(),
        max_tokens: modules.max_tokens,
        dim: modules.truncate.or(dim),
    })
}

/// See [`described`].
pub(crate) struct Described {
    pub(crate) pooling: Vec<String>,
    pub(crate) max_tokens: Option<usize>,
    pub(crate) dim: Option<usize>,
}

impl Module {
    fn normalise() -> Self {
        Self { path: String::new(), kind: "Normalize".into() }
    }

    /// The last part of its type, which is all that stayed the same over the versions.
    pub(super) fn name(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or_default()
    }
}

fn read_pooling(folder: &Folder, path: &str) -> Result<Vec<Pooling>, Error> {
    let config: BTreeMap<String, Value> = folder.needed(&format!("{path}/config.json"))?;
    if config.get("include_prompt") == Some(&Value::Bool(false)) {
        return Err(folder.unsupported("its pooling leaves out the prompt"));
    }
    let named = |name: &str| named(folder, name);
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

fn named(folder: &Folder, name: &str) -> Result<Pooling, Error> {
    let known = Pooling::NAMES.iter().find(|(_, new, _)| *new == name).map(|(pooling, ..)| *pooling);
    known.ok_or_else(|| folder.unsupported(format!("its pooling is “{name}”")))
}

fn similarity(folder: &Folder, name: Option<&str>) -> Result<Similarity, Error> {
    match name {
        None | Some("cosine") => Ok(Similarity::Cosine),
        Some("dot" | "dot_product") => Ok(Similarity::Dot),
        Some("euclidean") => Ok(Similarity::Euclidean),
        Some("manhattan") => Ok(Similarity::Manhattan),
        Some(other) => Err(folder.unsupported(format!("its vectors are compared by “{other}”"))),
    }
}

/// What the files say, or else the catalogue.
fn prompts(mut settings: Settings, id: &str) -> Prompts {
    let default =
        settings.default_prompt_name.and_then(|name| settings.prompts.get(&name).cloned()).unwrap_or_default();
    let mut first = |names: &[&str]| names.iter().find_map(|&name| settings.prompts.remove(name));
    let (document, query) = (first(&["document", "passage", "corpus"]), first(&["query"]));
    if document.is_none() && query.is_none() && default.is_empty() {
        let known = catalogue::find(id).map(|entry| entry.prompts.clone()).unwrap_or_default();
        return Prompts { document: known.document, query: known.query };
    }
    Prompts { document: document.unwrap_or_else(|| default.clone()), query: query.unwrap_or(default) }
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
        let chebyshev = r#"{"similarity_fn_name": "chebyshev"}"#;
        assert!(refused(&[("config_sentence_transformers.json", chebyshev)]).contains("chebyshev"));
    }

    #[test]
    fn without_modules_the_configuration_decides() {
        let of = |config: &str| read(&[("config.json", config)]).expect("read");
        assert_eq!(of(r#"{"architectures": ["Qwen3ForCausalLM"]}"#).pooling, [Pooling::LastToken]);
        assert_eq!(of(r#"{"architectures": ["GPT2LMHeadModel"]}"#).pooling, [Pooling::Mean]);
        let table = of(r#"{"model_type": "model2vec", "normalize": true}"#);
        assert_eq!((table.base, table.steps.first().map(Module::name)), (Base::Static, Some("Normalize")));
        let module = r#"[{"path": ".", "type": "sentence_transformers.models.StaticEmbedding"}]"#;
        let table = read(&[("modules.json", module)]).expect("read");
        assert_eq!((table.base, table.below.as_str(), table.pooling), (Base::Static, "", vec![Pooling::Mean]));
    }

    #[test]
    fn the_catalogue_adds_the_prompts_a_repository_leaves_out() {
        let known = prompts(Settings::default(), "e5-small-v2");
        assert_eq!((known.document.as_str(), known.query.as_str()), ("passage: ", "query: "));
        let own = Settings { prompts: BTreeMap::from([("query".into(), "q: ".into())]), ..Settings::default() };
        let own = prompts(own, "e5-small-v2");
        assert_eq!((own.document.as_str(), own.query.as_str()), ("", "q: "));
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
