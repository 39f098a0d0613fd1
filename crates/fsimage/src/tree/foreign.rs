//! A tree that was imported from one medium, for a session of another.

use std::sync::Arc;

use iso9660::directory::sections;
use sector_io::{Sector, SectorCount};

use super::content::ForeignContent;
use super::{Content, ContentId, Origin, Section, Tree};
use crate::disc::Disc;
use crate::{Error, Result};

impl Tree {
    /// Makes `disc` the medium that the tree lies on. `place` says where on it the bytes of a content begin that lie on the
    /// medium that the tree was imported from; those of all others are to be copied from there.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`].
    pub(crate) fn rest_on(
        &mut self,
        disc: &Disc,
        place: &mut dyn FnMut(ContentId, &Content) -> Option<Sector>,
    ) -> Result<()> {
        let origin = self.origin.clone();
        for number in 0..self.content_count() {
            let id = ContentId(number as u32);
            let content = self.content(id);
            let moved = match content {
                Content::Imported { .. } | Content::ImportedSections { .. } if content.len() == 0 => continue,
                Content::Imported { .. } | Content::ImportedSections { .. } => place(id, content),
                Content::ImportedStretches { .. } => None,
                _ => continue,
            };
            let content = match moved {
                Some(start) => stretch(start, content.len())?,
                None => {
                    let (origin, content) = (origin.clone(), content.clone());
                    Content::Foreign(Arc::new(ForeignContent { origin, content }))
                }
            };
            self.move_content(id, content);
        }
        self.put_origin(Origin(Some(disc.source().clone()), disc.file().cloned()));
        Ok(())
    }
}

/// Bytes that lie in one stretch.
fn stretch(start: Sector, len: u64) -> Result<Content> {
    let too_large = || Error::TreeTooLarge { what: "an image beyond 8 TiB" };
    if let Ok(len) = u32::try_from(len) {
        return Ok(Content::Imported { start, len });
    }
    let mut at = start;
    let mut cut = Vec::new();
    for len in sections(len) {
        cut.push(Section { start: at, len });
        let taken = SectorCount::for_bytes(len.into());
        at = taken.and_then(|taken| at.checked_add(taken)).ok_or_else(too_large)?;
    }
    Ok(Content::ImportedSections { sections: cut.into(), len })
}
