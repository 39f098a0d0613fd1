use std::io::{self, Read, Write};

use fsimage::{Error, Image, ImageEntry, Kind};

use super::open::{image, lookup, lookup_bytes, lossy};
use super::{Context, output};
use crate::Exit;
use crate::args::Cat;
use crate::failure::Failure;

pub(super) fn run(args: &Cat, context: &Context) -> Result<Exit, Failure> {
    let image = image(&args.reading, context)?;
    let entry = match lookup(&image, &args.path) {
        Err(missing) => stream(&image, args.path.as_bytes())?.ok_or(missing)?,
        Ok(entry) => entry,
    };
    if entry.kind != Kind::File {
        return Err(Error::NotAFile { path: lossy(args.path.as_bytes()), kind: entry.kind }.into());
    }
    let mut reader = image.open(&entry)?;
    let mut out = output();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => out.write_all(&buffer[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                out.flush()?;
                return Err(reader.error(error).into());
            }
        }
        if context.control.cancel.is_cancelled() {
            return Err(Error::Cancelled { state: "the output is incomplete".to_owned() }.into());
        }
    }
    out.flush()?;
    context.tell_losses(&image)
}

/// The named stream that PATH:STREAM names. Names may have colons in them: the longest path counts.
fn stream(image: &Image, path: &[u8]) -> Result<Option<ImageEntry>, Failure> {
    let name = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    for colon in (name..path.len()).rev().filter(|&at| path[at] == b':') {
        let Ok(item) = lookup_bytes(image, &path[..colon]) else { continue };
        let stream = image.streams(&item)?.into_iter().find(|stream| stream.name == path[colon + 1..]);
        if stream.is_some() {
            return Ok(stream);
        }
    }
    Ok(None)
}
