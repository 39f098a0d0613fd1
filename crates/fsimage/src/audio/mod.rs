//! Discs of sound: what a cue sheet or a list of sound files says, as sessions of tracks with their sectors, codes and
//! texts, ready for a recorder.

mod disc;
mod first_sector;
mod flac;
mod problem;
mod reader;
mod sound;
mod wave;

pub use disc::{AudioDisc, AudioNotice, DiscSession};
pub use problem::{CueProblem, SoundProblem};
pub use reader::DiscReader;
