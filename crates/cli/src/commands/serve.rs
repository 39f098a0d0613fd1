use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use fsimage::{LayoutPlan, NbdServer, PlannedImage, ReadError, ReadSectors, Sector, SectorCount, Tree};

use super::build::author;
use super::{Context, warn};
use crate::Exit;
use crate::args::ServeImage;
use crate::failure::Failure;
use crate::sources::Written;

pub(super) fn run(args: &ServeImage, context: &Context) -> Result<Exit, Failure> {
    let mut tree = Tree::new();
    let (added, options) =
        author(&args.authoring, args.preset, &Written::default(), None, &mut tree, context)?;
    let plan = LayoutPlan::new(&tree, options)?;
    context.tell_added(&added);
    context.tell_notices(&plan);
    let image = Told { image: plan.image(), json: context.json, told: Mutex::default() };
    let server = NbdServer::bind(args.listen)?;
    context.tell_url(&server.url(), args.listen, "read the image")?;
    server.serve(&image, args.once, &context.control)?;
    Ok(Exit::Done)
}

/// Most errors that are told.
const MOST_TOLD: usize = 1000;

/// The image, of which it is told, once each, why something cannot be read: a client hears of an error, and no more.
#[derive(Debug)]
struct Told<'p> {
    image: PlannedImage<'p>,
    json: bool,
    told: Mutex<BTreeSet<String>>,
}

impl ReadSectors for Told<'_> {
    fn sectors(&self) -> SectorCount {
        self.image.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let read = self.image.read_sectors(start, into);
        if let Err(error) = &read {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            let reason = match error {
                ReadError::Io { source, .. } => source.to_string(),
                error => error.to_string(),
            };
            if told.len() < MOST_TOLD && told.insert(reason.clone()) {
                warn(self.json, format_args!("a client was told of an error: {reason}"));
            }
        }
        read
    }
}
