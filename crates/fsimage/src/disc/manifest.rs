//! The canonical listing: one line for each item, the same columns for an image, a mounted image and a
//! host folder, so that they can be compared line by line.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use super::{Image, ImageEntry};
use crate::tree::Kind;
use crate::{Control, Error, Result};

/// First line of a manifest.
pub const MANIFEST_HEADER: &str = "# path\ttype\tmode\tuid\tgid\tsize\tnlink\tmtime\trdev\tsha256\ttarget";

impl Image {
    /// Writes a line for each item below and including the root, sorted by the bytes of the path: path,
    /// type letter, octal mode, uid, gid, size in bytes, link count, modification time in seconds since 1970,
    /// device number, SHA-256 of a file's bytes, target of a link; separated by tabs, `-` where there is
    /// nothing. Bytes outside 0x20 to 0x7e and the backslash are written `\xNN`. The hash of a file that
    /// cannot be read is `!read`.
    ///
    /// # Errors
    /// Directories that cannot be read, failures of `out`, [`Error::Cancelled`].
    pub fn write_manifest(&self, out: &mut dyn Write, control: &Control) -> Result<()> {
        let write_error = |source: io::Error| Error::OutputWrite { path: "manifest".into(), source };
        let mut lines: Vec<(Vec<u8>, String)> = Vec::new();
        self.walk(&mut |path, entry| {
            control.check("the manifest is incomplete")?;
            let path = if path.is_empty() { b"/".to_vec() } else { path.to_vec() };
            let line = self.line(&path, entry);
            lines.push((path, line));
            Ok(())
        })?;
        // Depth first by name is not the order of whole paths: "a-b" comes before "a/b".
        lines.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        writeln!(out, "{MANIFEST_HEADER}").map_err(write_error)?;
        lines.iter().try_for_each(|(_, line)| writeln!(out, "{line}")).map_err(write_error)
    }

    fn line(&self, path: &[u8], entry: &ImageEntry) -> String {
        let hash = match entry.kind {
            Kind::File => self.sha256(entry).unwrap_or_else(|_| "!read".to_owned()),
            _ => "-".to_owned(),
        };
        let device = match entry.device {
            Some(number) => format!("{}:{}", number.major(), number.minor()),
            None => "-".to_owned(),
        };
        let target = if entry.link_target.is_empty() { "-".to_owned() } else { escape(&entry.link_target) };
        format!(
            "{}\t{}\t{:04o}\t{}\t{}\t{}\t{}\t{}\t{device}\t{hash}\t{target}",
            escape(path),
            entry.kind.letter(),
            entry.attributes.permissions,
            entry.attributes.uid,
            entry.attributes.gid,
            entry.len,
            entry.links,
            entry.modified.seconds,
        )
    }

    /// SHA-256 of a file's bytes, in hexadecimal.
    ///
    /// # Errors
    /// As [`Image::open`], and sectors that cannot be read.
    pub fn sha256(&self, entry: &ImageEntry) -> Result<String> {
        let mut reader = self.open(entry)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; (1 << 20).min(usize::try_from(entry.len).unwrap_or(usize::MAX).max(1))];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => digest.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reader.error(error)),
            }
        }
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Printable ASCII without the backslash as it is, every other byte as `\xNN`.
pub fn escape(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len()), |mut text, &byte| {
        match byte {
            b'\\' | 0..0x20 | 0x7f.. => text.push_str(&format!("\\x{byte:02x}")),
            byte => text.push(char::from(byte)),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn every_name_fits_on_a_line() {
        assert_eq!(escape("a b\\c\nü\u{7f}".as_bytes()), "a b\\x5cc\\x0a\\xc3\\xbc\\x7f");
    }
}
