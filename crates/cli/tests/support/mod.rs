//! A computer that boots an image: qemu, without the help of the host's processor.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

pub mod loaders;
#[cfg(target_os = "linux")]
pub mod mounts;
pub mod stand_ins;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// UEFI takes a few seconds in an emulated processor, and longer where others use the host.
const PATIENCE: Duration = Duration::from_secs(240);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Firmware {
    Bios,
    Uefi,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bus {
    CdRom,
    Disk,
}

pub fn run(program: impl AsRef<Path>, folder: &Path, arguments: &[&str]) -> String {
    let program = program.as_ref();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{} {arguments:?}: {errors}", program.display());
    String::from_utf8_lossy(&output.stdout).into_owned() + &errors
}

pub fn fsimage(folder: &Path, arguments: &[&str]) -> String {
    run(env!("CARGO_BIN_EXE_fsimage"), folder, arguments)
}

/// Where the guest is to say something.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// On its serial line; SeaBIOS sends there what is printed by its services.
    Serial,
    /// On its screen: in the characters of a PC's text mode, or, with UEFI, where the guest draws characters itself, in
    /// the copy that it keeps of them.
    Screen,
}

/// Where a guest's characters lie, each with its attributes behind it.
impl Firmware {
    const fn characters(self) -> (u32, u32) {
        match self {
            Firmware::Bios => (0xB8000, 4000),
            Firmware::Uefi => (0x10_0000, 0xF0_0000),
        }
    }
}

/// The guest says `text` on its serial line.
pub fn says(image: &Path, firmware: Firmware, bus: Bus, text: &str) {
    boot(image, firmware, bus, text, Place::Serial);
}

/// The guest says `text` on its screen.
pub fn shows(image: &Path, firmware: Firmware, bus: Bus, text: &str) {
    boot(image, firmware, bus, text, Place::Screen);
}

fn boot(image: &Path, firmware: Firmware, bus: Bus, text: &str, place: Place) {
    let Some(qemu) = peers::require("qemu") else { return };
    let told_in = tempfile::tempdir().unwrap();
    let (serial, screen) = (told_in.path().join("serial"), told_in.path().join("screen"));
    let mut command = Command::new(qemu.path());
    command.args(["-accel", "tcg", "-m", "256", "-net", "none"]);
    command.args(["-display", "none", "-monitor", "stdio", "-no-reboot"]);
    let machine = if place == Place::Serial { "pc,graphics=off" } else { "pc" };
    command.args(["-machine", machine, "-serial", &format!("file:{}", serial.display())]);
    if firmware == Firmware::Uefi {
        let Some(ovmf) = peers::require("ovmf") else { return };
        let flash = format!("if=pflash,format=raw,readonly=on,file={}", ovmf.path().display());
        command.args(["-drive", &flash]);
    }
    let (kind, device) = match bus {
        Bus::CdRom => ("media=cdrom,readonly=on", "ide-cd"),
        Bus::Disk => ("snapshot=on", "ide-hd"),
    };
    command.args(["-drive", &format!("if=none,id=medium,format=raw,{kind},file={}", image.display())]);
    command.args(["-device", &format!("{device},drive=medium,bootindex=0")]);
    let mut guest = Guest(command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap());
    let start = Instant::now();
    let told = loop {
        sleep(Duration::from_millis(200));
        let told = match place {
            Place::Serial => fs::read(&serial).unwrap_or_default(),
            Place::Screen => guest.screen(&screen, firmware, text),
        };
        let told = String::from_utf8_lossy(&told).into_owned();
        if told.contains(text) || start.elapsed() > PATIENCE || guest.0.try_wait().unwrap().is_some() {
            break told;
        }
    };
    assert!(
        told.contains(text),
        "{}: the guest says {told:?} after {:?}, with {firmware:?} from {bus:?}",
        image.display(),
        start.elapsed()
    );
}

/// A running guest, which does not survive its test.
struct Guest(Child);

impl Guest {
    /// The characters of the screen from `text` on, or none.
    fn screen(&mut self, path: &PathBuf, firmware: Firmware, text: &str) -> Vec<u8> {
        let (from, len) = firmware.characters();
        let dump = format!("pmemsave {from} {len} \"{}\"\n", path.display());
        let _ = self.0.stdin.as_mut().map(|monitor| monitor.write_all(dump.as_bytes()));
        sleep(Duration::from_millis(400));
        let memory = fs::read(path).unwrap_or_default();
        let text = text.as_bytes();
        let is_text = |memory: &[u8]| memory.iter().step_by(2).take(text.len()).eq(text);
        let mut places = memory.iter().enumerate().filter(|(_, byte)| text.first() == Some(byte));
        let found = places.find(|(at, _)| is_text(&memory[*at..]));
        found.map_or_else(Vec::new, |(at, _)| memory[at..].iter().step_by(2).take(80).copied().collect())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
