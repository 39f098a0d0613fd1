//! From `--digests` to a tree with the files that record them.

use fsimage::{DigestAlgorithm, PlanOptions, Tree};

use crate::args::DigestsName;
use crate::commands::Context;
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

/// Prepares what is asked for, or what the session before has. All else is in tree and options already.
pub(crate) fn apply(
    asked: Option<DigestsName>,
    before: Option<DigestAlgorithm>,
    tree: &mut Tree,
    options: &PlanOptions,
    context: &Context,
) -> Result<(), Failure> {
    let algorithm = match asked {
        None => before,
        Some(DigestsName::None) => None,
        Some(DigestsName::Sha256) => Some(DigestAlgorithm::Sha256),
        Some(DigestsName::Blake3) => Some(DigestAlgorithm::Blake3),
    };
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
            "fsimage: no {algorithm} is recorded of {} files, which an earlier session has without one, or which are \
             stored compressed or sparse; the first is {}",
            recorded.unlisted.len(),
            printable(&path)
        ));
    }
    Ok(())
}
