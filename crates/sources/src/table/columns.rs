//! What the columns of a table are for, as chosen or guessed, and how a row is taken apart by that.
//!
//! Deliberately absent: guessing (`guess`) and parsing.

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Record};
use super::column;
use crate::Reason;

/// What the columns of one table are for; None is guessed, for `id` and `label` left among the others, and an empty name
/// says that no column is.
///
/// A vector may be one column that holds lists of numbers, several numbered columns ("emb_*" for "emb_0", "emb_1" …),
/// several that are named ("x,y"), or every column of numbers ("*").
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Columns {
    /// The text.
    pub text: Option<String>,
    /// The name of a picture's file, as seen from the table's folder.
    pub image: Option<String>,
    /// What names the row; kept as `id`.
    pub id: Option<String>,
    /// Its class; kept as `label`.
    pub label: Option<String>,
    /// Its vector, computed elsewhere.
    pub vector: Option<String>,
    /// The table itself, where a file holds several.
    pub table: Option<String>,
}

/// What the cells of a column mostly are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Words, and everything else.
    Words,
    /// One number.
    Number,
    /// A list of numbers.
    Vector,
    /// The name of a picture's file.
    Picture,
}

/// What one column is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    Text,
    Image,
    Id,
    Label,
    Vector,
    /// This number of the vector.
    Part(usize),
    Other,
}

/// The roles of all columns.
pub(crate) struct Roles {
    names: Vec<String>,
    roles: Vec<Role>,
    parts: usize,
    has_vector: bool,
}

/// A row by its roles.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) text: String,
    pub(crate) image: Option<String>,
    pub(crate) vector: Option<Vec<f32>>,
    pub(crate) metadata: std::collections::BTreeMap<String, String>,
}

impl Roles {
    /// The wanted roles where given, else the guessed. Fails where a wanted column is not there, and where there is
    /// nothing to make an item of.
    pub(crate) fn of(
        names: &[String],
        types: &[ColumnType],
        wanted: &Columns,
        guess: &Columns,
    ) -> Result<Self, Reason> {
        let mut roles = vec![Role::Other; names.len()];
        let mut parts = 0;
        let vector = chosen(&wanted.vector, &guess.vector);
        if let Some(vector) = vector {
            let group = group(vector, names, types);
            parts = group.len();
            match (names.iter().position(|name| name == vector), parts) {
                (Some(at), _) => (roles[at], parts) = (Role::Vector, 0),
                (None, 1..) => group.iter().enumerate().for_each(|(part, &at)| roles[at] = Role::Part(part)),
                (None, 0) => return Err(no_column(vector)),
            }
        }
        // Of two roles for one column the later counts: whoever says that it is the text means it.
        let later = [
            (&wanted.image, &guess.image, Role::Image),
            (&wanted.label, &None, Role::Label),
            (&wanted.id, &None, Role::Id),
            (&wanted.text, &guess.text, Role::Text),
        ];
        for (wanted, guess, role) in later {
            let Some(name) = chosen(wanted, guess) else { continue };
            let at = names.iter().position(|known| known == name).ok_or_else(|| no_column(name))?;
            if wanted.is_some() || roles[at] == Role::Other {
                roles[at] = role;
            }
        }
        if !roles.iter().any(|role| !matches!(role, Role::Other | Role::Id | Role::Label)) {
            return Err(Reason::Empty { what: "no column of text, pictures or vectors".into() });
        }
        Ok(Self { names: names.to_vec(), roles, parts, has_vector: vector.is_some() })
    }

    /// The roles in a table that only says what the vectors of another file are.
    pub(crate) fn describing(names: &[String], guess: &Columns) -> Self {
        let role = |name: &String| if guess.text.as_ref() == Some(name) { Role::Text } else { Role::Other };
        Self { names: names.to_vec(), roles: names.iter().map(role).collect(), parts: 0, has_vector: false }
    }

    /// Whether every row is to bring a vector.
    pub(crate) fn has_vector(&self) -> bool {
        self.has_vector
    }

    /// Takes a row apart.
    pub(crate) fn row(&self, record: Record<'_>) -> Row {
        let mut row = Row::default();
        let (mut parts, mut found) = (vec![0.0; self.parts], 0);
        let mut id = None;
        for (at, cell) in record.cells.into_iter().enumerate() {
            let role = self.roles.get(at).copied().unwrap_or(Role::Other);
            match role {
                Role::Text => {
                    if let Cell::Words(text) = cell {
                        row.text = text.into_owned();
                    }
                }
                Role::Image => row.image = keepable(&cell).map(str::to_owned),
                Role::Vector => row.vector = cell.numbers().map(|numbers| numbers.into_owned()),
                Role::Part(part) => {
                    if let Ok(number) = cell.text().trim().parse() {
                        parts[part] = number;
                        found += 1;
                    }
                }
                Role::Id | Role::Label | Role::Other => {
                    let Some(value) = keepable(&cell) else { continue };
                    let name = match role {
                        Role::Id => "id".to_owned(),
                        Role::Label => "label".to_owned(),
                        _ => self.names.get(at).cloned().unwrap_or_else(|| column(at)),
                    };
                    if role == Role::Id {
                        id = Some(value.to_owned());
                    }
                    // What was chosen to be the label is, whatever else has that name.
                    if role == Role::Other {
                        row.metadata.entry(name).or_insert_with(|| value.to_owned());
                    } else {
                        row.metadata.insert(name, value.to_owned());
                    }
                }
            }
        }
        for (name, cell) in record.others {
            if let Some(value) = keepable(&cell) {
                row.metadata.entry(name).or_insert_with(|| value.to_owned());
            }
        }
        if self.parts > 0 && found == self.parts {
            row.vector = Some(parts);
        }
        if row.vector.is_some() && row.text.trim().is_empty() && row.image.is_none() {
            let named = id.or_else(|| row.metadata.get("id").cloned());
            row.text = named.unwrap_or_else(|| format!("row {}", record.number));
        }
        row
    }
}

