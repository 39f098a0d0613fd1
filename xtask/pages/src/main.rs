//! Writes the manual pages and shell completions of the command into a folder: `pages FOLDER`.

#![forbid(unsafe_code)]
#![allow(clippy::print_stderr, reason = "a command-line tool")]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that panics is a test that fails"))]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use clap_complete::Shell;

const SHELLS: [Shell; 5] = [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh];

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: pages FOLDER");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pages: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `man/` with a page for the command and each of its subcommands, `completions/` with a file a shell.
fn write(folder: &Path) -> io::Result<()> {
    let manual = folder.join("man");
    fs::create_dir_all(&manual)?;
    clap_mangen::generate_to(fsimage_cli::command(), &manual)?;

    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in SHELLS {
        clap_complete::generate_to(shell, &mut fsimage_cli::command(), "fsimage", &completions)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_text() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        for name in
            ["man/fsimage.1", "man/fsimage-burn.1", "completions/fsimage.bash", "completions/_fsimage"]
        {
            let text = fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(text.contains("fsimage"), "{name}");
        }
        assert_eq!(fs::read_dir(folder.path().join("completions")).unwrap().count(), SHELLS.len());
    }
}
