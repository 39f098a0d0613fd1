//! The command in a folder with sources.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with sources, in which the command runs.
pub(crate) struct Scene(pub(crate) TempDir);

impl Scene {
    pub(crate) fn new() -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        for (name, content) in [
            ("docs/readme.txt", "read me\n"),
            ("docs/deep/er/three.txt", "three\n"),
            ("docs/A long name, with blanks and ünïcode.txt", "long\n"),
            ("docs/empty", ""),
            ("more/readme.txt", "newer\n"),
            ("more/added.txt", "added\n"),
        ] {
            let path = scene.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        scene
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        command.current_dir(self.0.path()).env("SOURCE_DATE_EPOCH", "1700000000").args(arguments);
        command
    }

    /// Standard output of a command that must end well.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.command(arguments).assert().success().get_output().stdout.clone()).unwrap()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(arguments)).unwrap()
    }

    /// Standard error of a command that must end with this status.
    pub(crate) fn fail(&self, status: i32, arguments: &[&str]) -> String {
        let assert = self.command(arguments).assert().code(status);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    }

    pub(crate) fn build(&self, image: &str) {
        self.run(&["build", "-o", image, "docs"]);
    }
}

pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// The first session holds `docs`, the second one `more` besides.
pub(crate) fn check_sessions(scene: &Scene, target: &str) {
    assert_eq!(scene.run(&["cat", target, "readme.txt"]), "newer\n");
    assert_eq!(scene.run(&["cat", target, "added.txt"]), "added\n");
    assert_eq!(scene.run(&["cat", target, "deep/er/three.txt"]), "three\n");
    assert_eq!(scene.run(&["cat", target, "readme.txt", "--session", "1"]), "read me\n");
    scene.fail(2, &["cat", target, "added.txt", "--session", "1"]);
    let info = scene.json(&["info", "--json", target]);
    assert_eq!(info["sessions"].as_array().unwrap().len(), 2, "{info}");
    let second = scene.json(&["info", "--json", "--session", "2", target]);
    assert_eq!(second["sessions"].as_array().unwrap()[..], info["sessions"].as_array().unwrap()[1..]);
    scene.fail(2, &["info", "--session", "3", target]);
    scene.run(&["verify", target]);
}
