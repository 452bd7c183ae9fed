//! A JSON value on its way to another process: the same to the last digit, which its text is not once it is read again.
//!
//! For serde's `with`. Deliberately absent: a form for people; that is JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Number, Value};

/// A value that says of itself which one it is.
#[derive(Serialize, Deserialize)]
enum Tree {
    Nothing,
    Truth(bool),
    Natural(u64),
    Negative(i64),
    Real(f64),
    Text(String),
    List(Vec<Tree>),
    Named(BTreeMap<String, Tree>),
}

pub(crate) fn serialize<S: Serializer>(value: &Value, to: S) -> Result<S::Ok, S::Error> {
    Tree::from(value).serialize(to)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
    Tree::deserialize(from).map(Value::from)
}

impl From<&Value> for Tree {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(truth) => Self::Truth(*truth),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(natural), _) => Self::Natural(natural),
                (_, Some(negative)) => Self::Negative(negative),
                _ => number.as_f64().map_or(Self::Nothing, Self::Real),
            },
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(list) => Self::List(list.iter().map(Self::from).collect()),
            Value::Object(named) => {
                Self::Named(named.iter().map(|(name, value)| (name.clone(), value.into())).collect())
            }
        }
    }
}

impl From<Tree> for Value {
    fn from(tree: Tree) -> Self {
        match tree {
            Tree::Nothing => Self::Null,
            Tree::Truth(truth) => Self::Bool(truth),
            Tree::Natural(number) => number.into(),
            Tree::Negative(number) => number.into(),
            Tree::Real(number) => Number::from_f64(number).map_or(Self::Null, Self::Number),
            Tree::Text(text) => Self::String(text),
            Tree::List(list) => Self::Array(list.into_iter().map(Self::from).collect()),
            Tree::Named(named) => {
                Self::Object(named.into_iter().map(|(name, tree)| (name, tree.into())).collect::<Map<_, _>>())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use embedscope_apart::{receive, send};
    use serde_json::json;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Sent(#[serde(with = "super")] Value);

    #[test]
    fn every_value_arrives_to_the_last_digit() {
        let value = json!({
            "mean": [f64::from(0.457_827_5_f32), -1.5, 0, -7, u64::MAX],
            "of": { "nothing": null, "truth": true, "text": "größer" },
        });
        let mut pipe = Vec::new();
        send(&mut pipe, &Sent(value.clone())).expect("written");
        let Sent(found) = receive(&mut pipe.as_slice()).expect("read").expect("there");
        assert_eq!(found, value);
    }
}
