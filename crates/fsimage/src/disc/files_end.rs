//! How far the files of other programs reach, whatever their volumes state.

use sector_io::Sector;

use super::{Disc, scan};
use crate::tree::FileSystem;

impl Disc {
    /// The first sector behind all files and directories of sessions that other programs made: a volume may state less than it has.
    /// What passes the last sector, or cannot be read, does not count.
    pub(crate) fn foreign_files_end(&self) -> Sector {
        let there = self.source.sectors().get();
        let mut end = Sector::ZERO;
        for session in self.sessions.iter() {
            if scan::own_end(&self.source, session.start).is_some() {
                continue;
            }
            // Rock Ridge only gives other names to what plain ISO 9660 has.
            for file_system in
                [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf]
            {
                let Ok(image) = self.image(Some(session.number), &[file_system]) else { continue };
                let Ok(root) = image.root() else { continue };
                // No visit is an error, and what cannot be read is passed over.
                let _ = image.walk_readable(
                    &root,
                    b"",
                    &mut |_, entry| {
                        let behind = entry.data_end().filter(|behind| behind.get() <= there);
                        end = end.max(behind.unwrap_or_default());
                        Ok(())
                    },
                    &mut |_, _| Ok(()),
                );
            }
        }
        end
    }
}
