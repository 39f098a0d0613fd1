use std::path::{Component, Path, PathBuf};

/// The file that a cue sheet means. It is looked for in the folder of the cue sheet and below; of a path that leads
/// elsewhere, as from the machine that the sheet was written on, the last name counts. Upper and lower case are
/// alike where no file has the name as it is.
pub(crate) fn find_file(folder: &Path, name: &str) -> PathBuf {
    let as_named = Path::new(name);
    let stays = as_named.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if stays && folder.join(as_named).exists() {
        return folder.join(as_named);
    }
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let beside = folder.join(if matches!(last, "" | "." | "..") { "_" } else { last });
    if beside.exists() {
        return beside;
    }
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut alike: Vec<PathBuf> = std::fs::read_dir(here)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            entry.file_name().to_str().is_some_and(|name| name.to_lowercase() == last.to_lowercase())
        })
        .map(|entry| entry.path())
        .collect();
    alike.sort();
    alike.into_iter().next().unwrap_or(beside)
}
