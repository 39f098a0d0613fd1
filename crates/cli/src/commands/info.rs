use std::io::Write;

use fsimage::{
    Container, DescriptorSummary, FieldSummary, ImageTrack, SessionSummary, SoundSummary, SoundTrackSummary,
    Timestamp,
};
use serde_json::json;

use super::open::{disc, drive_for_reading, offset_of_drive};
use super::{Context, output};
use crate::Exit;
use crate::args::{Info, Target};
use crate::counted::counted;
use crate::failure::Failure;
use crate::printable::printable;

pub(super) fn run(args: &Info, context: &Context) -> Result<Exit, Failure> {
    let drive = match &args.target {
        Target::Image(_) => None,
        Target::Drive(_) if args.offset > 0 => return Err(offset_of_drive().into()),
        Target::Drive(name) => Some(drive_for_reading(name, &context.control.cancel)?),
    };
    let (drive, sound, disc) = match (drive, &args.target) {
        (Some(drive), _) => (Some(drive.describe()?), drive.sound(), drive.disc()?),
        (None, target) => (None, None, disc(target, args.offset, &context.control.cancel)?),
    };
    if args.session.is_some() {
        disc.session(args.session)?;
    }
    // A session that cannot be described must not hide the others.
    let mut described = Vec::new();
    let mut first_failure = None;
    let with_data = disc.sessions().iter().filter(|session| !disc.is_sound(session));
    for session in with_data.filter(|one| args.session.is_none_or(|asked| one.number == asked)) {
        match disc.describe(Some(session.number)) {
            Ok(summary) => described.push(Ok(summary)),
            Err(error) => {
                described.push(Err((session.number, session.start.get(), error.to_string())));
                first_failure.get_or_insert(error);
            }
        }
    }
    if drive.is_none() && described.iter().all(Result::is_err) {
        // The reason, also where there is no session at all.
        return Err(first_failure
            .or_else(|| disc.session(None).err())
            .map_or(Failure::Closed, Failure::from));
    }

    // What boots is told as far as it can be read.
    let system_area = disc.system_area(args.session).ok().filter(|area| area.used);
    let catalog_of = |number| disc.boot_catalog(Some(number)).ok().flatten();
    if context.json {
        let sessions: Vec<_> = described
            .iter()
            .map(|session| match session {
                Ok(summary) => {
                    let mut described = json!(summary);
                    if let Some(catalog) = catalog_of(summary.number) {
                        described["boot_catalog"] = json!(catalog);
                    }
                    described
                }
                Err((number, start, error)) => json!({ "number": number, "start": start, "error": error }),
            })
            .collect();
        context.print_json(&json!({
            "target": disc.name(),
            "drive": drive,
            "sound": sound,
            "sectors": disc.source().sectors().get(),
            "disc_identifier": disc.identifier(),
            "container": disc.container(),
            "sessions": sessions,
            "system_area": system_area,
        }))?;
    } else {
        let mut out = output();
        let sectors = counted(disc.source().sectors().get(), "sector");
        writeln!(out, "{}: {sectors}", disc.name())?;
        writeln!(out, "disc identifier {}", disc.identifier())?;
        if let Some(container) = disc.container() {
            print_container(container, &mut out)?;
        }
        if let Some(drive) = &drive {
            super::drives::print(drive, &mut out)?;
        }
        if let Some(sound) = &sound {
            print_sound(sound, &mut out)?;
        }
        for session in &described {
            match session {
                Ok(summary) => {
                    print(summary, &mut out)?;
                    if let Some(catalog) = catalog_of(summary.number) {
                        super::boot_report::print_catalog(&catalog, &mut out)?;
                    }
                }
                Err((number, start, error)) => {
                    writeln!(out, "session {number}, from sector {start}: {error}")?;
                }
            }
        }
        if let Some(area) = &system_area {
            super::boot_report::print_system_area(area, &mut out)?;
        }
        out.flush()?;
    }
    Ok(if first_failure.is_some() { Exit::Findings } else { Exit::Done })
}

fn print_container(container: &Container, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "{}", container.format)?;
    for track in &container.tracks {
        let ImageTrack { number, session, start, sectors, sector_bytes, is_audio, .. } = track;
        let what = if *is_audio { "sound" } else { "data" };
        writeln!(
            out,
            "track {number}, session {session}, from sector {start}: {} of {what}, {sector_bytes} bytes each",
            counted(*sectors, "sector")
        )?;
    }
    super::boot_report::print_findings(&container.findings, out)
}

