use std::fs::{self, File, Metadata};
use std::path::Path;

use crate::listing::digest;
use crate::{Entry, Failure, Kind, Listing, escape};

/// A folder of the host as a listing; symbolic links are not followed. Attributes that the host does not
/// have are not told.
///
/// # Errors
/// The path that could not be read, and why.
pub fn list_directory(root: &Path) -> Result<Listing, Failure> {
    let mut listing = Listing::new();
    visit(root, "", &mut listing)?;
    Ok(listing)
}

fn visit(path: &Path, name: &str, listing: &mut Listing) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    let mut entry = describe(&metadata);
    match entry.kind {
        Kind::File => {
            let (sha256, _) = File::open(path).and_then(digest).map_err(failed)?;
            entry.size = Some(metadata.len());
            entry.sha256 = Some(sha256);
        }
        Kind::Symlink => {
            let target = fs::read_link(path).map_err(failed)?;
            entry.target = Some(escape(target.as_os_str().as_encoded_bytes()));
        }
        Kind::Directory => {
            for child in fs::read_dir(path).map_err(failed)? {
                let child = child.map_err(failed)?;
                let file_name = child.file_name();
                let child_name = format!("{name}/{}", escape(file_name.as_encoded_bytes()));
                visit(&child.path(), &child_name, listing)?;
            }
        }
        _ => {}
    }
    let key = if name.is_empty() { "/" } else { name };
    listing.insert(key.to_owned(), entry);
    Ok(())
}

#[cfg(unix)]
fn describe(metadata: &Metadata) -> Entry {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let file_type = metadata.file_type();
    let kind = if file_type.is_dir() {
        Kind::Directory
    } else if file_type.is_symlink() {
        Kind::Symlink
    } else if file_type.is_char_device() {
        Kind::CharacterDevice
    } else if file_type.is_block_device() {
        Kind::BlockDevice
    } else if file_type.is_fifo() {
        Kind::Fifo
    } else if file_type.is_socket() {
        Kind::Socket
    } else {
        Kind::File
    };
    let mut entry = Entry::of_kind(kind);
    entry.mode = Some(metadata.mode() & 0o7777);
    entry.uid = Some(metadata.uid());
    entry.gid = Some(metadata.gid());
    entry.links = Some(metadata.nlink());
    entry.mtime = Some(metadata.mtime());
    if matches!(kind, Kind::CharacterDevice | Kind::BlockDevice) && cfg!(target_os = "linux") {
        entry.rdev = Some(linux_device_numbers(metadata.rdev()));
    }
    entry
}

/// Splits glibc's 64-bit device number.
#[cfg(unix)]
fn linux_device_numbers(device: u64) -> (u32, u32) {
    let major = ((device >> 8) & 0xfff) | ((device >> 32) & 0xffff_f000);
    let minor = (device & 0xff) | ((device >> 12) & 0xffff_ff00);
    (major as u32, minor as u32)
}

#[cfg(not(unix))]
fn describe(metadata: &Metadata) -> Entry {
    let kind = if metadata.is_dir() {
        Kind::Directory
    } else if metadata.is_symlink() {
        Kind::Symlink
    } else {
        Kind::File
    };
    let mut entry = Entry::of_kind(kind);
    entry.mtime = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_secs()).ok());
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("d")).unwrap();
        fs::write(folder.path().join("d/a b"), "abc").unwrap();
        let listing = list_directory(folder.path()).unwrap();
        assert_eq!(listing.keys().collect::<Vec<_>>(), ["/", "/d", "/d/a b"]);
        assert_eq!(listing["/d/a b"].size, Some(3));
        assert!(listing["/d/a b"].sha256.as_deref().unwrap().starts_with("ba7816bf"));
    }

    #[cfg(unix)]
    #[test]
    fn device_numbers() {
        assert_eq!(linux_device_numbers(0x103), (1, 3));
        assert_eq!(linux_device_numbers(0x0010_0800), (8, 256));
    }
}
