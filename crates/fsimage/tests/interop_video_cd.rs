//! Films of a Video CD, in sectors of mode 2 form 2, as programs for Video CDs take them out.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Read;
use std::process::Command;

use fsimage::{Disc, FileSystem};

#[test]
fn films_are_those_that_vcdxrip_takes_out() {
    let (Some(corpus), Some(xz), Some(vcdxrip)) =
        (peers::corpus(), peers::require("xz"), peers::require("vcdxrip"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let images = peers::corpus_images(&corpus).unwrap();
    let image = images.iter().find(|image| image.name == "libcdio__videocd.nrg").unwrap();
    let path = image.unpack(&xz, folder.path()).unwrap();
    let mut command = Command::new(vcdxrip.path());
    let output = command.current_dir(folder.path()).arg(format!("--nrg-file={}", path.display())).output();
    assert!(output.unwrap().status.success());

    let image = Disc::open(&path).unwrap().image(None, &[FileSystem::Iso9660]).unwrap();
    let films = [1, 2, 3, 4].map(|number| format!("/MPEG2/AVSEQ0{number}.MPG"));
    let pictures = [1, 2, 3].map(|number| format!("/SEGMENT/ITEM000{number}.MPG"));
    for path in films.iter().chain(&pictures) {
        let theirs = path.rsplit('/').next().unwrap().to_lowercase();
        let theirs = std::fs::read(folder.path().join(theirs)).unwrap();
        let entry = image.lookup(path).unwrap();
        let mut ours = Vec::new();
        image.open(&entry).unwrap().read_to_end(&mut ours).unwrap();
        assert_eq!((entry.len, ours.len()), (theirs.len() as u64, theirs.len()), "{path}");
        assert!(ours == theirs, "{path}");
    }
}
