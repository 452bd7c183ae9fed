//! From a text to the numbers of its tokens, with `tokenizer.json`.
//!
//! What that file says of truncation and padding is not followed: the limit is the model's own, and nothing is padded but
//! where a model wants every text at one length. Deliberately absent: tokenizers without a `tokenizer.json`.

use std::borrow::Cow;
use std::path::PathBuf;

use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{Lowercase, NormalizerWrapper, Replace, Sequence, Strip};
use tokenizers::{Encoding, PostProcessor, Tokenizer, TruncationDirection};

use crate::Error;
use crate::folder::{Folder, problem};

/// A tokenizer and the most tokens that count.
pub(crate) struct Tokens {
    tokenizer: Tokenizer,
    /// Tokens the model sees, special ones included.
    limit: usize,
    /// Special tokens put around every text.
    added: usize,
    rules: Rules,
}

/// What a model wants of its tokens beyond what its tokenizer does.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rules {
    /// Texts are in lower case.
    pub(crate) lower_case: bool,
    /// Texts are without punctuation, their words one space apart.
    pub(crate) unpunctuated: bool,
    /// Nothing is put around a text.
    pub(crate) bare: bool,
    /// A token that does not count.
    pub(crate) dropped: Option<u32>,
    /// The token that fills up every text to the limit.
    pub(crate) filler: Option<u32>,
}

/// A text as its tokens.
pub(crate) struct Seen {
    pub(crate) tokens: Vec<String>,
    pub(crate) ids: Vec<u32>,
    /// Bytes of the text, without its prompt.
    pub(crate) offsets: Vec<(usize, usize)>,
    /// Tokens that were cut off.
    pub(crate) cut: usize,
}

/// A tokenizer as its file has it.
pub(crate) struct Read {
    tokenizer: Tokenizer,
    name: String,
    path: PathBuf,
}

impl Read {
    /// From a folder; `below` as for weights.
    pub(crate) fn from(folder: &Folder, below: &str) -> Result<Self, Error> {
        let name = if below.is_empty() { "tokenizer.json".into() } else { format!("{below}/tokenizer.json") };
        let Some(path) = folder.file(&name) else {
            return Err(folder.unsupported(format!("its folder has no {name}")));
        };
        let bytes = folder.bytes(&name)?.unwrap_or_default();
        let tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| problem(&path, error))?;
        Ok(Self { tokenizer, name, path })
    }

    /// As that of a model; otherwise as [`Tokens::open`].
    pub(crate) fn of_model(self, folder: &Folder, limit: usize, entries: usize, rules: Rules) -> Result<Tokens, Error> {
        let Self { mut tokenizer, name, path } = self;
        let known = tokenizer.get_vocab_size(false);
        // Tables are often rounded up, and some tokenizers add a few tokens a text never has.
        if known > entries || tokenizer.get_vocab_size(true) * 4 < entries * 3 {
            return Err(folder.unsupported(format!(
                "its tokenizer knows {known} tokens and its weights {entries}, so {name} is another model's"
            )));
        }
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| problem(&path, error))?;
        let mut steps = Vec::new();
        if rules.lower_case {
            steps.push(NormalizerWrapper::from(Lowercase));
        }
        if rules.unpunctuated {
            for (pattern, by) in [(r"[!-/:-@\[-`{-~]", ""), (r"\s+", " ")] {
                let replace = Replace::new(ReplacePattern::Regex(pattern.into()), by);
                steps.push(replace.map_err(|error| problem(&path, error))?.into());
            }
            steps.push(Strip::new(true, true).into());
        }
        if !steps.is_empty() {
            steps.extend(tokenizer.get_normalizer().cloned());
            tokenizer.with_normalizer(Some(Sequence::new(steps))).map_err(|error| problem(&path, error))?;
        }
        Ok(Tokens::new(tokenizer, limit, rules))
    }
}

impl Tokens {
    /// The tokenizer in a folder (`below` as for weights) of a model that knows `entries` tokens.
    ///
    /// Fails where the tokenizer is another model's, as far as the number of tokens tells.
    pub(crate) fn open(
        folder: &Folder,
        below: &str,
        limit: usize,
        entries: usize,
        rules: Rules,
    ) -> Result<Self, Error> {
        Read::from(folder, below)?.of_model(folder, limit, entries, rules)
    }

    /// A tokenizer that is ready.
    pub(super) fn new(tokenizer: Tokenizer, limit: usize, rules: Rules) -> Self {
        let processor = tokenizer.get_post_processor().filter(|_| !rules.bare);
        let added = processor.map_or(0, |processor| processor.added_tokens(false));
        Self { tokenizer, limit, added, rules }
    }

