//! What the rows of a set are coloured by: classes, or amounts.
//!
//! Deliberately absent: colours; a class is a label and a place in the order, an amount is a number.

use embedscope_space::compare::CompareParams;
use embedscope_space::misplaced::MisplacedParams;
use embedscope_space::{Cancel, UNWATCHED, similarity};
use embedscope_workspace::{ItemId, SetId};

use crate::amounts::Unit;
use crate::columns::{Column, NO_VALUE};
use crate::sets::LiveSet;
use crate::{Engine, Error, MapId};

/// The class of a row that belongs to none.
pub const NO_CLASS: u16 = u16::MAX;

/// Classes that are named; rows of the others belong to none.
const MOST_CLASSES: usize = 400;
/// Neighbours by which models agree or do not.
const COMPARED: usize = 10;

/// One class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// A cluster's words, a kind, a file, a value.
    pub label: String,
    /// Rows in it.
    pub count: usize,
}

/// The classes of a set's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colours {
    /// Largest first, at most four hundred; equal ones by their label.
    pub classes: Vec<Class>,
    /// How many smaller classes are not named.
    pub more: usize,
    /// The class of every row; [`NO_CLASS`] where there is none, or none of its own.
    pub class_of_row: Vec<u16>,
}

/// An amount for each of a set's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Amounts {
    /// What they are.
    pub unit: Unit,
    /// The smallest and the largest; 0 and 0 where there is none.
    pub range: (f64, f64),
    /// One a row, NaN where there is none.
    pub values: Vec<f32>,
}

impl Amounts {
    pub(crate) fn new(unit: Unit, values: Vec<f32>) -> Self {
        let range = range(values.iter().copied().map(f64::from));
        Self { unit, range, values }
    }

    fn of(unit: Unit, values: &[f64]) -> Self {
        Self { unit, range: range(values.iter().copied()), values: values.iter().map(|&value| value as f32).collect() }
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let wide = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    let (low, high) = values.filter(|value| value.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), wide);
    if low <= high { (low, high) } else { (0.0, 0.0) }
}

/// What rows are coloured by.
#[derive(Clone, Debug, PartialEq)]
pub enum Shades {
    /// A class for each row.
    Classes(Colours),
    /// An amount for each row.
    Amounts(Amounts),
}

impl Engine {
    /// What a set's rows are coloured by: `cluster`, `kind`, `file`, `collection`, `tag`, `column:NAME`, `similarity:ITEM`
    /// (to an item of the set), `misplaced:MAP` (how far a map errs about each row, see `space::misplaced`) or
    /// `disagreement` (the share of each row's nearest that other sets do not have among its nearest, their mean).
    pub fn colours(&self, set: SetId, by: &str) -> Result<Shades, Error> {
        let live = self.live_set(set)?;
        let asked =
            |number: &str| number.parse().map_err(|_| Error::Request(format!("“{by}” names no number that there is")));
        if let Some(item) = by.strip_prefix("similarity:") {
            let vector = live.vectors_of(&[live.row_of(ItemId(asked(item)?))?])?;
            let near = similarity::matrix(&vector, &live.vectors()?, live.metric())?.into_vec();
            return Ok(Shades::Amounts(Amounts::new(Unit::Similarity, near)));
        }
        if let Some(map) = by.strip_prefix("misplaced:") {
            return self.misplaced(MapId(asked(map)?), &live);
        }
        if by == "disagreement" {
            return self.disagreement(&live);
        }
        if by == "cluster" {
            return Ok(Shades::Classes(clusters(&live)));
        }
        let (all, column) = (self.all_items()?, self.column(by, Some(&live))?);
        let items = live.items();
        let code = |place: Option<usize>| column.codes.get(place?).copied();
        let codes: Vec<u32> = all.places(&items).map(|place| code(place).unwrap_or(NO_VALUE)).collect();
        if by.starts_with("column:")
            && let Some((unit, amounts)) = column.amounts()
        {
            let read = |&code: &u32| if code == NO_VALUE { f64::NAN } else { amounts[code as usize] };
            return Ok(Shades::Amounts(Amounts::of(unit, &codes.iter().map(read).collect::<Vec<_>>())));
        }
        Ok(Shades::Classes(classes(&column, &codes)))
    }

