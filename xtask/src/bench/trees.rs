//! The trees that are measured: made the same way every time, and kept for the next run.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use crate::Result;

/// What a tree is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One file of so many bytes.
    OneFile(u64),
    /// So many small files in folders of so many each.
    Small { files: u64, per_folder: u64 },
    /// So many files in one folder, with long names that begin alike.
    OneFolder(u64),
}

/// Small files have 100 to 2000 bytes: one sector.
const SMALL: std::ops::RangeInclusive<u64> = 100..=2000;

/// Makes the tree below `folder`, unless it is there already; gives its path.
pub(crate) fn tree(folder: &Path, name: &str, shape: Shape) -> Result<PathBuf> {
    let path = folder.join(name);
    let mark = folder.join(format!("{name}.made"));
    let made = format!("{shape:?}");
    if fs::read_to_string(&mark).is_ok_and(|text| text == made) {
        return Ok(path);
    }
    println!("making {} ({made})", path.display());
    if path.exists() {
        fs::remove_dir_all(&path)?;
    }
    fs::create_dir_all(&path)?;
    match shape {
        Shape::OneFile(bytes) => one_file(&path.join("big.bin"), bytes)?,
        Shape::Small { files, per_folder } => small(&path, files, per_folder)?,
        Shape::OneFolder(files) => {
            for index in 0..files {
                let name = format!("a common prefix that all of these file names share {index:06}.data");
                fs::write(path.join(name), content(index))?;
            }
        }
    }
    fs::write(mark, made)?;
    Ok(path)
}

/// A file of pseudo-random bytes.
pub(crate) fn one_file(path: &Path, bytes: u64) -> Result {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut block = vec![0; 1 << 20];
    let mut left = bytes;
    while left > 0 {
        for word in block.chunks_exact_mut(8) {
            word.copy_from_slice(&random.next().to_le_bytes());
        }
        let part = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        file.write_all(block.get(..part).unwrap_or_default())?;
        left -= part as u64;
    }
    file.flush()?;
    Ok(())
}

fn small(path: &Path, files: u64, per_folder: u64) -> Result {
    let folders = files.div_ceil(per_folder);
    let workers = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || -> Result {
                    for folder in (worker..folders).step_by(workers as usize) {
                        // Two levels, so that no folder of folders grows large either.
                        let folder_path =
                            path.join(format!("g{:03}", folder / 100)).join(format!("d{folder:05}"));
                        fs::create_dir_all(&folder_path)?;
                        let first = folder * per_folder;
                        for index in first..(first + per_folder).min(files) {
                            fs::write(folder_path.join(format!("file{index:07}.txt")), content(index))?;
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        for worker in workers {
            worker.join().map_err(|_| "making files failed")??;
        }
        Ok(())
    })
}

fn content(index: u64) -> Vec<u8> {
    let mut random = Random(index.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let span = SMALL.end() - SMALL.start() + 1;
    let length = SMALL.start() + random.next() % span;
    let mut bytes = Vec::with_capacity(length as usize + 8);
    while (bytes.len() as u64) < length {
        bytes.extend(random.next().to_le_bytes());
    }
    bytes.truncate(length as usize);
    bytes
}

/// xorshift64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = tree(folder.path(), "t", Shape::Small { files: 25, per_folder: 10 }).unwrap();
        let file = path.join("g000/d00002/file0000024.txt");
        let before = fs::read(&file).unwrap();
        assert!((100..=2000).contains(&before.len()));
        fs::write(&file, "changed").unwrap();
        tree(folder.path(), "t", Shape::Small { files: 25, per_folder: 10 }).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"changed");
        tree(folder.path(), "t", Shape::OneFile(3_000_000)).unwrap();
        assert_eq!(fs::metadata(path.join("big.bin")).unwrap().len(), 3_000_000);
        assert!(!file.exists());
    }
}
