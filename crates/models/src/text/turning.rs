//! What configurations say of rotary positions, in the old flat words and in the new ones, for each kind of layer.
//!
//! Deliberately absent: scaled frequencies (a model that asks for them is refused by their name).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::Error;
use crate::folder::Folder;

/// The part of a configuration that is about positions and about which layers see only what is near.
#[derive(Deserialize)]
pub(super) struct Turning {
    rope_parameters: Option<Value>,
    rope_scaling: Option<Value>,
    rope_theta: Option<f64>,
    rope_local_base_freq: Option<f64>,
    global_rope_theta: Option<f64>,
    local_rope_theta: Option<f64>,
    layer_types: Option<Vec<String>>,
}

/// The most positions there are angles for, whatever a configuration promises.
pub(super) const LONGEST: usize = 32_768;

/// The most layers a configuration may speak of.
const MOST_LAYERS: usize = 4096;

/// A kind of layer, by the reference's word.
const FULL: &str = "full_attention";
const NEAR: &str = "sliding_attention";

impl Turning {
    /// The bases of the frequencies of layers that see everything and of those that see what is near, or the defaults.
    pub(super) fn bases(&self, folder: &Folder, defaults: (f64, f64)) -> Result<(f64, f64), Error> {
        let refused = |kind: &str| folder.unsupported(format!("its rotary positions are scaled (“{kind}”)"));
        let parameters = self.rope_parameters.iter().chain(&self.rope_scaling);
        for set in parameters.flat_map(|all| [Some(all), all.get(FULL), all.get(NEAR)]).flatten() {
            let kind = set.get("rope_type").or_else(|| set.get("type")).and_then(Value::as_str).unwrap_or("default");
            if kind != "default" {
                return Err(refused(kind));
            }
        }
        let told = |kind: &str| {
            let all = self.rope_parameters.as_ref()?;
            all.get(kind).unwrap_or(all).get("rope_theta")?.as_f64()
        };
        let full = told(FULL).or(self.global_rope_theta).or(self.rope_theta).unwrap_or(defaults.0);
        let near = told(NEAR).or(self.local_rope_theta).or(self.rope_local_base_freq).unwrap_or(defaults.1);
        Ok((full, near))
    }

    /// Whether each of so many layers sees only what is near: as listed, or else by `pattern`.
    pub(super) fn near(
        &self,
        folder: &Folder,
        layers: usize,
        pattern: impl Fn(usize) -> bool,
    ) -> Result<Vec<bool>, Error> {
        if layers > MOST_LAYERS {
            return Err(folder.unsupported(format!("it cannot have {layers} layers")));
        }
        let Some(listed) = &self.layer_types else { return Ok((0..layers).map(pattern).collect()) };
        let known = BTreeMap::from([(FULL, false), (NEAR, true)]);
        if listed.len() != layers {
            return Err(folder.unsupported(format!("it lists {} of {layers} layers", listed.len())));
        }
        let kind = |name: &String| {
            let kind = known.get(name.as_str()).copied();
            kind.ok_or_else(|| folder.unsupported(format!("its layers have “{name}”")))
        };
        listed.iter().map(kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(config: &str) -> Turning {
        serde_json::from_str(config).expect("a configuration")
    }

    #[test]
    fn old_and_new_words_mean_the_same() {
        let folder = Folder::new("/nowhere".into(), "m");
        let bases = |config: &str| read(config).bases(&folder, (1.0, 2.0)).map_err(|error| error.to_string());
        assert_eq!(bases("{}"), Ok((1.0, 2.0)));
        assert_eq!(bases(r#"{"rope_theta": 5e5}"#), Ok((5e5, 2.0)));
        assert_eq!(bases(r#"{"rope_parameters": {"rope_theta": 5e5, "rope_type": "default"}}"#), Ok((5e5, 5e5)));
        assert_eq!(bases(r#"{"global_rope_theta": 3, "local_rope_theta": 4}"#), Ok((3.0, 4.0)));
        let each =
            r#"{"rope_parameters": {"full_attention": {"rope_theta": 3}, "sliding_attention": {"rope_theta": 4}}}"#;
        assert_eq!(bases(each), Ok((3.0, 4.0)));
        assert!(bases(r#"{"rope_scaling": {"type": "yarn", "factor": 4}}"#).is_err_and(|error| error.contains("yarn")));
        assert_eq!(bases(r#"{"rope_scaling": null}"#), Ok((1.0, 2.0)));
    }

    #[test]
    fn layers_are_as_listed_or_by_the_pattern() {
        let folder = Folder::new("/nowhere".into(), "m");
        let near = |config: &str| read(config).near(&folder, 3, |layer| layer > 0).map_err(|error| error.to_string());
        assert_eq!(near("{}"), Ok(vec![false, true, true]));
        let listed = r#"{"layer_types": ["sliding_attention", "full_attention", "full_attention"]}"#;
        assert_eq!(near(listed), Ok(vec![true, false, false]));
        assert!(near(r#"{"layer_types": ["full_attention"]}"#).is_err());
        assert!(read("{}").near(&folder, usize::MAX, |_| true).is_err());
        assert!(near(r#"{"layer_types": ["x", "y", "z"]}"#).is_err_and(|error| error.contains('x')));
    }
}
