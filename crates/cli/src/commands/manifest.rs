use std::io::{self, Write};

use fsimage::{Error, Image};
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::ls::{Listed, listed, tell_unread};
use super::open::image;
use super::{Context, output};
use crate::Exit;
use crate::args::Manifest;
use crate::failure::{Failure, STDOUT};

pub(super) fn run(args: &Manifest, context: &Context) -> Result<Exit, Failure> {
    let image = image(&args.reading, context)?;
    let mut out = output();
    let mut is_whole = true;
    let mut unread = |path: &[u8], error: Error| {
        if path.is_empty() {
            return Err(error);
        }
        is_whole = false;
        tell_unread(path, &error, context);
        Ok(())
    };
    if context.json {
        print_json(&image, context, &mut out, &mut unread)?;
    } else {
        image.write_manifest(&mut out, &context.control, &mut unread).map_err(|error| match error {
            // Only standard output is written.
            Error::OutputWrite { source, .. } => source.into(),
            error => Failure::from(error),
        })?;
    }
    out.flush()?;
    let exit = context.tell_losses(&image)?;
    Ok(if is_whole { exit } else { Exit::Findings })
}

/// An item for machines.
#[derive(Serialize)]
struct Hashed<'a> {
    #[serde(flatten)]
    listed: Listed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Why a file has no hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn print_json(
    image: &Image,
    context: &Context,
    out: &mut impl Write,
    unread: &mut dyn FnMut(&[u8], Error) -> fsimage::Result<()>,
) -> Result<(), Failure> {
    let mut serializer = serde_json::Serializer::new(&mut *out);
    let mut sequence = serializer.serialize_seq(None)?;
    let mut print = |item: fsimage::ManifestItem<'_>| {
        let (sha256, error) = match item.sha256 {
            None => (None, None),
            Some(Ok(sha256)) => (Some(sha256), None),
            Some(Err(error)) => (None, Some(error.to_string())),
        };
        let hashed = Hashed { listed: listed(item.path, item.entry), sha256, error };
        sequence
            .serialize_element(&hashed)
            .map_err(|error| Error::OutputWrite { path: STDOUT.into(), source: io::Error::from(error) })
    };
    image.visit_manifest(&context.control, &mut print, unread)?;
    sequence.end()?;
    writeln!(out)?;
    Ok(())
}
