//! Vectors of words in a text file, one word a line, as GloVe (Pennington et al., 2014), word2vec (Mikolov et al., 2013)
//! and fastText write them; a text is the mean of its words.
//!
//! Words are cut at spaces and punctuation, in lower case if the file has no other; words it does not have do not count.
//! Deliberately absent: binary files, and words made of others.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::{Map, Value, json};
use tokenizers::Tokenizer;

use super::encoder::Encoder;
use super::tokens::{Rules, Tokens};
use crate::Error;
use crate::folder::{Folder, problem};
use crate::layers::Table;

/// What the tokenizer says for a word that is not in the file; no text has it.
const UNKNOWN: &str = "\u{fdd0}unknown";
/// More numbers than any such file has in a vector; what comes near it is no such file.
const WIDEST: usize = 8192;

/// Whether a file's name ends as such files' do.
pub(crate) fn is_named_so(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["txt", "vec"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// The file as an encoder without blocks, and its tokenizer. The folder is the one the file is in.
pub(super) fn load(folder: &Folder, name: &str) -> Result<(Encoder, Tokens), Error> {
    let path = folder.file(name).ok_or_else(|| folder.unsupported(format!("{name} is missing")))?;
    let (words, mut values, width) = read(&path)?;
    let unknown = words.len() as u32;
    values.resize(values.len() + width, 0.0);
    let lower_case = words.iter().all(|word| !word.chars().any(char::is_uppercase));
    let mut vocabulary: Map<String, Value> = words.into_iter().zip((0_u32..).map(Value::from)).collect();
    vocabulary.insert(UNKNOWN.into(), unknown.into());
    let tokenizer = json!({
        "version": "1.0",
        "normalizer": lower_case.then(|| json!({"type": "Lowercase"})),
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN},
    });
    let tokenizer = Tokenizer::from_bytes(tokenizer.to_string()).map_err(|error| problem(&path, error))?;
    let rules = Rules { bare: true, dropped: Some(unknown), ..Rules::default() };
    Ok((Encoder::table(Table::of(values, width)), Tokens::new(tokenizer, usize::MAX, rules)))
}

/// The words, their numbers one after the other, and how many each has.
fn read(path: &Path) -> Result<(Vec<String>, Vec<f32>, usize), Error> {
    let file = File::open(path).map_err(|error| problem(path, error))?;
    let (mut words, mut seen, mut values) = (Vec::new(), HashSet::new(), Vec::new());
    let mut width = None;
    for (number, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.map_err(|error| problem(path, error))?;
        let line = String::from_utf8_lossy(&line);
        let fields: Vec<&str> = line.split([' ', '\t', '\r']).filter(|field| !field.is_empty()).collect();
        // word2vec and fastText begin with how many words there are and of how many numbers.
        let is_head = number == 0 && fields.len() == 2 && fields.iter().all(|field| field.parse::<usize>().is_ok());
        if is_head || fields.is_empty() {
            continue;
        }
        let width = *width.get_or_insert(fields.len() - 1);
        let wrong = || problem(path, format!("line {} is not a word and {width} numbers", number + 1));
        if !(1..=WIDEST).contains(&width) || fields.len() <= width {
            return Err(wrong());
        }
        // A few words have spaces in them, so numbers are counted from the end.
        let (word, row) = fields.split_at(fields.len() - width);
        let word = word.join(" ");
        let row: Option<Vec<f32>> =
            row.iter().map(|field| field.parse().ok().filter(|value: &f32| value.is_finite())).collect();
        let row = row.ok_or_else(wrong)?;
        if seen.insert(word.clone()) {
            words.push(word);
            values.extend(row);
        }
    }
    match width {
        Some(width) => Ok((words, values, width)),
        None => Err(problem(path, "has no vectors of words")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content: &str) -> Result<(Vec<String>, Vec<f32>, usize), Error> {
        let root = tempfile::tempdir().expect("a folder");
        let path = root.path().join("vectors.txt");
        std::fs::write(&path, content).expect("written");
        read(&path)
    }

    #[test]
    fn files_of_glove_and_of_word2vec_are_read() {
        let expected = (vec!["the".to_owned(), ". .".to_owned()], vec![1.0, -2.5, 0.0, 3e-2], 2);
        assert_eq!(parse("the 1 -2.5\n. . 0 0.03\nthe 9 9\n").expect("read"), expected);
        assert_eq!(parse("2 2\nthe 1 -2.5 \r\n. . 0 0.03").expect("read"), expected);
    }

    #[test]
    fn what_is_no_such_file_is_refused_by_its_line() {
        let refused = |content: &str| parse(content).expect_err("refused").to_string();
        assert!(refused("the 1 2\ncat 1\n").contains("line 2"));
        assert!(refused("the 1 2\ncat 1 x\n").contains("line 2"));
        assert!(refused("the 1 NaN\n").contains("line 1"));
        assert!(refused("Dear reader, this is prose.\n").contains("line 1"));
        assert!(refused("\n\n").contains("no vectors"));
    }
}
