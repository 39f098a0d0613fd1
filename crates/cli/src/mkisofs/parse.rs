//! From arguments to options with their values, as `getopt_long_only` takes them.

use std::ffi::{OsStr, OsString};

use super::Personality;
use super::meaning::Meaning;
use super::options::{Known, OPTIONS};
use crate::failure::Failure;

/// What an argument is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// An option as it was typed, its meaning, and its values.
    Option { typed: String, meaning: Meaning, values: Vec<OsString> },
    /// A source.
    Path(OsString),
}

/// All arguments in their order.
pub(super) fn parse(arguments: &[OsString], personality: Personality) -> Result<Vec<Argument>, Failure> {
    let mut parsed = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--" && personality == Personality::Xorriso {
            // There, xorriso's own commands follow.
            if let Some(command) = rest.next() {
                return Err(Failure::argument("--", native(&command.to_string_lossy())));
            }
            break;
        }
        if argument == "--" {
            parsed.extend(rest.by_ref().cloned().map(Argument::Path));
            break;
        }
        if argument == "-" || !argument.as_encoded_bytes().starts_with(b"-") {
            parsed.push(Argument::Path(argument.clone()));
            continue;
        }
        let text = argument.to_str().ok_or_else(|| unknown(&argument.to_string_lossy()))?;
        let is_short = !text.starts_with("--");
        let body = text.trim_start_matches('-');
        let (name, attached) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        match find(name) {
            Some(known) => parsed.push(take(known, text, attached, &mut rest)?),
            None if is_short => bundle(text, body, &mut rest, &mut parsed)?,
            None => return Err(unknown(text)),
        }
    }
    Ok(parsed)
}

/// The option of that name, or the only one whose name begins so.
fn find(name: &str) -> Option<&'static Known> {
    let name = name.replace('_', "-");
    if let Some(known) = OPTIONS.iter().find(|known| known.name == name) {
        return Some(known);
    }
    if name.len() < 3 {
        return None;
    }
    let mut longer = OPTIONS.iter().filter(|known| known.name.starts_with(&name));
    longer.next().filter(|_| longer.next().is_none())
}

/// The option with its values: the first may be attached, the others are the next arguments.
fn take<'a>(
    known: &Known,
    typed: &str,
    attached: Option<&str>,
    rest: &mut impl Iterator<Item = &'a OsString>,
) -> Result<Argument, Failure> {
    if attached.is_some() && known.values == 0 {
        return Err(Failure::argument(typed, "the option takes no value"));
    }
    let typed = typed.split('=').next().unwrap_or(typed).to_owned();
    if known.meaning == Meaning::Refused {
        return Err(Failure::argument(typed, format!("not supported: {}", known.words)));
    }
    let mut values: Vec<OsString> = attached.map(OsString::from).into_iter().collect();
    values.extend(rest.take(known.values - values.len()).cloned());
    if values.len() < known.values {
        return Err(Failure::argument(typed, missing(known, values.len())));
    }
    Ok(Argument::Option { typed, meaning: known.meaning, values })
}

/// What is wrong with an option that has no more values than these.
fn missing(known: &Known, given: usize) -> String {
    // The words of further names of an option only name the first.
    let is_first = |one: &&Known| one.meaning == known.meaning && one.meaning != Meaning::Nothing;
    let words = OPTIONS.iter().find(is_first).unwrap_or(known).words;
    match (known.values, known.values - given) {
        (1, _) => format!("its value is missing: {words}"),
        (all, 1) => format!("one of its {all} values is missing: {words}"),
        (all, missing) if missing == all => format!("its {all} values are missing: {words}"),
        (all, missing) => format!("{missing} of its {all} values are missing: {words}"),
    }
}

/// Options of one letter behind one dash. The last may have a value; if it is the only one or that of a text, the rest is that.
fn bundle<'a>(
    typed: &str,
    body: &str,
    rest: &mut impl Iterator<Item = &'a OsString>,
    parsed: &mut Vec<Argument>,
) -> Result<(), Failure> {
    for (at, letter) in body.char_indices() {
        let behind = &body[at + letter.len_utf8()..];
        let known = OPTIONS.iter().find(|known| known.name.chars().eq([letter]));
        let known = known.ok_or_else(|| unknown(typed))?;
        let name = format!("-{letter}");
        if known.meaning == Meaning::Refused {
            return Err(Failure::argument(typed, format!("{name}: not supported: {}", known.words)));
        }
        if known.values > 0 {
            // Behind other letters, a value but that of a text is the next argument: else any misspelt option might be a bundle.
            if at > 0 && !behind.is_empty() && !["V", "A", "P"].contains(&known.name) {
                return Err(unknown(typed));
            }
            parsed.push(take(known, &name, Some(behind).filter(|value| !value.is_empty()), rest)?);
            return Ok(());
        }
        parsed.push(take(known, &name, None, rest)?);
    }
    Ok(())
}