fn print_sound(sound: &SoundSummary, out: &mut impl Write) -> Result<(), Failure> {
    let SoundSummary { catalog, title, performer, tracks } = sound;
    writeln!(out, "sound")?;
    for (label, value) in [("catalog number", catalog), ("title", title), ("performer", performer)] {
        print_field("  ", label, value.as_deref().unwrap_or_default(), out)?;
    }
    for SoundTrackSummary { number, isrc, title, performer } in tracks {
        let told: Vec<&str> = [title, performer, isrc].into_iter().flatten().map(String::as_str).collect();
        print_field("  ", &format!("track {number}"), &told.join(", "), out)?;
    }
    Ok(())
}

fn print(summary: &SessionSummary, out: &mut impl Write) -> Result<(), Failure> {
    let end = summary.end.map_or(String::new(), |end| format!(" up to {end}"));
    writeln!(out, "session {}, from sector {}{end}", summary.number, summary.start)?;
    writeln!(out, "  file systems   {}", summary.file_systems.join(", "))?;
    writeln!(out, "  volume         {}", printable(&summary.volume))?;
    for (label, value) in [
        ("Joliet volume", summary.joliet_volume.as_deref().unwrap_or_default()),
        ("UDF volume", summary.udf_volume.as_deref().unwrap_or_default()),
        ("UDF revision", summary.udf_revision.as_deref().unwrap_or_default()),
    ] {
        print_field("  ", label, value, out)?;
    }
    for (label, value) in fields_of(&summary.fields) {
        print_field("  ", label, &value, out)?;
    }
    writeln!(out, "  space size     {}", counted(summary.volume_space_size, "sector"))?;
    for descriptor in &summary.descriptors {
        print_descriptor(descriptor, &summary.fields, out)?;
    }
    if let Some(fields) = &summary.udf_fields {
        writeln!(out, "  descriptors of UDF")?;
        let recorded = time(fields.recorded);
        for (label, value) in [
            ("volume set", &fields.volume_set),
            ("implementation", &fields.implementation),
            ("application", &fields.application),
            ("copyright file", &fields.copyright_file),
            ("abstract file", &fields.abstract_file),
            ("owner", &fields.owner),
            ("organization", &fields.organization),
            ("contact", &fields.contact),
            ("recorded", &recorded),
        ] {
            print_field("    ", label, value, out)?;
        }
    }
    if summary.bootable {
        writeln!(out, "  boot           El Torito")?;
    }
    super::boot_report::print_findings(&summary.findings, out)
}

fn print_field(indent: &str, label: &str, value: &str, out: &mut impl Write) -> Result<(), Failure> {
    if !value.is_empty() {
        writeln!(out, "{indent}{label:<14} {}", printable(value))?;
    }
    Ok(())
}

/// A descriptor, and what of its fields is not as in the primary one.
fn print_descriptor(
    descriptor: &DescriptorSummary,
    primary: &FieldSummary,
    out: &mut impl Write,
) -> Result<(), Failure> {
    write!(out, "  descriptor     {}: {}", descriptor.kind, printable(&descriptor.identifier))?;
    if let Some(partition) = &descriptor.partition {
        let system = printable(&partition.system);
        let sectors = counted(partition.sectors, "sector");
        write!(out, ", {sectors} from sector {}, for {system}", partition.start)?;
    }
    writeln!(out)?;
    let fields = descriptor.fields.as_ref().unwrap_or(primary);
    for ((label, value), (_, of_primary)) in fields_of(fields).into_iter().zip(fields_of(primary)) {
        if value != of_primary {
            print_field("    ", label, if value.is_empty() { "none" } else { &value }, out)?;
        }
    }
    Ok(())
}

fn fields_of(fields: &FieldSummary) -> [(&'static str, String); 12] {
    [
        ("system", fields.system.clone()),
        ("volume set", fields.volume_set.clone()),
        ("publisher", fields.publisher.clone()),
        ("data preparer", fields.data_preparer.clone()),
        ("application", fields.application.clone()),
        ("copyright file", fields.copyright_file.clone()),
        ("abstract file", fields.abstract_file.clone()),
        ("bibliographic", fields.bibliographic_file.clone()),
        ("created", time(fields.created)),
        ("modified", time(fields.modified)),
        ("expires", time(fields.expiration)),
        ("effective", time(fields.effective)),
    ]
}

fn time(seconds: Option<i64>) -> String {
    seconds.map_or_else(String::new, |seconds| format!("{} UTC", Timestamp::from_unix(seconds)))
}
