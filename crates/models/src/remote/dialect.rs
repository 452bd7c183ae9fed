//! How each kind of provider is asked for vectors, and what it answers.
//!
//! References: the API pages of OpenAI (`/v1/embeddings`, which Ollama, TEI, vLLM, LM Studio and llama.cpp follow), Cohere
//! (`/v2/embed`), Voyage (`/v1/embeddings`), Hugging Face (`feature-extraction`) and Vertex AI (`:predict`). Deliberately
//! absent: sending.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Role;

/// How a provider is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `/embeddings`, as OpenAI began it.
    #[default]
    OpenAi,
    /// Cohere's `/embed`.
    Cohere,
    /// Voyage's `/embeddings`, which wants to know what texts are for.
    Voyage,
    /// A pipeline of Hugging Face Inference.
    HuggingFace,
    /// Google's `:predict`.
    Vertex,
}

impl Dialect {
    /// Its name, as settings have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Cohere => "cohere",
            Self::Voyage => "voyage",
            Self::HuggingFace => "huggingface",
            Self::Vertex => "vertex",
        }
    }

    /// Where a request goes, below the provider's address.
    pub(super) fn address(self, url: &str, model: &str) -> String {
        match self {
            Self::OpenAi | Self::Voyage => format!("{url}/embeddings"),
            Self::Cohere => format!("{url}/embed"),
            Self::HuggingFace => format!("{url}/{model}/pipeline/feature-extraction"),
            Self::Vertex => format!("{url}/{model}:predict"),
        }
    }

    /// The body that asks for the vectors of texts, of `dimensions` numbers where that is asked for.
    pub(super) fn request(self, model: &str, texts: &[&str], role: Role, dimensions: Option<usize>) -> Value {
        let is_query = role == Role::Query;
        let (mut body, wanted) = match self {
            Self::OpenAi => (json!({ "model": model, "input": texts, "encoding_format": "float" }), "/dimensions"),
            Self::Cohere => {
                let kind = if is_query { "search_query" } else { "search_document" };
                let body = json!({ "model": model, "texts": texts, "input_type": kind, "embedding_types": ["float"] });
                (body, "/output_dimension")
            }
            Self::Voyage => {
                let kind = if is_query { "query" } else { "document" };
                (json!({ "model": model, "input": texts, "input_type": kind }), "/output_dimension")
            }
            Self::HuggingFace => (json!({ "inputs": texts, "truncate": true }), ""),
            Self::Vertex => {
                let kind = if is_query { "RETRIEVAL_QUERY" } else { "RETRIEVAL_DOCUMENT" };
                let of = |text: &&str| json!({ "content": text, "task_type": kind });
                let instances: Vec<Value> = texts.iter().map(of).collect();
                (json!({ "instances": instances, "parameters": {} }), "/parameters/outputDimensionality")
            }
        };
        if let (Some(dimensions), Some((parent, name))) = (dimensions, wanted.rsplit_once('/'))
            && let Some(parent) = body.pointer_mut(parent)
        {
            parent[name] = dimensions.into();
        }
        body
    }

    /// Whether fewer numbers can be asked for at all.
    pub(super) fn shortens(self) -> bool {
        self != Self::HuggingFace
    }

    /// The vectors of `count` texts in their order, or in words what is wrong with the answer.
    pub(super) fn read(self, reply: &Value, count: usize) -> Result<Vec<Vec<f32>>, String> {
        let rows: Vec<&Value> = match self {
            Self::OpenAi | Self::Voyage => in_order(list(&reply["data"])?, count)?,
            Self::Cohere => list(&reply["embeddings"]["float"])?.iter().collect(),
            Self::HuggingFace => list(reply)?.iter().collect(),
            Self::Vertex => list(&reply["predictions"])?.iter().map(|row| &row["embeddings"]["values"]).collect(),
        };
        if rows.len() != count {
            return Err(format!("it answered {} vectors for {count} texts", rows.len()));
        }
        rows.into_iter().map(numbers).collect()
    }
}

fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| "its answer has no list of vectors".into())
}

