//! Numbers and dates in what people wrote into columns.
//!
//! A column is one of amounts when every value in it is a number, or every one a date, and there are more different ones
//! than classes can be told apart. Dates are those of ISO 8601, with or without a day and a time. Deliberately absent:
//! other ways of writing a date, which mean different days in different countries.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Up to so many different numbers are classes: grades, years of a short while, yes and no.
const CLASSES: usize = 12;

/// What the amounts of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Numbers as they were written.
    Number,
    /// Seconds since 1970, by the clock of whoever wrote the date.
    Date,
    /// Similarities, by the measure that the model is made for.
    Similarity,
    /// Shares, 0 to 1.
    Share,
}

/// A number, if that is what was written.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// A date, if that is what was written, in seconds since 1970.
pub(crate) fn date(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.len() < 7 || !text.as_bytes()[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let month = || NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok();
    let seconds = match day().or_else(month) {
        Some(date) => date.and_hms_opt(0, 0, 0)?.and_utc().timestamp(),
        None => {
            let zoned = DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp());
            let local = |form| NaiveDateTime::parse_from_str(text, form).ok().map(|time| time.and_utc().timestamp());
            zoned.or_else(|| local("%Y-%m-%dT%H:%M:%S%.f")).or_else(|| local("%Y-%m-%d %H:%M:%S%.f"))?
        }
    };
    Some(seconds as f64)
}

/// What a column holds, if it is one of amounts.
pub(crate) fn unit<'a>(values: impl Iterator<Item = &'a str> + Clone) -> Option<Unit> {
    let mut different = HashSet::new();
    if values.clone().all(|value| !different.insert(value) || different.len() <= CLASSES) {
        return None;
    }
    let all = |read: fn(&str) -> Option<f64>| values.clone().all(|value| read(value).is_some());
    if all(number) {
        Some(Unit::Number)
    } else if all(date) {
        Some(Unit::Date)
    } else {
        None
    }
}

/// The amount in a value of such a column.
pub(crate) fn amount(unit: Unit, text: &str) -> Option<f64> {
    if unit == Unit::Date { date(text) } else { number(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        assert_eq!(date("1970-01-02"), Some(86_400.0));
        assert_eq!(date(" 1970-02 "), Some(31.0 * 86_400.0));
        assert_eq!(date("1970-01-01T01:00:00+01:00"), Some(0.0));
        assert_eq!(date("1970-01-01 00:00:30.5"), Some(30.0));
        for other in ["02.01.1970", "1970", "1970-13-01", "soon", "2020-1é"] {
            assert_eq!(date(other), None, "{other}");
        }
    }

    #[test]
    fn few_numbers_are_classes_and_many_are_amounts() {
        let numbers = |count: usize| (0..count).map(|n| format!("{n}.5")).collect::<Vec<_>>();
        let told = |values: &[String]| unit(values.iter().map(String::as_str));
        assert_eq!(told(&numbers(12)), None);
        assert_eq!(told(&numbers(13)), Some(Unit::Number));
        assert_eq!(told(&[numbers(13), vec!["none".into()]].concat()), None);
        let days: Vec<String> = (1..20).map(|day| format!("2024-05-{day:02}")).collect();
        assert_eq!(told(&days), Some(Unit::Date));
        assert_eq!(number("1e999"), None);
    }
}
