//! The real program on small inputs: what every verb answers, and how it fails.

mod calls;
mod desk;
mod evaluate;
mod items;
mod matrices;
mod meaning;
mod plan;
mod tables;
