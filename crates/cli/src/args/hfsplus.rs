use clap::{Args as ClapArgs, ValueEnum};
use fsimage::HfsPlusType;

/// Form of HFS+. Each of these needs `hfsplus` in `--fs`.
#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "HFS+, with hfsplus in --fs")]
pub struct HfsPlus {
    /// Bless a folder, or the startup file: what Macs look for when they boot. ROLE is boot, startup, open, os9 or osx
    #[arg(long, value_name = "ROLE=PATH", value_parser = parse_blessing)]
    pub hfsplus_bless: Vec<(HfsPlusRole, String)>,

    /// Type and creator of a file, of four characters each
    #[arg(long, value_name = "TYPE:CREATOR=PATH", value_parser = parse_type)]
    pub hfsplus_type: Vec<(HfsPlusType, String)>,

    /// Serial number of the volume, of 16 hexadecimal digits [default: by what the volume is]
    #[arg(long, value_name = "DIGITS", value_parser = parse_serial)]
    pub hfsplus_serial: Option<u64>,
}

/// What is blessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HfsPlusRole {
    /// The folder with what boots
    Boot,
    /// The file that EFI of Macs starts
    Startup,
    /// The folder that is shown when the volume is mounted
    Open,
    /// The system folder of Mac OS 8 or 9
    Os9,
    /// The system folder of Mac OS X
    Osx,
}

fn parse_blessing(text: &str) -> Result<(HfsPlusRole, String), String> {
    let (role, path) = text.split_once('=').ok_or("use ROLE=PATH, as in boot=/System")?;
    Ok((HfsPlusRole::from_str(role, false)?, path.to_owned()))
}

fn parse_type(text: &str) -> Result<(HfsPlusType, String), String> {
    let usage = || "use TYPE:CREATOR=PATH, as in TEXT:ttxt=/read.me".to_owned();
    let code = |text: Option<&str>| text.and_then(four).ok_or_else(usage);
    // A code may have any character, the marks between them too.
    Ok((
        HfsPlusType { file_type: code(text.get(..4))?, creator: code(text.get(5..9))? },
        text.get(9..)
            .and_then(|rest| rest.strip_prefix('='))
            .filter(|_| text.as_bytes()[4] == b':')
            .ok_or_else(usage)?
            .to_owned(),
    ))
}

/// A code of four characters.
pub(crate) fn four(text: &str) -> Option<[u8; 4]> {
    text.as_bytes().try_into().ok().filter(|_| text.is_ascii())
}

pub(crate) fn parse_serial(text: &str) -> Result<u64, String> {
    let is_serial = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(text, 16)
        .ok()
        .filter(|_| is_serial)
        .ok_or_else(|| format!("{text:?} has no 16 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(parse_blessing("osx=/a=b"), Ok((HfsPlusRole::Osx, "/a=b".to_owned())));
        assert!(parse_blessing("king=/a").is_err() && parse_blessing("boot").is_err());
        let types =
            |file_type: &[u8; 4], creator: &[u8; 4]| HfsPlusType { file_type: *file_type, creator: *creator };
        assert_eq!(parse_type("TEXT:ttxt=/a"), Ok((types(b"TEXT", b"ttxt"), "/a".to_owned())));
        assert_eq!(parse_type("a:=b:=:cd=/x=y"), Ok((types(b"a:=b", b"=:cd"), "/x=y".to_owned())));
        for wrong in ["TEXT:ttxt", "TEXT-ttxt=/a", "TEX:ttxt=/a", "TEXT:\u{e9}t=/a", ""] {
            assert!(parse_type(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_serial("00000000000000fF"), Ok(255));
        for wrong in ["ff", "+000000000000001", "000000000000000g"] {
            assert!(parse_serial(wrong).is_err(), "{wrong}");
        }
    }
}
