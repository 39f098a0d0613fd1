//! The folder that is written to is full: what was there stays, and the command says what can be done.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Makes what is recorded in a small folder, and runs the commands there that do not fit.
struct Small {
    outside: TempDir,
}

impl Small {
    /// `None` where no file system can be mounted, which is said.
    fn new() -> Option<Small> {
        let can = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).output();
        if !can.is_ok_and(|output| output.status.success()) {
            peers::skip("no file system of a few MiB can be mounted (unshare --map-root-user --mount)");
            return None;
        }
        let small = Small { outside: tempfile::tempdir().unwrap() };
        for (name, len) in [("src/a", 300_000), ("src/b", 5_000), ("big/c", 9_000_000)] {
            let path = small.path(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let noise = (0..len).scan(1u32, |state, _| {
                *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                Some((*state >> 24) as u8)
            });
            std::fs::write(path, noise.collect::<Vec<u8>>()).unwrap();
        }
        Some(small)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.outside.path().join(name)
    }

    /// Runs lines of a shell in a folder of 5 MiB, which is kept in `kept` outside of it. `$F` is the command, `$O` the
    /// folder outside.
    fn run(&self, lines: &str) -> Output {
        let kept = self.path("kept");
        let _ = std::fs::remove_dir_all(&kept);
        let script = format!(
            "set -e; mkdir -p $O/small; mount -t tmpfs -o size=5m tmpfs $O/small; cd $O/small; set +e\n{lines}\nstatus=$?\n\
             cp -a $O/small $O/kept; exit $status"
        );
        Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script])
            .env("F", env!("CARGO_BIN_EXE_fsimage"))
            .env("O", self.outside.path())
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .output()
            .unwrap()
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.path("kept").join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("kept")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[track_caller]
fn told(output: &Output, status: i32) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{text}");
    text
}

fn is_same(one: &Path, other: &Path) -> bool {
    std::fs::read(one).unwrap() == std::fs::read(other).unwrap()
}

#[test]
fn images_stay_as_they_were() {
    let Some(small) = Small::new() else { return };
    for options in
        ["", "--fs udf", "--fs udf --udf-vat", "--fs iso9660,rock-ridge,joliet,udf --digests sha256,md5"]
    {
        for line in [
            "append d.iso $O/big",
            "update d.iso $O/src $O/big",
            "append d.iso --zisofs c=$O/big/c",
            "build -o d.iso $O/src $O/big",
            "build -o new.iso $O/src $O/big",
            "copy $O/large.iso -o d.iso",
            "copy --sessions $O/large.iso -o new.iso",
            "remaster d.iso $O/big -o new.iso",
        ] {
            if options.contains("udf") && line.contains("zisofs") {
                continue;
            }
            let what = format!("{options}: {line}");
            let output = small.run(&format!(
                "$F build -q {options} -o d.iso $O/src && cp d.iso $O/before.iso || exit 99\n\
                 [ -f $O/large.iso ] || $F build -q -o $O/large.iso $O/src $O/big\n$F {line}"
            ));
            let text = told(&output, 8);
            let expected = match line {
                line if line.contains("zisofs") => {
                    &["no room for temporary files", "name another folder"][..]
                }
                line if line.starts_with("append") || line.starts_with("update") => {
                    &["No space left on device", "it is as it was", "make room there"]
                }
                _ => &["No space left on device", "make room there"],
            };
            assert!(expected.iter().all(|words| text.contains(words)), "{what}: {text}");
            assert!(
                is_same(&small.kept("d.iso"), &small.path("before.iso")),
                "{what}: the image has changed"
            );
            assert_eq!(small.names(), ["d.iso"], "{what}");
        }
    }
}

/// A limit of the process is met by another error than a full file system.
#[test]
fn a_limit_on_the_length_of_files() {
    let Some(small) = Small::new() else { return };
    let output = small.run(
        "$F build -q -o d.iso $O/src && cp d.iso $O/before.iso || exit 99\n\
         trap '' XFSZ; ulimit -f 4096; $F append d.iso $O/big",
    );
    let text = told(&output, 8);
    assert!(text.contains("it is as it was") && text.contains("takes no longer file"), "{text}");
    assert!(is_same(&small.kept("d.iso"), &small.path("before.iso")));
}

/// Sectors that are told to be on a simulated medium are there; where its state could not be saved, that is told
/// instead.
#[test]
fn what_is_told_to_be_on_a_simulated_medium_is_there() {
    let Some(small) = Small::new() else { return };
    for medium in ["cd-r", "dvd-r", "dvd+r", "bd-r", "dvd+rw", "bd-re", "dvd-ram"] {
        for record in ["burn --drive sim:disc $O/big", "drive write --drive sim:disc $O/big/c"] {
            let what = format!("{medium}, {record}");
            let output = small.run(&format!(
                "$F sim new disc --medium {medium} && $F info --json sim:disc > $O/before\n\
                 $F {record}; echo \"ended with $?\" >&2\n\
                 $F info --json sim:disc > $O/after; true"
            ));
            let text = told(&output, 0);
            assert!(text.contains("ended with 8") && text.contains("make room there"), "{what}: {text}");
            let info = |name: &str| -> serde_json::Value {
                let text = std::fs::read(small.path(name)).unwrap();
                let info: serde_json::Value = serde_json::from_slice(&text).unwrap();
                info["drive"]["medium"]["tracks"].clone()
            };
            let words: Vec<&str> = text.split_whitespace().collect();
            let on_it = words.windows(2).find(|pair| pair[1] == "sectors").map(|pair| pair[0]);
            match on_it {
                Some(sectors) => {
                    let sectors: u64 = sectors.parse().unwrap();
                    assert!(info("after")[0]["sectors"].as_u64() >= Some(sectors), "{what}: {text}");
                    assert_ne!(info("after")[0]["state"], "blank", "{what}: {text}");
                }
                None => {
                    assert!(text.contains("the medium is as its file was saved last"), "{what}: {text}");
                    // What a format left that was saved is told as well.
                    if !["dvd+rw", "bd-re"].contains(&medium) {
                        assert_eq!(info("after"), info("before"), "{what}: {text}");
                    }
                }
            }
        }
    }
}

/// The medium of a simulated drive is files of the host as well.
#[test]
fn simulated_media_are_read_as_before_and_take_more() {
    let Some(small) = Small::new() else { return };
    for medium in ["cd-r", "dvd+r", "bd-r", "dvd+rw", "bd-re"] {
        let output = small.run(&format!(
            "$F burn -q --drive sim:{medium}:disc $O/src && $F manifest sim:disc > $O/before || exit 99\n\
             $F burn --drive sim:disc $O/big; echo \"ended with $?\" >&2\n\
             $F manifest --session 1 sim:disc > $O/after && cmp $O/before $O/after || exit 98\n\
             mount -o remount,size=40m . || exit 97\n\
             $F recover --json sim:disc > $O/report; \
             $F burn -q --drive sim:disc $O/big && $F verify sim:disc > /dev/null && $F cat sim:disc c > $O/c || exit 96\n\
             $F cat sim:disc a | cmp - $O/src/a"
        ));
        let text = told(&output, 0);
        assert!(text.contains("No space left on device"), "{medium}: {text}");
        assert!(text.contains("make room there") && text.contains("ended with 8"), "{medium}: {text}");
        assert!(text.contains("the simulated drive cannot keep its medium: disc"), "{medium}: {text}");
        assert!(!small.names().contains(&"disc.medium.new".to_owned()), "{medium}: {:?}", small.names());
        assert!(is_same(&small.path("c"), &small.path("big/c")), "{medium}");
    }
}
