use std::io::{self, Read, Write};

use fsimage::{Error, Kind};

use super::open::{image, lookup, lossy};
use super::{Context, output};
use crate::Exit;
use crate::args::Cat;
use crate::failure::Failure;

pub(super) fn run(args: &Cat, context: &Context) -> Result<Exit, Failure> {
    let image = image(&args.reading)?;
    let entry = lookup(&image, &args.path)?;
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
    Ok(Exit::Done)
}
