use std::io::Write;

use super::open::image;
use super::{Context, output};
use crate::Exit;
use crate::args::Manifest;
use crate::failure::Failure;

pub(super) fn run(args: &Manifest, context: &Context) -> Result<Exit, Failure> {
    let image = image(&args.reading)?;
    let mut out = output();
    image.write_manifest(&mut out, &context.control)?;
    out.flush()?;
    Ok(Exit::Done)
}