/// Commands of xorriso behind its options of mkisofs.
fn native(command: &str) -> String {
    format!(
        "{command} and what follows are commands of xorriso's native mode, which is not supported: give options of \
         mkisofs in front of it instead, such as -V NAME for -volid NAME; a source whose name begins with a dash is \
         named ./-NAME"
    )
}

fn unknown(typed: &str) -> Failure {
    Failure::argument(typed, "no option of mkisofs that is known; see docs/mkisofs.md")
}

/// A value as text.
pub(super) fn text<'a>(typed: &str, value: &'a OsStr) -> Result<&'a str, Failure> {
    value.to_str().ok_or_else(|| Failure::argument(typed, "the value is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Vec<String>, Failure> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        Ok(parse(&arguments, Personality::Genisoimage)?
            .into_iter()
            .map(|argument| match argument {
                Argument::Option { meaning, values, .. } => format!("{meaning:?}{values:?}"),
                Argument::Path(path) => format!("path {}", path.display()),
            })
            .collect())
    }

    #[test]
    fn values_are_attached_or_follow() {
        let expected = ["VolumeName[\"x\"]"];
        for typed in
            [&["-V", "x"][..], &["-V=x"], &["-Vx"], &["--volid=x"], &["-volid", "x"], &["-voli", "x"]]
        {
            assert_eq!(parsed(typed).unwrap(), expected, "{typed:?}");
        }
        assert_eq!(parsed(&["--sort-weight", "1", "/boot"]).unwrap(), ["SortWeight[\"1\", \"/boot\"]"]);
        assert_eq!(parsed(&["-partition_offset", "0"]).unwrap(), parsed(&["-partition-offset=0"]).unwrap());
    }

    #[test]
    fn letters_share_a_dash() {
        assert_eq!(
            parsed(&["-JrV", "x", "d"]).unwrap(),
            ["Joliet[]", "RationalRock[]", "VolumeName[\"x\"]", "path d"]
        );
        assert_eq!(parsed(&["-JrVx"]).unwrap(), ["Joliet[]", "RationalRock[]", "VolumeName[\"x\"]"]);
        assert_eq!(parsed(&["-lJR"]).unwrap(), ["Names31[]", "Joliet[]", "RockRidge[]"]);
    }

    #[test]
    fn paths_stand_anywhere() {
        assert_eq!(
            parsed(&["a", "-R", "-", "--", "-b"]).unwrap(),
            ["path a", "RockRidge[]", "path -", "path -b"]
        );
    }

    /// grub-mkrescue passes them on behind a double dash.
    #[test]
    fn native_commands_of_xorriso_are_refused() {
        let parse = |line: &str| {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            parse(&arguments, Personality::Xorriso)
        };
        let failure = parse("-R d -- -volid X").unwrap_err();
        assert_eq!(failure.exit(), crate::Exit::Caller);
        let line = failure.line(false).unwrap();
        assert!(
            line.contains("-volid") && line.contains("native mode") && line.contains("-V NAME"),
            "{line}"
        );
        assert_eq!(parse("-R d --").unwrap().len(), 2);
    }

    #[test]
    fn values_that_are_missing_are_told() {
        for (typed, told) in [
            (&["-V"][..], "-V: its value is missing: volume name"),
            (&["-volid"], "-volid: its value is missing: volume name"),
            (&["-JrV"], "-V: its value is missing: volume name"),
            (&["--sort-weight"], "--sort-weight: its 2 values are missing: weight and path"),
            (&["--sort-weight", "1"], "--sort-weight: one of its 2 values is missing: weight and path"),
            (&["-append_partition", "1"], "-append_partition: 2 of its 3 values are missing: number, type"),
            (&["-partition_hd_cyl"], "-partition_hd_cyl: its value is missing"),
        ] {
            let failure = parsed(typed).unwrap_err();
            assert_eq!(failure.exit(), crate::Exit::Caller, "{typed:?}");
            let line = failure.line(false).unwrap();
            assert!(line.contains(told), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (typed, named) in [
            ("-frobnicate", "-frobnicate"),
            ("-Jrox", "-Jrox"),
            ("-zj", "-zj: no option of mkisofs"),
            ("-zzj", "-zzj: no option of mkisofs"),
            ("--frobnicate=1", "--frobnicate"),
            ("-B", "-B"),
            ("-JB", "-B"),
            ("-J=1", "-J=1"),
            ("-V", "-V"),
            ("-hid", "-hid"),
        ] {
            let failure = parsed(&[typed]).unwrap_err();
            assert_eq!(failure.exit(), crate::Exit::Caller, "{typed}");
            assert!(failure.line(false).unwrap().contains(named), "{typed}");
        }
    }
}
