//! What the user wants of a model other than its own files say, written behind its name: `MODEL?pooling=cls&dimensions=128`.
//!
//! The name with its wishes is the name of an embedder like any other, so that a workspace finds it again. Deliberately
//! absent: doing what is wished (each embedder), and the precision of a finished matrix, which is not the model's.

use std::path::Path;

use crate::Error;
use crate::long::Long;

/// Wishes; what is None is as the model's own files say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// How tokens become one vector, such as `mean` or `cls`.
    pub pooling: Option<String>,
    /// What is put before every text, questions too.
    pub prompt: Option<String>,
    /// Whether vectors are scaled to unit length.
    pub normalise: Option<bool>,
    /// The most tokens of a text that count.
    pub max_tokens: Option<usize>,
    /// How many numbers of a vector are kept (Kusupati et al., 2022); it is scaled to unit length again.
    pub dimensions: Option<usize>,
    /// What is done with texts that are longer than the model reads.
    pub long: Option<Long>,
    /// What it computes in.
    pub precision: Option<Precision>,
}

/// How many bits a number has while a model computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Single precision.
    F32,
    /// Half precision, IEEE 754.
    F16,
    /// Half precision with the range of single precision.
    Bf16,
}

impl Precision {
    const ALL: [Self; 3] = [Self::F32, Self::F16, Self::Bf16];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }
}

const WORDS: [&str; 7] = ["pooling", "prompt", "normalise", "max_tokens", "dimensions", "long", "precision"];

impl Overrides {
    /// A name without its wishes, and the wishes. What is no wish is part of the name, as of a folder's with a question mark.
    pub fn split(id: &str) -> (&str, Self) {
        let Some((base, wishes)) = id.rsplit_once('?').filter(|_| !Path::new(id).exists()) else {
            return (id, Self::default());
        };
        match Self::parse(wishes) {
            Some(overrides) => (base, overrides),
            None => (id, Self::default()),
        }
    }

    fn parse(wishes: &str) -> Option<Self> {
        let mut overrides = Self::default();
        for (word, value) in form_urlencoded::parse(wishes.as_bytes()) {
            let number = || value.parse::<usize>().ok().filter(|&number| number > 0);
            match &*word {
                "pooling" => overrides.pooling = Some(value.into_owned()),
                "prompt" => overrides.prompt = Some(value.into_owned()),
                "normalise" => overrides.normalise = Some(value.parse().ok()?),
                "max_tokens" => overrides.max_tokens = Some(number()?),
                "dimensions" => overrides.dimensions = Some(number()?),
                "long" => overrides.long = Some(Long::named(&value)?),
                "precision" => {
                    overrides.precision = Some(Precision::ALL.into_iter().find(|known| known.name() == value)?);
                }
                _ => return None,
            }
        }
        (overrides != Self::default()).then_some(overrides)
    }

    /// The name with the wishes behind it.
    pub fn join(&self, base: &str) -> String {
        let mut wishes = form_urlencoded::Serializer::new(String::new());
        for (word, value) in WORDS.iter().zip(self.values()) {
            if let Some(value) = value {
                wishes.append_pair(word, &value);
            }
        }
        let wishes = wishes.finish();
        if wishes.is_empty() { base.to_owned() } else { format!("{base}?{wishes}") }
    }

    /// Fails where anything is wished but these.
    pub(crate) fn only(&self, id: &str, can: &[&str]) -> Result<(), Error> {
        let wished = WORDS.iter().zip(self.values()).find(|(word, value)| value.is_some() && !can.contains(word));
        match wished {
            Some((word, _)) => {
                Err(Error::Unsupported { id: id.into(), problem: format!("its {word} cannot be changed") })
            }
            None => Ok(()),
        }
    }

    /// Fails where half precision is wished for on the processor: weights kept in it are read, but all computing is in `f32` there.
    pub(crate) fn on_processor(&self, id: &str) -> Result<(), Error> {
        match self.precision {
            None | Some(Precision::F32) => Ok(()),
            Some(half) => Err(Error::Unsupported {
                id: id.into(),
                problem: format!(
                    "it computes in f32 on the processor, where {} would be slower and less exact; half precision is for \
                     graphics cards",
                    half.name()
                ),
            }),
        }
    }

    fn values(&self) -> [Option<String>; 7] {
        [
            self.pooling.clone(),
            self.prompt.clone(),
            self.normalise.map(|wanted| wanted.to_string()),
            self.max_tokens.map(|most| most.to_string()),
            self.dimensions.map(|kept| kept.to_string()),
            self.long.map(|long| long.name().to_owned()),
            self.precision.map(|precision| precision.name().to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_stand_behind_the_name_and_are_read_again() {
        let wishes = Overrides {
            pooling: Some("cls".into()),
            prompt: Some("query: 100 % & more?".into()),
            normalise: Some(false),
            max_tokens: Some(64),
            dimensions: Some(128),
            long: Some(Long::Mean),
            precision: Some(Precision::F32),
        };
        let id = wishes.join("owner/name");
        assert!(id.starts_with("owner/name?pooling=cls&prompt=query%3A+100"), "{id}");
        assert_eq!(Overrides::split(&id), ("owner/name", wishes));
        assert_eq!(Overrides::default().join("m"), "m");
        assert_eq!(Overrides::split("openai:m?dimensions=8").0, "openai:m");
    }

    #[test]
    fn what_is_no_wish_is_part_of_the_name() {
        for name in [
            "m",
            "m?",
            "m?dimensions=0",
            "m?dimensions=many",
            "m?taste=sweet",
            "what?.txt",
            "m?long=short",
            "m?precision=f8",
        ] {
            assert_eq!(Overrides::split(name), (name, Overrides::default()), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_changed_is_named() {
        let wishes = Overrides { pooling: Some("cls".into()), dimensions: Some(8), ..Overrides::default() };
        assert!(wishes.only("m", &["pooling", "dimensions"]).is_ok());
        let refused = wishes.only("m", &["dimensions"]).expect_err("refused").to_string();
        assert_eq!(refused, "m cannot be loaded: its pooling cannot be changed");
    }
}
