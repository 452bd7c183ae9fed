//! The order of words on a page, and of letters in lines that run from right to left.
//!
//! Deliberately absent: geometry; that is the parser's.

use std::collections::HashSet;

/// Pairs of neighbouring words.
pub(super) struct Pairs<'a>(HashSet<(&'a str, &'a str)>);

impl<'a> Pairs<'a> {
    /// The pairs in a sequence of texts.
    pub(super) fn of(texts: impl Iterator<Item = &'a str>) -> Self {
        let words: Vec<&str> = texts.flat_map(str::split_whitespace).collect();
        Self(words.windows(2).map(|pair| (pair[0], pair[1])).collect())
    }

    /// The share of the pairs of `text` that are among these, 0 to 1.
    pub(super) fn share_in(&self, text: &str) -> f64 {
        let words: Vec<&str> = text.split_whitespace().collect();
        let known = words.windows(2).filter(|pair| self.0.contains(&(pair[0], pair[1]))).count();
        known as f64 / words.len().saturating_sub(1).max(1) as f64
    }
}

/// Whether a text has letters that are written from right to left.
pub(super) fn is_right_to_left(text: &str) -> bool {
    text.chars().any(runs_left)
}

/// Turns runs of right-to-left letters that come in the order of the eye into the order of reading.
///
/// Some letters only ever end a word (Arabic ta marbuta and alef maksura, the final forms of Hebrew); where they begin
/// words more often than they end them, the text is backwards.
pub(super) fn logical(text: &str) -> String {
    const LAST: [char; 7] = ['ة', 'ى', 'ך', 'ם', 'ן', 'ף', 'ץ'];
    let (mut first, mut last) = (0, 0);
    for word in text.split(|c: char| !runs_left(c)).filter(|word| word.chars().nth(1).is_some()) {
        first += usize::from(word.starts_with(LAST));
        last += usize::from(word.ends_with(LAST));
    }
    if first <= last {
        return text.to_owned();
    }
    let mut turned = String::with_capacity(text.len());
    let (mut run, mut spaces) = (Vec::new(), Vec::new());
    for character in text.chars() {
        if runs_left(character) {
            run.append(&mut spaces);
            run.push(character);
        } else if character == ' ' && !run.is_empty() {
            spaces.push(character);
        } else {
            turned.extend(run.drain(..).rev());
            turned.extend(spaces.drain(..));
            turned.push(character);
        }
    }
    turned.extend(run.into_iter().rev());
    turned.extend(spaces);
    turned
}

fn runs_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_that_keeps_neighbours_together_scores_higher() {
        let drawn = Pairs::of(["one two", "three four"].into_iter());
        assert_eq!(drawn.share_in("one two three four"), 1.0);
        assert!(drawn.share_in("one three two four") < 0.5);
        assert_eq!(drawn.share_in(""), 0.0);
    }

    #[test]
    fn backward_arabic_is_turned_and_latin_stays() {
        let reading = "تعتبر البرمجة بلغة R وPython أداة";
        let backward = "ةغلب ةجمربلا ربتعت R وPython ةادأ";
        assert_eq!(logical(backward), reading);
        assert_eq!(logical(reading), reading);
        assert_eq!(logical("no such letters"), "no such letters");
    }

    #[test]
    fn backward_hebrew_is_turned() {
        assert_eq!(logical("םולש םלוע"), "עולם שלום");
    }
}