    fn disagreement(&self, live: &LiveSet) -> Result<Shades, Error> {
        let params = CompareParams { k: COMPARED, metric: live.metric(), ..CompareParams::default() }.check()?;
        let (mut sums, mut judges) = (vec![0.0_f32; live.rows()], vec![0.0_f32; live.rows()]);
        for other in self.sets()?.into_iter().filter(|other| other.id != live.id()) {
            let (rows, theirs) = self.common_rows(live.id(), other.id)?;
            // Among fewer, all are neighbours of all.
            if rows.len() <= COMPARED {
                continue;
            }
            let (own, others) = (live.vectors_of(&rows)?, self.live_set(other.id)?.vectors_of(&theirs)?);
            let found = params.run(&own, &others, UNWATCHED, &Cancel::default())?;
            for (row, overlap) in rows.into_iter().zip(found.overlap) {
                sums[row] += 1.0 - overlap;
                judges[row] += 1.0;
            }
        }
        if judges.iter().all(|&judges| judges == 0.0) {
            return Err(Error::Request("no other model has embedded these items".into()));
        }
        // Of what no other set has, nothing is known: 0 of 0 is no number.
        Ok(Shades::Amounts(Amounts::new(
            Unit::Share,
            sums.iter().zip(judges).map(|(sum, judges)| sum / judges).collect(),
        )))
    }

    fn misplaced(&self, map: MapId, live: &LiveSet) -> Result<Shades, Error> {
        let layout = self.layout(map)?;
        if layout.set != live.id() {
            return Err(Error::Request("this map shows another set".into()));
        }
        let rows = layout.positions.rows();
        let vectors = live.vectors()?;
        let vectors = if vectors.rows() > rows { vectors.select(&(0..rows).collect::<Vec<_>>()) } else { vectors };
        let params = MisplacedParams { metric: live.metric(), ..MisplacedParams::default() };
        let found = params.check()?.run(&vectors, &layout.positions, UNWATCHED, &Cancel::default())?;
        Ok(Shades::Amounts(Amounts::new(Unit::Share, found)))
    }
}

/// The clusters of a set's rows, which stand in their order already.
fn clusters(live: &LiveSet) -> Colours {
    let clustering = live.clustering().unwrap_or_default();
    let sizes = clustering.sizes();
    let classes: Vec<Class> = clustering
        .names
        .iter()
        .zip(sizes)
        .take(MOST_CLASSES)
        .map(|(label, count)| Class { label: label.clone(), count })
        .collect();
    let class = |&label: &i32| u16::try_from(label).ok().filter(|&class| usize::from(class) < classes.len());
    let mut class_of_row: Vec<u16> = clustering.labels.iter().map(|label| class(label).unwrap_or(NO_CLASS)).collect();
    // Those that joined since the clusters were found are in none.
    class_of_row.resize(live.rows(), NO_CLASS);
    Colours { more: clustering.len() - classes.len(), classes, class_of_row }
}

/// The classes that some rows' values make.
fn classes(column: &Column, codes: &[u32]) -> Colours {
    let mut counts = vec![0_usize; column.len()];
    codes.iter().filter(|code| **code != NO_VALUE).for_each(|&code| counts[code as usize] += 1);
    let mut order: Vec<usize> = (0..counts.len()).filter(|&code| counts[code] > 0).collect();
    order.sort_by_key(|&code| std::cmp::Reverse(counts[code]));
    let more = order.len().saturating_sub(MOST_CLASSES);
    order.truncate(MOST_CLASSES);
    let mut class_of_code = vec![NO_CLASS; counts.len()];
    (0..).zip(&order).for_each(|(class, &code)| class_of_code[code] = class);
    let class_of_row =
        codes.iter().map(|&code| class_of_code.get(code as usize).copied().unwrap_or(NO_CLASS)).collect();
    let classes =
        order.into_iter().map(|code| Class { label: column.value(code).to_owned(), count: counts[code] }).collect();
    Colours { classes, more, class_of_row }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::tests::column;

    #[test]
    fn the_largest_classes_come_first_and_the_rest_is_counted() {
        let mut labels: Vec<Option<String>> = (0..402).map(|n| Some(format!("{n:03}"))).collect();
        labels.extend([Some("401".into()), None]);
        let of = |labels: &[Option<String>]| {
            let column = column(&labels.iter().map(Option::as_deref).collect::<Vec<_>>());
            classes(&column, &column.codes)
        };
        let colours = of(&labels);
        assert_eq!(colours.classes[0], Class { label: "401".into(), count: 2 });
        assert_eq!((colours.classes.len(), colours.more), (400, 2));
        let [last, beyond, none] = [401, 400, 403].map(|row| colours.class_of_row[row]);
        assert_eq!((last, beyond, none), (0, NO_CLASS, NO_CLASS));
        assert_eq!(of(&labels[..400]).more, 0);
    }

    #[test]
    fn amounts_know_their_range() {
        let amounts = Amounts::of(Unit::Number, &[3.0, f64::NAN, -1.5]);
        assert_eq!((amounts.range, amounts.values[0]), ((-1.5, 3.0), 3.0));
        assert_eq!(Amounts::new(Unit::Share, vec![f32::NAN]).range, (0.0, 0.0));
    }
}
