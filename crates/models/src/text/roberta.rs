//! RoBERTa (Liu et al., 2019), XLM-R (Conneau et al., 2020) and CamemBERT (Martin et al., 2020); reference: transformers'
//! `RobertaModel`.
//!
//! BERT's graph, with places counted on from the number of the padding token. An own one for BERT's reasons. Deliberately
//! absent: what BERT's file leaves out.

use super::bert;
use super::encoder::{Encoder, Files};
use crate::Error;

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    bert::read(files, "roberta", |config| Some(config.pad_token_id.unwrap_or(1)))
}
