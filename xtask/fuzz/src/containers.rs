use std::fs;
use std::io::Write;

use fsimage::{Control, Disc};

/// The bytes are a file of an unknown kind: raw sectors, a Nero image, or sectors one behind another.
pub(crate) fn image_file(bytes: &[u8]) {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    if file.write_all(bytes).is_ok() {
        read(Disc::open(file.path()));
        read(Disc::open_at(file.path(), 1));
    }
}

/// The bytes up to the first NUL are a cue sheet, those behind it the file that it should name `a`.
pub(crate) fn cue_sheet(bytes: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (sheet, data) = bytes.split_at(end);
    let path = folder.path().join("sheet.cue");
    if fs::write(folder.path().join("a"), data).is_ok() && fs::write(&path, sheet).is_ok() {
        read(Disc::open(&path));
    }
}

fn read(disc: Result<Disc, fsimage::Error>) {
    let disc = match disc {
        Ok(disc) => disc,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for session in disc.sessions() {
        let _ = disc.describe(Some(session.number));
    }
    let _ = disc.verify(None, &Control::default());
}