    /// The number of a token in the tokenizer of a folder.
    pub(crate) fn number(folder: &Folder, below: &str, token: &str) -> Result<Option<u32>, Error> {
        let name = if below.is_empty() { "tokenizer.json".into() } else { format!("{below}/tokenizer.json") };
        let bytes = folder.bytes(&name)?.ok_or_else(|| folder.unsupported(format!("its folder has no {name}")))?;
        let tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| folder.unsupported(format!("{name}: {error}")))?;
        Ok(tokenizer.token_to_id(token))
    }

    /// The number of the token that stands for what the tokenizer does not know.
    pub(super) fn unknown(folder: &Folder, below: &str) -> Result<Option<u32>, Error> {
        let name = if below.is_empty() { "tokenizer.json".into() } else { format!("{below}/tokenizer.json") };
        let content: serde_json::Value = folder.needed(&name)?;
        let model = &content["model"];
        if let Some(id) = model["unk_id"].as_u64() {
            return Ok(u32::try_from(id).ok());
        }
        let Some(token) = model["unk_token"].as_str() else { return Ok(None) };
        Ok(model["vocab"][token].as_u64().and_then(|id| u32::try_from(id).ok()))
    }

    /// The most tokens that count.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// How many tokens a text has, special ones included and nothing cut off.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.tokenizer.encode_fast(text, !self.rules.bare).map_or(text.len(), |encoding| encoding.len())
    }

    /// The tokens of a prompt and a text that the model sees.
    pub(crate) fn ids(&self, prompt: &str, text: &str) -> tokenizers::Result<Vec<u32>> {
        let encoding = self.tokenizer.encode_fast(joined(prompt, text), false)?;
        let mut ids = self.cut(encoding)?.0.get_ids().to_vec();
        ids.retain(|&id| Some(id) != self.rules.dropped);
        if let Some(filler) = self.rules.filler {
            ids.resize(self.limit.max(ids.len()), filler);
        }
        Ok(ids)
    }

    /// The tokens of two texts that the model sees, and of each whether it is the second text's. The longer text is cut
    /// first.
    pub(crate) fn pair(&self, first: &str, second: &str) -> tokenizers::Result<(Vec<u32>, Vec<bool>)> {
        let mut first = self.tokenizer.encode_fast(first, false)?;
        let mut second = self.tokenizer.encode_fast(second, false)?;
        let added = self.tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(true));
        let (a, b) = shares(first.len(), second.len(), self.limit.saturating_sub(added));
        first.truncate(a, 0, TruncationDirection::Right);
        second.truncate(b, 0, TruncationDirection::Right);
        first.take_overflowing();
        second.take_overflowing();
        let both = self.tokenizer.post_process(first, Some(second), true)?;
        Ok((both.get_ids().to_vec(), both.get_type_ids().iter().map(|&kind| kind > 0).collect()))
    }

    /// The tokens with everything that is known of them.
    pub(crate) fn look(&self, prompt: &str, text: &str) -> tokenizers::Result<Seen> {
        let (encoding, cut) = self.cut(self.tokenizer.encode(joined(prompt, text), false)?)?;
        let place =
            |(start, end): (usize, usize)| (start.saturating_sub(prompt.len()), end.saturating_sub(prompt.len()));
        let kept: Vec<usize> =
            (0..encoding.len()).filter(|&at| Some(encoding.get_ids()[at]) != self.rules.dropped).collect();
        Ok(Seen {
            tokens: kept.iter().map(|&at| encoding.get_tokens()[at].clone()).collect(),
            ids: kept.iter().map(|&at| encoding.get_ids()[at]).collect(),
            offsets: kept.iter().map(|&at| place(encoding.get_offsets()[at])).collect(),
            cut,
        })
    }

    /// Cuts an encoding to the limit and puts the special tokens around it.
    fn cut(&self, mut encoding: Encoding) -> tokenizers::Result<(Encoding, usize)> {
        let room = self.limit.saturating_sub(self.added);
        let cut = encoding.len().saturating_sub(room);
        encoding.truncate(room, 0, TruncationDirection::Right);
        encoding.take_overflowing();
        if self.rules.bare {
            return Ok((encoding, cut));
        }
        Ok((self.tokenizer.post_process(encoding, None, true)?, cut))
    }
}

/// How many tokens two texts keep where there is room for so many: the longer one gives way until both are alike.
fn shares(first: usize, second: usize, room: usize) -> (usize, usize) {
    if first + second <= room {
        return (first, second);
    }
    let shorter = first.min(second);
    match (shorter * 2 <= room, first <= second) {
        (true, true) => (shorter, room - shorter),
        (true, false) => (room - shorter, shorter),
        (false, true) => (room / 2, room - room / 2),
        (false, false) => (room - room / 2, room / 2),
    }
}

fn joined<'a>(prompt: &str, text: &'a str) -> Cow<'a, str> {
    if prompt.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(format!("{prompt}{text}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_of_two_texts_gives_way() {
        assert_eq!(shares(3, 4, 9), (3, 4));
        assert_eq!(shares(3, 40, 9), (3, 6));
        assert_eq!(shares(40, 3, 9), (6, 3));
        assert_eq!(shares(40, 50, 9), (4, 5));
        assert_eq!(shares(50, 40, 9), (5, 4));
        assert_eq!(shares(5, 5, 0), (0, 0));
    }
}
