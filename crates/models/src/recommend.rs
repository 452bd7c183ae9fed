//! Which models of the catalogue to choose for a purpose, with the reasons.
//!
//! What a model must have decides whether it is named at all; how good it is, how heavy, and whether it is here already decide the
//! order. Deliberately absent: measuring; the grades are published ones, and only an evaluation on the user's own data is proof.

use crate::catalogue::{Entry, Use, entries};
use crate::remote::Providers;
use crate::{Folders, Kind, Presence, presence};

/// What a model is wanted for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// What it must embed; nothing said means texts.
    pub kinds: Vec<Kind>,
    /// What it is for.
    pub purpose: Option<Use>,
    /// Languages it must read, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// How long it may take.
    pub pace: Pace,
    /// The most megabytes to fetch.
    pub most_mb: Option<f64>,
    /// Whether models of providers are named as well, to whom texts are sent.
    pub remote: bool,
}

/// How long a model may take on an ordinary processor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// However long.
    #[default]
    Any,
    /// Hundreds of sentences a second.
    Fast,
    /// Thousands.
    Instant,
}

impl Pace {
    fn most_gflop(self) -> f64 {
        match self {
            Self::Any => f64::INFINITY,
            Self::Fast => 6.0,
            Self::Instant => 0.5,
        }
    }
}

/// A model and why it is named.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// Its id, or `provider:model`.
    pub id: String,
    /// What speaks for it, each in a few words.
    pub reasons: Vec<String>,
    /// What speaks against it.
    pub against: Vec<String>,
    /// What the catalogue knows of it; None for a provider's.
    pub entry: Option<&'static Entry>,
    /// Whether it is here.
    pub presence: Presence,
}

