//! How far files reach, whatever their volumes state.

use multisession::Session;
use sector_io::{Extent, Sector};

use super::places::extents;
use super::{Disc, scan, udf_sessions};
use crate::tree::FileSystem;

impl Disc {
    /// The first sector behind all files and directories of sessions that other programs made, and of what is found in the head
    /// alone: a volume may state less than it has. What passes the last sector, or cannot be read, does not count.
    pub(crate) fn foreign_files_end(&self) -> Sector {
        let there = Sector::new(self.source.sectors().get());
        let is_foreign = |session: &&Session| {
            session.start == Sector::ZERO || scan::own_end(&self.source, session.start).is_none()
        };
        let mut end = Sector::ZERO;
        for session in self.sessions.iter().filter(is_foreign) {
            self.each_data_end(session, &mut |behind| {
                if behind <= there {
                    end = end.max(behind);
                }
            });
        }
        end
    }

    /// The reserve volume descriptor sequence of a session, where it passes the end of the file that the image is in.
    pub(super) fn cut_reserve(&self, session: &Session) -> Option<String> {
        let there = Sector::new(self.source.sectors().get());
        self.file.as_ref()?;
        session.end.filter(|&end| end > there)?;
        let reserve = udf_sessions::reserve_sequence(&self.source, session.start)?;
        let passes = reserve.end().is_none_or(|end| end > there);
        passes.then(|| {
            format!(
                "the reserve volume descriptor sequence in sector {}, and what follows, pass the end of the image, which has {there} \
                 sectors (ECMA-167 3/10.2.3)",
                reserve.start
            )
        })
    }

    /// Whether files, directories or descriptors of a session pass the last sector, as in a file that was cut: not only padding is
    /// missing.
    pub(crate) fn misses_data(&self, session: &Session) -> bool {
        let there = Sector::new(self.source.sectors().get());
        if self.file.is_none() || session.end.is_none_or(|end| end <= there) {
            return false;
        }
        let mut is_missing = self.cut_reserve(session).is_some();
        self.each_data_end(session, &mut |behind| is_missing |= behind > there);
        is_missing
    }

    /// The first sectors behind the data of files and directories, as far as these can be read.
    fn each_data_end(&self, session: &Session, each: &mut dyn FnMut(Sector)) {
        // Rock Ridge only gives other names to what plain ISO 9660 has.
        for file_system in [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf] {
            let Ok(image) = self.image(Some(session.number), &[file_system]) else { continue };
            let Ok(root) = image.root() else { continue };
            let mut visit = |_: &[u8], entry: &super::ImageEntry| {
                extents(&image, entry).into_iter().filter_map(Extent::end).for_each(&mut *each);
                Ok(())
            };
            // No visit is an error, and what cannot be read is passed over.
            let _ = image.walk_readable(&root, b"", &mut visit, &mut |_, _| Ok(()));
        }
    }
}
