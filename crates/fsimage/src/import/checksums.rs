//! Checksums that other programs record over a whole image, by which they find it damaged when it was changed.

use std::fmt;

use iso9660::aaip::AttributeList;

/// Whose checksums they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordedChecksums {
    /// MD5 in the Application Use field of the primary volume descriptor, by `implantisomd5`: it is not written again.
    Implanted,
    /// MD5 of sessions and files, by xorriso. Its list for files is kept where a session is appended.
    Xorriso,
}

impl fmt::Display for RecordedChecksums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RecordedChecksums::Implanted => {
                "the MD5 sum of the image (implantisomd5) does not hold for what is written, and is left out: \
                 checkisomd5 and the media check of an installer have nothing to compare with"
            }
            RecordedChecksums::Xorriso => {
                "the MD5 sums of xorriso do not hold for what is written: its check_media finds the earlier session \
                 changed, and a new image without a list of sums"
            }
        })
    }
}

/// Whether the Application Use field is one of `implantisomd5`.
pub(super) fn implanted(application_use: &[u8; 512]) -> bool {
    application_use.windows(MD5.len()).any(|window| window == MD5)
}

const MD5: &[u8] = b"ISO MD5SUM = ";

/// Whether the attribute list of a root directory names a list of checksums.
pub(super) fn of_xorriso(list: &[u8]) -> bool {
    let list = AttributeList::decode(list, &mut |_| {});
    list.attributes().any(|(name, _)| name == b"isofs.ca")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_of_implantisomd5() {
        let mut field = [b' '; 512];
        assert!(!implanted(&field));
        let text = b"ISO MD5SUM = be95b51827aaaad326de8ef26be5e9e9;SKIPSECTORS = 15;RHLISOSTATUS=0;";
        field[..text.len()].copy_from_slice(text);
        assert!(implanted(&field));
    }
}