/// Models for a purpose, the best first; none where no model can do what is wanted.
pub fn recommend(wanted: &Wanted, folders: &Folders, providers: &Providers) -> Vec<Advice> {
    let mut found: Vec<(f64, Advice)> = entries()
        .iter()
        .filter(|entry| fits(entry, wanted))
        .map(|entry| {
            let presence = presence(&entry.id, folders);
            (score(entry, presence, wanted), advice(entry, presence, wanted))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut advice: Vec<Advice> = found.into_iter().map(|(_, advice)| advice).collect();
    if wanted.remote && wanted.pace == Pace::Any && !wanted.kinds.contains(&Kind::Image) {
        advice.extend(hosted(providers));
    }
    advice
}

fn fits(entry: &Entry, wanted: &Wanted) -> bool {
    let kinds: &[Kind] = if wanted.kinds.is_empty() { &[Kind::Text] } else { &wanted.kinds };
    let reads = |language: &String| entry.languages.is_empty() || entry.languages.contains(language);
    kinds.iter().all(|kind| entry.kinds.contains(kind))
        && match wanted.purpose {
            None => !entry.uses.contains(&Use::Teaching),
            Some(Use::Teaching) => entry.uses.contains(&Use::Teaching),
            Some(purpose) => entry.baseline || entry.uses.contains(&purpose),
        }
        && (!kinds.contains(&Kind::Text) || wanted.languages.iter().all(reads))
        && entry.gflop <= wanted.pace.most_gflop()
        && wanted.most_mb.is_none_or(|most| entry.size_mb <= most)
}

/// A grade weighs as much as eight times the work or ten times the download; what is here, or for just these kinds, is a little
/// better than what is not.
fn score(entry: &Entry, presence: Presence, wanted: &Wanted) -> f64 {
    let work = (1.0 + entry.gflop).log2() / 3.0;
    let size = (1.0 + entry.size_mb / 50.0).log10();
    let here = if presence == Presence::Present { 0.5 } else { 0.0 };
    let spare = entry.kinds.len().saturating_sub(wanted.kinds.len().max(1)) as f64;
    let gate = if entry.gated { 0.5 } else { 0.0 };
    f64::from(entry.grade) - work - size + here - spare - gate - if entry.baseline { 1.0 } else { 0.0 }
}

fn advice(entry: &'static Entry, presence: Presence, wanted: &Wanted) -> Advice {
    let (mut reasons, mut against) = (Vec::new(), Vec::new());
    if let Some(purpose) = wanted.purpose.filter(|purpose| entry.uses.contains(purpose)) {
        reasons.push(format!("made for {}", purpose.name()));
    }
    if entry.kinds.contains(&Kind::Text) {
        match (entry.languages.is_empty(), wanted.languages.is_empty()) {
            (true, _) => reasons.push("reads many languages".into()),
            (false, true) if entry.languages == ["en"] => against.push("reads English only".into()),
            (false, true) => against.push(format!("reads {} only", entry.languages.join(", "))),
            (false, false) => reasons.push(format!("reads {}", wanted.languages.join(", "))),
        }
    }
    match entry.gflop {
        ..=0.5 => reasons.push("instant".into()),
        ..=6.0 => reasons.push("quick without a graphics card".into()),
        ..=30.0 => against.push("slower: seconds for a hundred long texts".into()),
        _ => against.push("slow without a graphics card".into()),
    }
    match entry.grade {
        5 => reasons.push("among the best of its kind".into()),
        4 => reasons.push("does well for its size".into()),
        1 | 2 => against.push("others tell finer differences".into()),
        _ => {}
    }
    match presence {
        Presence::Builtin => reasons.push("part of the program".into()),
        Presence::Present => reasons.push("here already".into()),
        Presence::Missing if entry.size_mb > 1000.0 => {
            against.push(format!("{:.1} GB to fetch", entry.size_mb / 1000.0))
        }
        Presence::Missing => reasons.push(format!("{:.0} MB to fetch", entry.size_mb)),
    }
    if entry.gated {
        against.push("its licence has to be accepted on the hub first".into());
    }
    if entry.baseline {
        against.push("a baseline that learned nothing".into());
    }
    Advice { id: entry.id.clone(), reasons, against, entry: Some(entry), presence }
}

fn hosted(providers: &Providers) -> Vec<Advice> {
    let of = |provider: &crate::remote::Provider| -> Vec<Advice> {
        let host = provider.leaves_for().unwrap_or("this computer").to_owned();
        let models = provider.models.iter().map(|model| {
            let mut reasons = vec!["needs no download and none of this computer's time".to_owned()];
            reasons.extend(model.price.map(|price| format!("${price} for a million tokens")));
            let against = vec![format!("texts are sent to {host}")];
            let id = format!("{}:{}", provider.name, model.name);
            Advice { id, reasons, against, entry: None, presence: Presence::Present }
        });
        models.collect()
    };
    providers.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(wanted: Wanted) -> Vec<String> {
        let nowhere = std::env::temp_dir().join("embedscope-no-models");
        let folders = Folders { models: nowhere.clone(), hub: nowhere };
        recommend(&wanted, &folders, &Providers::default()).into_iter().map(|advice| advice.id).collect()
    }

    fn entry(id: &str) -> &'static Entry {
        crate::catalogue::find(id).unwrap_or_else(|| panic!("{id} is known"))
    }

    #[test]
    fn what_is_named_can_do_what_is_wanted() {
        let german = ids(Wanted { languages: vec!["de".into()], purpose: Some(Use::Search), ..Wanted::default() });
        assert!(german.contains(&"multilingual-e5-small".into()) && !german.contains(&"all-MiniLM-L6-v2".into()));
        let both = ids(Wanted { kinds: vec![Kind::Text, Kind::Image], ..Wanted::default() });
        assert!(both.contains(&"clip-vit-base-patch32".into()));
        assert!(both.iter().all(|id| entry(id).kinds.len() == 2), "{both:?}");
        let small = ids(Wanted { most_mb: Some(100.0), pace: Pace::Fast, ..Wanted::default() });
        assert!(small.iter().all(|id| entry(id).size_mb <= 100.0 && entry(id).gflop <= 6.0), "{small:?}");
        assert!(ids(Wanted { kinds: vec![Kind::Image], ..Wanted::default() })[0].starts_with("dinov2"));
        assert!(!ids(Wanted::default()).contains(&"gpt2".into()));
        assert_eq!(ids(Wanted { purpose: Some(Use::Teaching), ..Wanted::default() })[0], "gpt2");
    }

    #[test]
    fn baselines_come_last_and_providers_only_when_asked_for() {
        let fast = ids(Wanted { pace: Pace::Fast, ..Wanted::default() });
        assert!(entry(fast.last().expect("some")).baseline && !entry(&fast[0]).baseline, "{fast:?}");
        assert!(!fast.iter().any(|id| id.contains(':')));
        let remote = ids(Wanted { remote: true, ..Wanted::default() });
        assert!(remote.contains(&"openai:text-embedding-3-small".into()));
    }
}
