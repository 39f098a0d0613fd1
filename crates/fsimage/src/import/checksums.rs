//! Checksums that other programs record over a whole image, by which they find it damaged when it was changed.

use std::fmt;

use super::ImportWarning;
use super::records::Importer;
use crate::md5_tags::{ArrayReader, ChecksumArray, index_of};
use crate::tree::ContentId;
use crate::{Control, Error, Result};

/// Whose checksums they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordedChecksums {
    /// MD5 in the Application Use field of the primary volume descriptor, by `implantisomd5`: it is not written again.
    Implanted,
    /// MD5 of sessions and files, by xorriso, where none are recorded of what is written
    /// ([`PlanOptions::md5_tags`](crate::PlanOptions::md5_tags)).
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
                "the MD5 sums of xorriso are not carried on: what is written has none"
            }
        })
    }
}

/// Whether the Application Use field is one of `implantisomd5`.
pub(super) fn implanted(application_use: &[u8; 512]) -> bool {
    application_use.windows(MD5.len()).any(|window| window == MD5)
}

const MD5: &[u8] = b"ISO MD5SUM = ";

impl Importer<'_> {
    /// The MD5 sums that the attribute list of the root directory leads to, if they are as they were recorded.
    pub(super) fn checked_sums(&mut self, list: &[u8], control: &Control) -> Result<Option<ArrayReader>> {
        let Some(array) = ChecksumArray::of_list(list).map(ArrayReader::new) else { return Ok(None) };
        let reason = match array.check(self.volume.source(), control) {
            Ok(true) => return Ok(Some(array)),
            Err(error @ Error::Cancelled { .. }) => return Err(error),
            Ok(false) => "their own sum is another".to_owned(),
            Err(error) => error.to_string(),
        };
        self.warnings.push(ImportWarning::Sums { reason });
        Ok(None)
    }

    /// Notes the sum that an attribute list leads to.
    pub(super) fn know_sum(&mut self, content: ContentId, list: &[u8]) {
        let Some(sums) = &mut self.sums else { return };
        let place = index_of(list).filter(|&place| sums.is.holds(place));
        // That they can be read was seen.
        if let Some(sum) = place.and_then(|place| sums.sum(self.volume.source(), place).ok()) {
            self.tree.know_md5(content, sum);
        }
    }
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
