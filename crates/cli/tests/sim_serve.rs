//! `fsimage sim serve` as an initiator sees it: a drive that takes its time, and faults by lines on standard input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A basic header segment (RFC 7143, 11.2.1).
type Header = [u8; 48];

/// A status; none where the connection was closed.
type Status = Option<u8>;

const GOOD: Status = Some(0);
const CHECK_CONDITION: Status = Some(2);

/// The drive, with one session.
struct Drive {
    process: Child,
    lines: ChildStdin,
    answers: BufReader<ChildStdout>,
    stream: TcpStream,
    commands: u8,
}

impl Drive {
    fn serve(folder: &Path, kind: &str, options: &[&str]) -> Drive {
        let medium = folder.join("disc");
        let fsimage = || Command::new(assert_cmd::cargo::cargo_bin("fsimage"));
        let made = fsimage().args(["--quiet", "sim", "new", "--medium", kind]).arg(&medium).status().unwrap();
        assert!(made.success());
        let mut process = fsimage()
            .args(["sim", "serve", "--once", "--control", "--listen", "127.0.0.1:0"])
            .args(options)
            .arg(&medium)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let mut url = String::new();
        answers.read_line(&mut url).unwrap();
        let (address, name) = url.trim().strip_prefix("iscsi://").unwrap().split_once('/').unwrap();
        let name = name.strip_suffix("/0").unwrap().to_owned();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        let mut drive = Drive { process, lines, answers, stream, commands: 0 };
        let mut login = [0; 48];
        (login[0], login[1]) = (0x43, 0x87);
        let keys = format!("InitiatorName=iqn.x\0TargetName={name}\0");
        assert_eq!(drive.exchange(login, keys.as_bytes()).unwrap()[36], 0, "login");
        // The first command after power-on finds a unit attention condition.
        assert_eq!(drive.command(&[0; 6], 0), CHECK_CONDITION);
        assert_eq!(drive.command(&[0; 6], 0), GOOD);
        drive
    }

    /// Sends a PDU; the header of the last one of the answer, which holds the status.
    fn exchange(&mut self, mut header: Header, data: &[u8]) -> Option<Header> {
        header[5..8].copy_from_slice(&(data.len() as u32).to_be_bytes()[1..]);
        let mut wire = header.to_vec();
        wire.extend(data);
        wire.resize(wire.len().next_multiple_of(4), 0);
        self.stream.write_all(&wire).unwrap();
        loop {
            let mut answer = [0; 48];
            self.stream.read_exact(&mut answer).ok()?;
            let len = u32::from_be_bytes([0, answer[5], answer[6], answer[7]]) as usize;
            self.stream.read_exact(&mut vec![0; len.next_multiple_of(4)]).unwrap();
            // Data-In without status.
            if answer[0] != 0x25 || answer[1] & 1 != 0 {
                return Some(answer);
            }
        }
    }

    /// A command that reads so many bytes; its status.
    fn command(&mut self, cdb: &[u8], reads: u32) -> Status {
        let mut header = [0; 48];
        (header[0], header[1]) = (0x01, if reads > 0 { 0xC0 } else { 0x80 });
        (header[19], header[27]) = (self.commands, self.commands);
        header[20..24].copy_from_slice(&reads.to_be_bytes());
        header[32..32 + cdb.len()].copy_from_slice(cdb);
        self.commands += 1;
        self.exchange(header, &[]).map(|answer| answer[3])
    }

    /// One block is read; how long that takes.
    fn read(&mut self, lba: u8) -> Duration {
        let begun = Instant::now();
        assert_eq!(self.command(&[0x28, 0, 0, 0, 0, lba, 0, 0, 1, 0], 2048), GOOD);
        begun.elapsed()
    }

