use std::io::Write;

use super::open::disc;
use super::{Context, bytes, output};
use crate::Exit;
use crate::args::Verify;
use crate::counted::counted;
use crate::failure::Failure;

pub(super) fn run(args: &Verify, context: &Context) -> Result<Exit, Failure> {
    let disc = disc(&args.target, args.offset, &context.control.cancel)?;
    let report = match args.structure {
        true => disc.verify_structure(args.session, &context.control)?,
        false => disc.verify(args.session, &context.control)?,
    };
    if context.json {
        context.print_json(&report)?;
    } else {
        let mut out = output();
        for finding in &report.findings {
            let weight = if finding.is_damage { "damaged" } else { "odd" };
            match &finding.path {
                Some(path) => writeln!(out, "{weight}: {path}: {}", finding.message)?,
                None => writeln!(out, "{weight}: {}", finding.message)?,
            }
        }
        out.flush()?;
        if let Some(digests) = &report.digests {
            let (algorithm, compared) = (digests.algorithm, digests.compared);
            let (differing, unlisted) = (digests.differing, digests.unlisted);
            context.say(format_args!(
                "{algorithm}: {} compared, {differing} different, {unlisted} without a digest",
                counted(compared, "name")
            ));
        }
        if let Some(md5) = &report.md5 {
            context.say(format_args!(
                "MD5: {} compared, {} different, {} without a sum; {} of sectors as recorded",
                counted(md5.compared, "name"),
                md5.differing,
                md5.unlisted,
                counted(md5.intact_ranges, "range")
            ));
        }
        let (files, directories) = (counted(report.files, "file"), counted(report.directories, "directory"));
        match args.structure {
            true => context.say(format_args!("{files}, {directories}, no file read")),
            false => {
                context.say(format_args!("{files}, {directories}, {} read", bytes(report.bytes)));
            }
        }
    }
    Ok(if report.is_whole() { Exit::Done } else { Exit::Findings })
}
