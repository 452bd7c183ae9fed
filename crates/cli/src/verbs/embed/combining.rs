//! `embed --combine`: one vector for the items that share a label, or for a picture and its caption.
//!
//! Deliberately absent: how it is done; that is the engine's.

use clap::{Args, ValueEnum};
use embedscope_engine::models::{Fuse, Pool};
use embedscope_engine::{Combination, SetId};

use crate::failure::Failure;

#[derive(Args)]
pub struct Combining {
    /// One row for the items that share a label (--by), or for each picture that has a caption (--captions)
    #[arg(long, value_enum, value_name = "HOW")]
    combine: Option<How>,
    /// What items share, for mean and max: file, stem (the file's name without its ending), tag or column:NAME
    #[arg(long, value_name = "FIELD", default_value = "file", requires = "combine", conflicts_with = "captions")]
    by: String,
    /// Combine pictures with their captions, embedded by this model: for mean the model itself, for concatenate any that reads texts
    #[arg(long, value_name = "MODEL", requires = "combine")]
    captions: Option<String>,
    /// The captions' share of a mean with pictures
    #[arg(long, value_name = "0..1", default_value_t = 0.5, requires = "captions")]
    caption_share: f64,
}

/// How several vectors become one.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum How {
    Mean,
    Max,
    Concatenate,
}

impl Combining {
    /// Fails where its parts do not go together.
    pub fn check(&self) -> Result<(), Failure> {
        let share = self.caption_share;
        if !(0.0..=1.0).contains(&share) {
            return Err(Failure::call(format!("a share of {share} is impossible"), "--caption-share is from 0 to 1"));
        }
        match (self.combine, &self.captions) {
            (Some(How::Max), Some(_)) => {
                Err(Failure::call("pictures and captions have no max", "use --combine mean or concatenate"))
            }
            (Some(How::Concatenate), None) => Err(Failure::call(
                "only pictures and captions are put side by side",
                "name a model for the captions with --captions",
            )),
            _ => Ok(()),
        }
    }

    /// What is to be made of a set; None where nothing is. After [`Self::check`].
    pub fn of(&self, set: SetId) -> Option<Combination> {
        let how = self.combine?;
        Some(match &self.captions {
            Some(model) => {
                let how = match how {
                    How::Concatenate => Fuse::Concatenate,
                    How::Mean | How::Max => Fuse::Mean { text: self.caption_share },
                };
                Combination::Captions { set, model: model.clone(), how }
            }
            None => {
                let how = if how == How::Max { Pool::Max } else { Pool::Mean };
                Combination::Items { set, by: self.by.clone(), how }
            }
        })
    }
}