fn keepable<'a>(cell: &'a Cell<'_>) -> Option<&'a str> {
    Some(cell.text().trim()).filter(|text| !text.is_empty())
}

/// The wanted column or else the guessed one; none where an empty name was wanted.
fn chosen<'a>(wanted: &'a Option<String>, guess: &'a Option<String>) -> Option<&'a String> {
    wanted.as_ref().or(guess.as_ref()).filter(|name| !name.is_empty())
}

fn no_column(name: &str) -> Reason {
    Reason::Broken { problem: format!("it has no column named {name}") }
}

/// The columns that "emb_*" or "*" stands for, in the order of their numbers, or "x,y" in the order of their names.
fn group(pattern: &str, names: &[String], types: &[ColumnType]) -> Vec<usize> {
    if pattern.contains(',') {
        let place = |part: &str| names.iter().position(|name| name == part.trim());
        return pattern.split(',').map(place).collect::<Option<Vec<_>>>().unwrap_or_default();
    }
    let Some(prefix) = pattern.strip_suffix('*') else { return Vec::new() };
    let is_number = |at: &usize| types.get(*at) == Some(&ColumnType::Number);
    if prefix.is_empty() && !names.iter().any(|name| name == "0" || name == "1") {
        return (0..names.len()).filter(is_number).collect();
    }
    let number = |name: &String| name.strip_prefix(prefix).and_then(|rest| rest.parse::<u32>().ok());
    let mut found: Vec<(u32, usize)> =
        names.iter().enumerate().filter_map(|(at, name)| Some((number(name)?, at))).collect();
    found.retain(|(_, at)| is_number(at));
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn record<'a>(cells: &[&'a str]) -> Record<'a> {
        Record { number: 7, cells: cells.iter().map(|&cell| Cell::words(cell)).collect(), others: Vec::new() }
    }

    #[test]
    fn numbered_columns_are_one_vector_in_the_order_of_their_numbers() {
        let names = names(&["e10", "e2", "key", "kind"]);
        let wanted = Columns {
            vector: Some("e*".into()),
            id: Some("key".into()),
            label: Some("kind".into()),
            ..Columns::default()
        };
        let roles = Roles::of(&names, &[ColumnType::Number; 4], &wanted, &Columns::default()).expect("roles");
        let row = roles.row(record(&["10", "2", "k", "a"]));
        assert_eq!((row.vector, row.text.as_str()), (Some(vec![2.0, 10.0]), "k"));
        assert_eq!(row.metadata["label"], "a");
        let named = Columns { vector: Some("e10, e2".into()), ..wanted };
        let roles = Roles::of(&names, &[ColumnType::Number; 4], &named, &Columns::default()).expect("roles");
        assert_eq!(roles.row(record(&["10", "2", "k", "a"])).vector, Some(vec![10.0, 2.0]));
        let broken = roles.row(record(&["10", "two", "k", "a"]));
        assert_eq!((broken.vector, broken.text.as_str()), (None, ""));
    }

    #[test]
    fn a_guess_can_be_refused() {
        let names = names(&["picture", "say"]);
        let guess = Columns { image: Some("picture".into()), text: Some("say".into()), ..Columns::default() };
        let wanted = Columns { image: Some(String::new()), ..Columns::default() };
        let roles = Roles::of(&names, &[ColumnType::Words; 2], &wanted, &guess).expect("roles");
        let row = roles.row(record(&["a.jpg", "words"]));
        assert_eq!((row.image, row.text.as_str(), row.metadata["picture"].as_str()), (None, "words", "a.jpg"));
    }

    #[test]
    fn what_is_chosen_must_be_there() {
        let names = names(&["a", "b"]);
        let types = [ColumnType::Number; 2];
        let said = |wanted: Columns| Roles::of(&names, &types, &wanted, &Columns::default()).err().expect("a reason");
        for wanted in [
            Columns { text: Some("x".into()), ..Columns::default() },
            Columns { vector: Some("x*".into()), ..Columns::default() },
        ] {
            assert!(said(wanted).to_string().contains("no column named x"));
        }
        assert!(said(Columns::default()).to_string().starts_with("no column of text"));
    }
}
