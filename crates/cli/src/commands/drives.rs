use std::io::Write;

use fsimage::{DriveAbilities, DriveName, DriveSummary, FoundDrive, OpenDrive};
use serde_json::json;

use super::{Context, output};
use crate::Exit;
use crate::counted::counted;
use crate::failure::Failure;

pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let drives = fsimage::drives()?;
    if drives.is_empty() {
        context.say("fsimage: no drives");
    }
    let mut out = output();
    let mut listed = Vec::new();
    for FoundDrive { path, vendor, model, revision, .. } in drives {
        let name = DriveName::Device(path.clone());
        // No medium, or a drive in use, is nothing unusual here.
        let described = OpenDrive::open(&name).and_then(|drive| drive.describe());
        if context.json {
            listed.push(match described {
                Ok(summary) => json!(summary),
                Err(error) => json!({
                    "drive": path.display().to_string(),
                    "vendor": vendor,
                    "model": model,
                    "revision": revision,
                    "error": error.to_string(),
                }),
            });
            continue;
        }
        match described {
            Ok(summary) => {
                writeln!(out, "{}", summary.drive)?;
                print(&summary, &mut out)?;
            }
            Err(error) => {
                writeln!(out, "{}", path.display())?;
                writeln!(out, "  drive          {vendor} {model} {revision}")?;
                writeln!(out, "  medium         {error}")?;
            }
        }
    }
    if context.json {
        serde_json::to_writer(&mut out, &listed)?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Drive and medium, indented.
pub(super) fn print(summary: &DriveSummary, out: &mut impl Write) -> Result<(), Failure> {
    let medium = &summary.medium;
    writeln!(out, "  drive          {} {} {}", summary.vendor, summary.model, summary.revision)?;
    print_abilities(&summary.abilities, out)?;
    writeln!(out, "  medium         {}, {}", medium.profile, medium.state)?;
    writeln!(out, "  capacity       {}, {} free", counted(medium.capacity, "sector"), medium.free)?;
    if let Some(next) = medium.next_writable {
        writeln!(out, "  next writable  {next}")?;
    }
    if !medium.write_speeds.is_empty() {
        let speeds: Vec<String> = medium.write_speeds.iter().map(u32::to_string).collect();
        writeln!(out, "  write speeds   {} kB/s", speeds.join(", "))?;
    }
    for track in &medium.tracks {
        let (number, session, start) = (track.number, track.session, track.start);
        let what = if track.is_audio { ", sound" } else { "" };
        writeln!(
            out,
            "  track {number:<8} session {session}, {} from {start}, {}{what}",
            counted(track.sectors, "sector"),
            track.state
        )?;
    }
    Ok(())
}

/// What the drive can do; nothing where it does not tell.
fn print_abilities(abilities: &DriveAbilities, out: &mut impl Write) -> Result<(), Failure> {
    let DriveAbilities { profiles, features, mode_pages, capabilities } = abilities;
    if !profiles.is_empty() {
        let names: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
        writeln!(out, "  knows          {}", names.join(", "))?;
    }
    let names = |current| -> Vec<&str> {
        features.iter().filter(|one| one.current == current).map(|one| one.name.as_str()).collect()
    };
    for (label, names) in [("features now", names(true)), ("with others", names(false))] {
        if !names.is_empty() {
            writeln!(out, "  {label:<14} {}", names.join(", "))?;
        }
    }
    if !mode_pages.is_empty() {
        let names: Vec<String> =
            mode_pages.iter().map(|page| format!("{:02X}h {}", page.number, page.name)).collect();
        writeln!(out, "  mode pages     {}", names.join(", "))?;
    }
    let Some(page) = capabilities else { return Ok(()) };
    writeln!(out, "  reads          {} (page 2Ah)", page.reads.join(", "))?;
    writeln!(out, "  writes         {} (page 2Ah)", page.writes.join(", "))?;
    let abilities = [
        (page.test_write, "test writing"),
        (page.underrun_protection, "underrun protection"),
        (page.eject, "ejects"),
        (page.lock, "locks"),
    ];
    let able: Vec<&str> = abilities.iter().filter(|(able, _)| *able).map(|(_, name)| *name).collect();
    writeln!(out, "  mechanism      {}, {}", page.mechanism, able.join(", "))?;
    let (read, write, buffer) = (page.read_speed, page.write_speed, page.buffer_kib);
    writeln!(out, "  at most        reads {read} kB/s, writes {write} kB/s, buffer {buffer} KiB")?;
    Ok(())
}
