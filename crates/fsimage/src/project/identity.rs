use std::path::Path;

use iso9660::system_area::Guid;
use sha2::{Digest, Sha256};

use super::{Project, ProjectImport, problem};
use crate::error::ProjectProblem;
use crate::{Error, Result, Timestamp};

/// Which identity a project has when it was imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectIdentity {
    /// The one that it had: its image is the same to the byte.
    #[default]
    Kept,
    /// A new one, which neither the project nor any of the others has. Volume set identifiers, GUID and signature of the
    /// disk, serial number of HFS+ and the disc identifier differ, and so do the volume's times, by which Linux and GRUB
    /// tell volumes from each other.
    New {
        /// Bytes that nobody else has, made by chance: this crate has none.
        seed: [u8; 16],
        /// When the volume is made. It must not be the time of the project that is imported.
        created: Timestamp,
    },
}

impl Project {
    /// Has the identity that is asked for.
    pub(super) fn take_identity(&mut self, folder: &Path, import: &ProjectImport) -> Result<()> {
        let own = self.id();
        let ProjectIdentity::New { seed, created } = import.identity else {
            return match own.filter(|own| import.in_use.contains(own)) {
                Some(id) => Err(problem(folder, ProjectProblem::IdentityInUse { id })),
                None => Ok(()),
            };
        };
        let options = &mut self.options;
        let recorded = options.recorded_times.and_then(|times| Timestamp::of_volume(times.modification));
        let before = [options.creation(), options.modified, recorded];
        // Of a volume descriptor, hundredths of a second are all that is seen; of UDF, seconds are.
        if before.iter().flatten().any(|before| before.seconds == created.seconds) {
            return Err(Error::InvalidArgument {
                argument: "time of the new identity".to_owned(),
                reason:
                    "the project has the same, to the second; take a later one, as that of now is in a second"
                        .to_owned(),
            });
        }
        let taken = || own.iter().chain(&import.in_use);
        let unique = (0u32..).map(|attempt| {
            let hash = Sha256::new().chain_update(seed).chain_update(attempt.to_le_bytes()).finalize();
            of_digest(&hash.into())
        });
        // What follows from an identity follows from its beginning at the latest; there are more attempts than others.
        let mut unique = unique.filter(|new| taken().all(|other| new.0[..8] != other.0[..8]));
        options.identity = unique.next();
        (options.created, options.modified) = (Some(created), Some(created));
        let own = &mut options.own_fields;
        for times in [&mut own.iso9660.times, &mut own.enhanced.times, &mut own.joliet.times] {
            (times.creation, times.modification) = (None, None);
        }
        own.udf.recorded = None;
        options.hfs_plus.serial = None;
        if let Some(hybrid) = &mut options.hybrid {
            hybrid.disk = None;
        }
        Ok(())
    }
}

/// A GUID of a digest, marked as one that was made by chance (RFC 9562 5.4).
pub(super) fn of_digest(digest: &[u8; 32]) -> Guid {
    let mut guid = [0; 16];
    guid.copy_from_slice(&digest[..16]);
    guid[7] = guid[7] & 0x0F | 0x40;
    guid[8] = guid[8] & 0x3F | 0x80;
    Guid(guid)
}
