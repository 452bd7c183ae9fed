//! Models beyond the catalogue's list: the hub's, recommended ones, providers, what sending to them would come to; and
//! combining what models gave.
//!
//! Deliberately absent: keys; they cross the wire once, as an argument, and never back.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Kind, Presence, Said};

/// A model of the hub, as a search shows it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FoundModelView {
    /// `owner/name`.
    pub id: String,
    /// The architecture, where it is one that can be loaded.
    pub family: Option<String>,
    /// Its licence, where it names one.
    pub licence: Option<String>,
    /// Whether its terms have to be accepted on the hub first.
    pub gated: bool,
    /// How often it was fetched in the last month.
    pub downloads: f64,
    /// Why it cannot be loaded, as far as a search can tell.
    pub problem: Option<Said>,
    /// Whether it is here.
    pub presence: Presence,
}

/// What a model of the hub is, before it is fetched.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InspectionView {
    /// `owner/name`.
    pub id: String,
    /// The architecture.
    pub family: Option<String>,
    /// What it embeds.
    pub kinds: Vec<Kind>,
    /// Numbers in a vector.
    pub dim: Option<u32>,
    /// The most tokens of a text that count.
    pub max_tokens: Option<u32>,
    /// How tokens become one vector.
    pub pooling: Vec<String>,
    /// Its licence, where it names one.
    pub licence: Option<String>,
    /// Whether its terms have to be accepted on the hub first.
    pub gated: bool,
    /// Bytes that would be fetched.
    pub bytes: f64,
    /// Numbers among its weights.
    pub parameters: Option<f64>,
    /// How most of them are kept.
    pub precision: Option<String>,
    /// Why it cannot be used here.
    pub problems: Vec<Said>,
}

/// What a model is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Purpose {
    /// Finding by a question.
    Search,
    /// Telling how alike two things are.
    Similarity,
    /// Grouping and mapping.
    Clustering,
    /// Sorting into known classes.
    Classification,
}

/// How long a model may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Pace {
    /// However long.
    Any,
    /// Hundreds of sentences a second.
    Fast,
    /// Thousands.
    Instant,
}

/// What a recommended model must do.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WantedRequest {
    /// What it must embed.
    pub kinds: Vec<Kind>,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// Languages it must read, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// How long it may take.
    pub pace: Pace,
    /// The most megabytes to fetch.
    pub most_mb: Option<f64>,
    /// Whether models of providers are named as well.
    pub remote: bool,
}

/// A model and why it is named.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AdviceView {
    /// Its id.
    pub id: String,
    /// What speaks for it.
    pub reasons: Vec<Said>,
    /// What speaks against it.
    pub against: Vec<Said>,
    /// Whether it is here.
    pub presence: Presence,
}

/// Somebody who can be asked for vectors.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProviderView {
    /// What stands before the colon of a model's name.
    pub name: String,
    /// Where texts go; None where they stay on this computer.
    pub host: Option<String>,
    /// Whether texts may be sent.
    pub allowed: bool,
    /// The environment variable that may hold its key; None where it wants none.
    pub key: Option<String>,
    /// Whether there is a key.
    pub has_key: bool,
    /// What is known of its models.
    pub models: Vec<HostedView>,
}

/// Where models are searched for and fetched from.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HubView {
    /// Its host.
    pub host: String,
    /// The address the user chose instead of huggingface.co.
    pub mirror: Option<String>,
    /// Whether `HF_ENDPOINT` decides instead.
    pub is_fixed: bool,
    /// Whether it is shown a token.
    pub has_token: bool,
}

/// A model of a provider.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HostedView {
    /// Its name there.
    pub name: String,
    /// Numbers in a vector.
    pub dim: Option<u32>,
    /// US dollars for a million tokens.
    pub price: Option<f64>,
}

/// What embedding everything here with a provider's model would send.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SendingView {
    /// The provider's name.
    pub provider: String,
    /// Where texts would go; None where they stay on this computer.
    pub host: Option<String>,
    /// Whether that is allowed.
    pub allowed: bool,
    /// Texts that would be sent.
    pub texts: u32,
    /// Their tokens, roughly.
    pub tokens: f64,
    /// US dollars, where the price is known.
    pub cost: Option<f64>,
}

/// Which vectors of a set become one.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "lowercase")]
#[ts(export)]
pub enum CombineRequest {
    /// Those of the items that share a label.
    Items {
        /// The set.
        set: u32,
        /// `file`, `stem` (the file's name without its ending), `tag` or `column:NAME`.
        by: String,
        /// How.
        how: Pooling,
    },
    /// That of each picture and that of its caption.
    Captions {
        /// A set of pictures.
        set: u32,
        /// The model that embeds the captions.
        model: String,
        /// The captions' share of the mean, 0 to 1; None to put both side by side.
        share: Option<f64>,
    },
    /// That of each picture's caption alone: the same pictures as a model of texts sees them.
    Words {
        /// A set of pictures.
        set: u32,
        /// The model that embeds the captions.
        model: String,
    },
}

/// How several vectors become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// Of each number the greatest.
    Max,
}
