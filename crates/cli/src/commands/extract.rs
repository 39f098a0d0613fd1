use std::io;

use fsimage::{Error, ExtractOptions, ExtractReport, ExtractedBoot};
use serde_json::json;

use super::open::{disc, image, lossy};
use super::{Context, bytes, complain};
use crate::Exit;
use crate::args::Extract;
use crate::counted::counted;
use crate::failure::Failure;

pub(super) fn run(args: &Extract, context: &Context) -> Result<Exit, Failure> {
    if args.boot_images {
        return extract_boot(args, context);
    }
    let image = image(&args.reading, context)?;
    context.left.set(Some("what was extracted so far stays"));
    let paths: Vec<String> = args.paths.iter().map(|path| lossy(path.as_bytes())).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let options = ExtractOptions {
        owners: args.owners,
        overwrite: args.overwrite,
        extended_attributes: args.xattrs,
        acls: args.acl,
        sparse: args.sparse,
    };
    let ExtractReport { items, bytes: extracted, without_streams, without_acls, kept_target, warnings } =
        image.extract(&paths, &args.directory, &options, &context.control).map_err(there_already)?;
    if context.json {
        let warnings: Vec<_> = warnings
            .iter()
            .map(|warning| json!({ "path": warning.path, "reason": warning.reason }))
            .collect();
        context.print_json(&json!({
            "items": items,
            "bytes": extracted,
            "without_streams": without_streams,
            "without_acls": without_acls,
            "kept_target": kept_target,
            "warnings": warnings,
        }))?;
    } else {
        for warning in &warnings {
            complain(format_args!("fsimage: {}: {}", warning.path, warning.reason));
        }
        if without_streams > 0 {
            complain(format_args!(
                "fsimage: extended attributes or named streams of {} were left out; --xattrs restores what can be",
                counted(without_streams, "item")
            ));
        }
        if without_acls > 0 {
            complain(format_args!(
                "fsimage: access control lists of {} were left out; --acl restores them",
                counted(without_acls, "item")
            ));
        }
        if kept_target {
            complain(format_args!(
                "fsimage: {} was there and keeps its own permissions, times and other attributes: those of the root \
                 are given to a folder that is made",
                args.directory.display()
            ));
        }
        context.say(format_args!("{}, {}", counted(items, "item"), bytes(extracted)));
    }
    Ok(if warnings.is_empty() { Exit::Done } else { Exit::Findings })
}

fn extract_boot(args: &Extract, context: &Context) -> Result<Exit, Failure> {
    let disc = disc(&args.reading.target, args.reading.offset, &context.control.cancel)?;
    let written = disc
        .extract_boot(args.reading.session, &args.directory, args.overwrite, &context.control)
        .map_err(there_already)?;
    if context.json {
        context.print_json(&json!({ "extracted": written }))?;
    } else if written.is_empty() {
        context.say("nothing boots");
    }
    for ExtractedBoot { what, path, bytes: len } in &written {
        context.say(format_args!("{}: {what}, {}", path.display(), bytes(*len)));
    }
    Ok(Exit::Done)
}

/// Says what helps where a file is in the way.
fn there_already(error: Error) -> Error {
    match error {
        Error::OutputWrite { path, source } if source.kind() == io::ErrorKind::AlreadyExists => {
            let told = "it is there already; --overwrite replaces files that are there";
            Error::OutputWrite { path, source: io::Error::new(source.kind(), told) }
        }
        error => error,
    }
}
