use std::path::{Component, Path, PathBuf};

/// The file that a cue sheet means. It is looked for in the folder of the cue sheet and below, by the path as it is written,
/// with slashes or backslashes; of a path that leads elsewhere, as from the machine that the sheet was written on, and of one
/// that is not there, the last name counts. Upper and lower case are alike where nothing has a name as it is.
pub(crate) fn find_file(folder: &Path, name: &str) -> PathBuf {
    let as_named = Path::new(name);
    let stays = as_named.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if stays && folder.join(as_named).exists() {
        return folder.join(as_named);
    }
    let parts: Vec<&str> = name.split(['/', '\\']).filter(|part| *part != ".").collect();
    let leads_elsewhere = parts.iter().any(|part| matches!(*part, "" | "..") || part.ends_with(':'));
    let last = parts.last().copied().filter(|last| !matches!(*last, "" | "..")).unwrap_or("_");
    let below = (!leads_elsewhere).then(|| find_below(folder, &parts)).flatten();
    below.or_else(|| find_below(folder, &[last])).unwrap_or_else(|| folder.join(last))
}

/// What is there under these names, one within the other.
fn find_below(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    names.iter().try_fold(folder.to_owned(), |at, name| {
        let exact = at.join(name);
        if exact.exists() {
            return Some(exact);
        }
        let here = if at.as_os_str().is_empty() { Path::new(".") } else { &at };
        let entries = std::fs::read_dir(here).into_iter().flatten().flatten();
        let alike = entries.filter(|entry| {
            entry.file_name().to_str().is_some_and(|found| found.to_lowercase() == name.to_lowercase())
        });
        alike.map(|entry| entry.path()).min()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("Sound")).unwrap();
        for file in ["Sound/One.wav", "two.bin"] {
            std::fs::write(path(file), "").unwrap();
        }
        for (written, found) in [
            ("Sound/One.wav", "Sound/One.wav"),
            ("Sound\\One.wav", "Sound/One.wav"),
            (".\\sound\\ONE.WAV", "Sound/One.wav"),
            ("sound/one.wav", "Sound/One.wav"),
            ("two.bin", "two.bin"),
            ("TWO.BIN", "two.bin"),
            ("D:\\Music\\Two.bin", "two.bin"),
            ("/home/me/two.bin", "two.bin"),
            ("..\\..\\two.bin", "two.bin"),
            ("gone\\two.bin", "two.bin"),
            // Not there: what is told is where it should be.
            ("gone\\three.bin", "three.bin"),
            ("..", "_"),
        ] {
            assert_eq!(find_file(folder.path(), written), path(found), "{written}");
        }
    }
}
