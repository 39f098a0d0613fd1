use std::cell::{Cell, RefCell};
use std::io::Write;

use fsimage::{Error, Image, ImageEntry, Kind};
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::open::{image, lookup, lossy};
use super::{Context, output};
use crate::Exit;
use crate::args::Ls;
use crate::failure::Failure;

/// An item for machines.
#[derive(Serialize)]
pub(super) struct Listed<'a> {
    path: String,
    #[serde(rename = "type")]
    kind: char,
    mode: String,
    uid: u32,
    gid: u32,
    size: u64,
    nlink: u32,
    mtime: i64,
    #[serde(flatten)]
    times: Option<Times>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rdev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<std::borrow::Cow<'a, str>>,
    /// Access control lists in the short text form.
    #[serde(skip_serializing_if = "Option::is_none")]
    acl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    streams: Vec<ListedStream>,
}

/// A named stream for machines.
#[derive(Serialize)]
struct ListedStream {
    name: String,
    size: u64,
}

/// Times that are recorded beside that of modification, in seconds since 1970.
#[derive(Serialize)]
struct Times {
    #[serde(skip_serializing_if = "Option::is_none")]
    atime: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctime: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthtime: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective: Option<i64>,
}

impl Times {
    fn of(entry: &ImageEntry) -> Times {
        let fsimage::Times { access, attributes, creation, backup, expiration, effective } = entry.times();
        let seconds = |time: Option<fsimage::Timestamp>| time.map(|time| time.seconds);
        Times {
            atime: seconds(access),
            ctime: seconds(attributes),
            birthtime: seconds(creation),
            backup: seconds(backup),
            expiration: seconds(expiration),
            effective: seconds(effective),
        }
    }
}

pub(super) fn run(args: &Ls, context: &Context) -> Result<Exit, Failure> {
    let image = image(&args.reading, context)?;
    let mut out = output();
    let mut streams = image.stream_walk();
    let is_whole = Cell::new(true);
    let check = |path: &[u8], entry: &ImageEntry| {
        if let Some(reason) = entry.impossible_name() {
            is_whole.set(false);
            let above = match path.strip_suffix(&entry.name[..]) {
                // Only its name is printed.
                Some([]) => normalized(args.path.as_bytes()),
                above => above.and_then(|above| above.strip_suffix(b"/")).unwrap_or_default().to_vec(),
            };
            let (above, name) =
                (if above.is_empty() { "/".into() } else { lossy(&above) }, lossy(&entry.name));
            context.warn(format_args!("{above}: '{name}': {reason}; it will not be extracted"));
        }
        if let Some(sector) = image.beyond_end(entry) {
            is_whole.set(false);
            context
                .warn(format_args!("{}: its data at sector {sector} pass the end of the image", lossy(path)));
        }
    };
    if context.json {
        // Nothing is printed of a listing that fails.
        let mut listing = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut listing);
        let sequence = RefCell::new(serializer.serialize_seq(None)?);
        let unread = visit(&image, args, context, &mut |path, entry| {
            check(path, entry);
            let mut listed = Listed { times: Some(Times::of(entry)), ..listed(path, entry) };
            let of_stream =
                |stream: &ImageEntry| ListedStream { name: lossy(&stream.name), size: stream.len };
            listed.streams = streams.streams(entry)?.iter().map(of_stream).collect();
            Ok(sequence.borrow_mut().serialize_element(&listed)?)
        })?;
        is_whole.set(is_whole.get() && unread == 0);
        sequence.into_inner().end()?;
        listing.push(b'\n');
        out.write_all(&listing)?;
    } else {
        let mut line = Vec::new();
        // A directory itself has no line, its streams have.
        let start = lookup(&image, &args.path)?;
        if args.long && start.kind == Kind::Directory {
            stream_lines(args.path.as_bytes(), &streams.streams(&start)?, &mut line)?;
            out.write_all(&line)?;
        }
        let unread = visit(&image, args, context, &mut |path, entry| {
            check(path, entry);
            line.clear();
            if args.long {
                attributes(entry, &mut line)?;
            }
            printable(path, &mut line);
            if args.long && entry.kind == Kind::Symlink {
                line.extend_from_slice(b" -> ");
                printable(&entry.link_target, &mut line);
            }
            line.push(b'\n');
            if args.long {
                stream_lines(path, &streams.streams(entry)?, &mut line)?;
            }
            Ok(out.write_all(&line)?)
        })?;
        is_whole.set(is_whole.get() && unread == 0);
    }
    out.flush()?;
    let exit = context.tell_losses(&image)?;
    Ok(if is_whole.get() { exit } else { Exit::Findings })
}

/// Shows an item, with the path or name to print.
type Show<'a> = dyn FnMut(&[u8], &ImageEntry) -> Result<(), Failure> + 'a;