/// The embeddings sorted by the place each names; those that name none stay as they are.
fn in_order(data: &[Value], count: usize) -> Result<Vec<&Value>, String> {
    let mut rows = vec![None; data.len().max(count)];
    for (at, row) in data.iter().enumerate() {
        let place = row["index"].as_u64().map_or(at, |index| index as usize);
        match rows.get_mut(place) {
            Some(free @ None) => *free = Some(&row["embedding"]),
            _ => return Err(format!("it answered text {place} twice, or one nobody asked for")),
        }
    }
    let rows: Option<Vec<&Value>> = rows.into_iter().collect();
    rows.ok_or_else(|| format!("it answered {} vectors for {count} texts", data.len()))
}

fn numbers(row: &Value) -> Result<Vec<f32>, String> {
    let row = list(row)?;
    if row.iter().any(Value::is_array) {
        return Err("it gives a vector for every token; ask for a model of sentence vectors".into());
    }
    let finite = |value: &Value| value.as_f64().map(|number| number as f32).filter(|number| number.is_finite());
    let numbers: Option<Vec<f32>> = row.iter().map(finite).collect();
    numbers.filter(|row| !row.is_empty()).ok_or_else(|| "a vector in its answer is not made of numbers".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_asked_as_its_pages_say() {
        let ask = |dialect: Dialect, role| dialect.request("m", &["a", "b"], role, Some(8));
        let openai = ask(Dialect::OpenAi, Role::Query);
        assert_eq!(openai, json!({"model": "m", "input": ["a", "b"], "encoding_format": "float", "dimensions": 8}));
        let cohere = ask(Dialect::Cohere, Role::Query);
        assert_eq!((&cohere["input_type"], &cohere["output_dimension"]), (&json!("search_query"), &json!(8)));
        let voyage = ask(Dialect::Voyage, Role::Document);
        assert_eq!((&voyage["input_type"], &voyage["output_dimension"]), (&json!("document"), &json!(8)));
        assert_eq!(ask(Dialect::HuggingFace, Role::Query), json!({"inputs": ["a", "b"], "truncate": true}));
        let vertex = ask(Dialect::Vertex, Role::Document);
        assert_eq!(vertex["parameters"], json!({"outputDimensionality": 8}));
        assert_eq!(vertex["instances"][1], json!({"content": "b", "task_type": "RETRIEVAL_DOCUMENT"}));
        assert_eq!(Dialect::Vertex.address("https://x", "m"), "https://x/m:predict");
    }

    #[test]
    fn each_answer_is_read_in_the_order_of_the_texts() {
        let rows = vec![vec![1.0, 2.0], vec![3.0, 4.0]];
        let swapped = json!({"data": [{"index": 1, "embedding": [3, 4]}, {"index": 0, "embedding": [1, 2]}]});
        assert_eq!(Dialect::OpenAi.read(&swapped, 2), Ok(rows.clone()));
        assert_eq!(Dialect::Cohere.read(&json!({"embeddings": {"float": [[1, 2], [3, 4]]}}), 2), Ok(rows.clone()));
        assert_eq!(Dialect::HuggingFace.read(&json!([[1, 2], [3, 4]]), 2), Ok(rows.clone()));
        let values = |row| json!({"embeddings": {"values": row}});
        assert_eq!(Dialect::Vertex.read(&json!({"predictions": [values([1, 2]), values([3, 4])]}), 2), Ok(rows));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let refused = |dialect: Dialect, reply: Value| dialect.read(&reply, 2).expect_err("refused");
        assert!(refused(Dialect::OpenAi, json!({"data": [{"embedding": [1]}]})).contains("1 vectors for 2"));
        let twice = json!({"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}]});
        assert!(refused(Dialect::OpenAi, twice).contains("twice"));
        let far = json!({"data": [{"index": 9, "embedding": [1]}, {"index": 0, "embedding": [1]}]});
        assert!(refused(Dialect::OpenAi, far).contains("nobody asked"));
        assert!(refused(Dialect::OpenAi, json!("hello")).contains("no list"));
        assert!(refused(Dialect::HuggingFace, json!([[[1.0], [2.0]], [[1.0]]])).contains("every token"));
        assert!(refused(Dialect::HuggingFace, json!([[1e60], [null]])).contains("numbers"));
    }
}
