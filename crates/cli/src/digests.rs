//! From `--digests` to a tree with the files that record them.

use fsimage::{DigestAlgorithm, PlanOptions, RecordedChecksums, Tree};

use crate::args::DigestsName;
use crate::commands::Context;
use crate::counted::counted;
use crate::failure::Failure;
use crate::printable::printable;

/// What may come from the sources.
const LISTS: [&str; 2] = [".digests/files.sha256", ".digests/files.b3"];

/// What is to be told where the sources brought lists along.
pub(crate) fn of_another_disc(tree: &Tree) -> Option<&'static str> {
    LISTS.iter().any(|list| tree.lookup(list).is_some()).then_some(
        "the folder .digests of the sources tells of another disc, and verify will find all that differs",
    )
}

/// Prepares what is asked for, or what the session before has. All else is in tree and options already; of these it says
/// whether there are MD5 sums.
pub(crate) fn apply(
    asked: &[DigestsName],
    before: Option<DigestAlgorithm>,
    tree: &mut Tree,
    options: &mut PlanOptions,
    context: &Context,
) -> Result<(), Failure> {
    let algorithm = algorithm(asked, before)?;
    let had_md5 = options.md5_tags;
    options.md5_tags = match asked {
        [] => had_md5 && options.md5_obstacle().is_none(),
        asked => asked.contains(&DigestsName::Md5),
    };
    if had_md5 && !options.md5_tags {
        context.say(format_args!("fsimage: {}", RecordedChecksums::Xorriso));
    }
    let Some(algorithm) = algorithm else {
        if let Some(told) = of_another_disc(tree) {
            context.say(format_args!(
                "fsimage: {told}; with --digests it is made anew, with --exclude /.digests left out"
            ));
        }
        return Ok(());
    };
    let recorded = tree.record_digests(algorithm, options)?;
    if let Some(first) = recorded.unlisted.first() {
        let path = tree.path(*first);
        context.say(format_args!(
            "fsimage: no {algorithm} is recorded of {}, without one in an earlier session, or stored sparse or in a form \
             of compression that Linux does not read; the first is {}",
            counted(recorded.unlisted.len(), "file"),
            printable(&path)
        ));
    }
    Ok(())
}

/// That of the lists, by what is asked for and what the session before has.
pub(crate) fn algorithm(
    asked: &[DigestsName],
    before: Option<DigestAlgorithm>,
) -> Result<Option<DigestAlgorithm>, Failure> {
    let lists = asked.iter().filter(|name| **name != DigestsName::Md5);
    match lists.collect::<Vec<_>>()[..] {
        [] if asked.is_empty() => Ok(before),
        [] => Ok(None),
        [DigestsName::None] if asked.len() == 1 => Ok(None),
        [DigestsName::Sha256] => Ok(Some(DigestAlgorithm::Sha256)),
        [DigestsName::Blake3] => Ok(Some(DigestAlgorithm::Blake3)),
        _ => Err(Failure::argument("--digests", "name sha256 or blake3, with or without md5, or none alone")),
    }
}
