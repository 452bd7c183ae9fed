//! The rules of the house, kept by machine: who may know whom, and what every file owes its reader.

mod arrows;
mod tidy;
