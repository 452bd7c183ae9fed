//! From a text to the numbers of its tokens, with `tokenizer.json`.
//!
//! What that file says of truncation and padding is not followed: the limit is the model's own, and nothing is padded.
//! Deliberately absent: tokenizers without a `tokenizer.json`.

use std::borrow::Cow;

use tokenizers::normalizers::{Lowercase, NormalizerWrapper, Sequence};
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

impl Tokens {
    /// The tokenizer in a folder (`below` as for weights).
    pub(crate) fn open(folder: &Folder, below: &str, limit: usize, lower_case: bool) -> Result<Self, Error> {
        let name = if below.is_empty() { "tokenizer.json".into() } else { format!("{below}/tokenizer.json") };
        let Some(path) = folder.file(&name) else {
            return Err(folder.unsupported(format!("its folder has no {name}")));
        };
        let bytes = folder.bytes(&name)?.unwrap_or_default();
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| problem(&path, error))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| problem(&path, error))?;
        if lower_case {
            let lower = NormalizerWrapper::from(Lowercase);
            let all = std::iter::once(lower).chain(tokenizer.get_normalizer().cloned()).collect();
            tokenizer.with_normalizer(Some(Sequence::new(all))).map_err(|error| problem(&path, error))?;
        }
        let added = tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(false));
        Ok(Self { tokenizer, limit, added })
    }

    /// The most tokens that count.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// How many tokens a text has, special ones included and nothing cut off.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.tokenizer.encode_fast(text, true).map_or(text.len(), |encoding| encoding.len())
    }

    /// The tokens of a prompt and a text that the model sees.
    pub(crate) fn ids(&self, prompt: &str, text: &str) -> tokenizers::Result<Vec<u32>> {
        let encoding = self.tokenizer.encode_fast(joined(prompt, text), false)?;
        Ok(self.cut(encoding)?.0.get_ids().to_vec())
    }

    /// The tokens with everything that is known of them.
    pub(crate) fn look(&self, prompt: &str, text: &str) -> tokenizers::Result<Seen> {
        let (encoding, cut) = self.cut(self.tokenizer.encode(joined(prompt, text), false)?)?;
        let place =
            |(start, end): (usize, usize)| (start.saturating_sub(prompt.len()), end.saturating_sub(prompt.len()));
        Ok(Seen {
            tokens: encoding.get_tokens().to_vec(),
            ids: encoding.get_ids().to_vec(),
            offsets: encoding.get_offsets().iter().copied().map(place).collect(),
            cut,
        })
    }

    /// Cuts an encoding to the limit and puts the special tokens around it.
    fn cut(&self, mut encoding: Encoding) -> tokenizers::Result<(Encoding, usize)> {
        let room = self.limit.saturating_sub(self.added);
        let cut = encoding.len().saturating_sub(room);
        encoding.truncate(room, 0, TruncationDirection::Right);
        encoding.take_overflowing();
        Ok((self.tokenizer.post_process(encoding, None, true)?, cut))
    }
}

fn joined<'a>(prompt: &str, text: &'a str) -> Cow<'a, str> {
    if prompt.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(format!("{prompt}{text}")) }
}
