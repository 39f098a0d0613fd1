//! Records sound, one track after another: `cargo run --example sample_audio_disc -- NEW_DISC FILE...`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::path::PathBuf;

use fsimage::{AddedTrack, Closing, Control, OpenDrive, Recorder, TracksAtOnceOptions};

/// Records WAVE and FLAC files on a blank CD, and closes it.
pub(crate) fn record(files: &[PathBuf], drive: &str) -> Result<Vec<AddedTrack>, Box<dyn std::error::Error>> {
    let control = Control::default();
    let recorder = Recorder::new(OpenDrive::open(&drive.parse()?)?);
    let writer = recorder.tracks_at_once("sample")?;
    writer.prepare(&TracksAtOnceOptions { closing: Closing::Finalise, ..TracksAtOnceOptions::default() })?;
    for file in files {
        writer.add_track(file, None, &control)?;
    }
    let tracks = writer.table_of_contents()?;
    writer.release(&control)?;
    Ok(tracks)
}

#[allow(dead_code, reason = "a test takes what is above")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let disc = arguments.next().ok_or("usage: sample_audio_disc NEW_DISC FILE...")?;
    let files: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    for track in record(&files, &format!("sim:cd-r:{}", disc.to_string_lossy()))? {
        println!("track {} at sector {}: {} sectors", track.number, track.start, track.sectors);
    }
    Ok(())
}