/// Shows what is asked for, and tells which directories cannot be read. How many these are.
fn visit(image: &Image, args: &Ls, context: &Context, show: &mut Show<'_>) -> Result<u64, Failure> {
    let start = lookup(image, &args.path)?;
    if start.kind != Kind::Directory {
        return show(args.path.as_bytes(), &start).map(|()| 0);
    }
    if !args.recursive {
        return image.read_dir(&start)?.iter().try_for_each(|entry| show(&entry.name, entry)).map(|()| 0);
    }
    let directory = normalized(args.path.as_bytes());
    let mut failed = None;
    let mut shown = |path: &[u8], entry: &ImageEntry| {
        if context.control.cancel.is_cancelled() {
            return Err(Error::Cancelled { state: "the listing is incomplete".to_owned() });
        }
        if path.len() > directory.len()
            && let Err(failure) = show(path, entry)
        {
            failed = Some(failure);
            return Err(Error::Cancelled { state: String::new() });
        }
        Ok(())
    };
    let mut unread = 0;
    let walked = image.walk_readable(&start, &directory, &mut shown, &mut |path, error| {
        // Of what was asked for, nothing can be shown.
        if path.len() <= directory.len() {
            return Err(error);
        }
        unread += 1;
        tell_unread(path, &error, context);
        Ok(())
    });
    match failed {
        Some(failure) => Err(failure),
        None => Ok(walked.map(|()| unread)?),
    }
}

/// Says that a directory cannot be read.
pub(super) fn tell_unread(path: &[u8], error: &Error, context: &Context) {
    context.warn(format_args!("{}: {error}", lossy(path)));
}

/// A slash before each name; nothing for the root.
fn normalized(path: &[u8]) -> Vec<u8> {
    let names = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty());
    names.fold(Vec::new(), |mut path, name| {
        path.push(b'/');
        path.extend_from_slice(name);
        path
    })
}

/// A line PATH:STREAM for each named stream.
fn stream_lines(path: &[u8], streams: &[ImageEntry], line: &mut Vec<u8>) -> Result<(), Failure> {
    for stream in streams {
        attributes(stream, line)?;
        printable(path, line);
        line.push(b':');
        printable(&stream.name, line);
        line.push(b'\n');
    }
    Ok(())
}

/// Attributes, as of `ls -l` with numeric owners and the time in UTC; `+` where there are access control lists.
fn attributes(entry: &ImageEntry, line: &mut Vec<u8>) -> Result<(), Failure> {
    let mode = permissions(entry.kind, entry.attributes.permissions);
    let size = match entry.device {
        Some(device) => format!("{}, {}", device.major(), device.minor()),
        None => entry.len.to_string(),
    };
    let (uid, gid, links) = (entry.attributes.uid, entry.attributes.gid, entry.links);
    let time = entry.modified.to_string();
    let mark = if entry.acl().is_some() { '+' } else { ' ' };
    write!(line, "{mode}{mark}{links:>3} {uid:>5} {gid:>5} {size:>12} {time} ")?;
    Ok(())
}

/// `drwxr-xr-x`, with set-id and sticky bits as `ls` has them.
fn permissions(kind: Kind, bits: u16) -> String {
    let kind = if kind == Kind::File { '-' } else { kind.letter() };
    let mut text = String::from(kind);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        text.push(if bits >> shift & 4 != 0 { 'r' } else { '-' });
        text.push(if bits >> shift & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & special != 0, bits >> shift & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// Names as they are, but with control characters and the backslash as `\xNN`, so that each has a line.
fn printable(name: &[u8], line: &mut Vec<u8>) {
    for &byte in name {
        match byte {
            0..=0x1f | 0x7f | b'\\' => line.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
            byte => line.push(byte),
        }
    }
}

pub(super) fn listed<'a>(path: &[u8], entry: &'a ImageEntry) -> Listed<'a> {
    Listed {
        path: lossy(path),
        kind: entry.kind.letter(),
        mode: format!("{:04o}", entry.attributes.permissions),
        uid: entry.attributes.uid,
        gid: entry.attributes.gid,
        size: entry.len,
        nlink: entry.links,
        mtime: entry.modified.seconds,
        times: None,
        rdev: entry.device.map(|device| format!("{}:{}", device.major(), device.minor())),
        target: (entry.kind == Kind::Symlink).then(|| String::from_utf8_lossy(&entry.link_target)),
        acl: entry.acl().map(|acl| acl.to_string()),
        streams: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_as_ls_prints_them() {
        assert_eq!(permissions(Kind::Directory, 0o1777), "drwxrwxrwt");
        assert_eq!(permissions(Kind::File, 0o4640), "-rwSr-----");
        assert_eq!(permissions(Kind::Symlink, 0o777), "lrwxrwxrwx");
    }

    #[test]
    fn one_line_for_each_name() {
        let mut line = Vec::new();
        printable("a\nb\\ü".as_bytes(), &mut line);
        assert_eq!(line, "a\\x0ab\\x5cü".as_bytes());
        assert_eq!(normalized(b"a//b/"), b"/a/b");
        assert_eq!(normalized(b"/"), b"");
    }
}