    fn say(&mut self, line: &str) -> String {
        writeln!(self.lines, "{line}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn real_time() {
    const SPIN_UP: Duration = Duration::from_secs(4);
    let folder = tempfile::tempdir().unwrap();
    let mut drive = Drive::serve(folder.path(), "dvd-ram", &["--real-time"]);
    assert!(drive.read(0) >= SPIN_UP);
    // It turns, and what lies elsewhere has to be found.
    let again = drive.read(100);
    assert!(again >= Duration::from_millis(120) && again < SPIN_UP, "{again:?}");
    drop(drive);
    let folder = tempfile::tempdir().unwrap();
    let mut drive = Drive::serve(folder.path(), "dvd-ram", &[]);
    assert!(drive.read(0) < SPIN_UP);
}

/// What a power cut ends comes back by one line.
#[test]
fn power_cycle() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = Drive::serve(folder.path(), "dvd-ram", &[]);
    drive.read(0);
    assert_eq!(drive.say("power-cycle"), "ok");
    // Power-on, told by a unit attention condition.
    assert_eq!(drive.command(&[0; 6], 0), CHECK_CONDITION);
    assert_eq!(drive.command(&[0; 6], 0), GOOD);
    let told = drive.say("inject nothing:such=1");
    assert!(told.contains("no fault: there is none of that name"), "{told}");
    assert!(drive.say("reset").contains("power-cycle"));
    // Whoever wants the medium meanwhile is told who has it.
    if cfg!(target_os = "linux") {
        let medium = format!("sim:{}", folder.path().join("disc").display());
        let other =
            Command::new(assert_cmd::cargo::cargo_bin("fsimage")).args(["info", &medium]).output().unwrap();
        let told = String::from_utf8(other.stderr).unwrap();
        assert!(told.contains(&format!("open in process {} (fsimage)", drive.process.id())), "{told}");
    }
}

/// What the host says of the medium's files is told where they are: who uses the drive learns that it failed.
#[test]
fn a_file_of_the_medium_fails() {
    const RESERVE_TRACK: [u8; 10] = [0x53, 0, 0, 0, 0, 0, 0, 2, 0, 0];
    let folder = tempfile::tempdir().unwrap();
    let mut drive = Drive::serve(folder.path(), "bd-r", &[]);
    // The state is written under this name first.
    let in_the_way = folder.path().join("disc.medium.new");
    std::fs::create_dir(&in_the_way).unwrap();
    assert_eq!(drive.command(&RESERVE_TRACK, 0), CHECK_CONDITION);
    assert_eq!(drive.command(&RESERVE_TRACK, 0), CHECK_CONDITION);
    std::fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(drive.command(&RESERVE_TRACK, 0), GOOD);
    drive.stream.shutdown(std::net::Shutdown::Both).unwrap();
    assert!(drive.process.wait().unwrap().success());
    let mut told = String::new();
    drive.process.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(told.matches("the simulated drive cannot keep its medium").count(), 1, "{told}");
    assert!(told.contains(&format!("{}: ", folder.path().join("disc.medium").display())), "{told}");
}

/// BLANK is cut off within, by the text form of the fault: the drive is gone, and what it leaves is blanked again.
#[test]
fn power_cut_within() {
    const BLANK: [u8; 12] = [0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let folder = tempfile::tempdir().unwrap();
    let mut drive = Drive::serve(folder.path(), "cd-rw", &[]);
    for wrong in ["inject power-cut-within", "inject power-cut-within:code=2A1", "inject power-cut:code=A1"] {
        assert!(drive.say(wrong).starts_with("error: "), "{wrong}");
    }
    assert_eq!(drive.command(&BLANK, 0), GOOD);
    assert_eq!(drive.say("inject power-cut-within:code=A1"), "ok");
    // Another command is not concerned.
    assert_eq!(drive.command(&[0; 6], 0), GOOD);
    assert_eq!(drive.command(&BLANK, 0), None);
    assert!(drive.process.wait().unwrap().success());
    let mut told = String::new();
    drive.process.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(told.matches("the simulated drive has lost its power").count(), 1, "{told}");
    let name = format!("sim:{}", folder.path().join("disc").display());
    let fsimage = |arguments: &[&str]| {
        let output = Command::new(assert_cmd::cargo::cargo_bin("fsimage")).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    std::fs::write(folder.path().join("file"), "text").unwrap();
    let file = folder.path().join("file");
    let burn = ["burn", "--quiet", "--drive", &name, file.to_str().unwrap()];
    let (burnt, errors) = fsimage(&burn);
    assert!(!burnt && errors.contains("3/31/00"), "{errors}");
    for arguments in [&["drive", "blank", "--drive", &name][..], &burn] {
        let (done, errors) = fsimage(arguments);
        assert!(done, "{errors}");
    }
}
