use std::fmt;
use std::path::PathBuf;

/// What keeps a drive from being used exclusively.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Holder {
    /// A process has the device open.
    Process {
        /// Its number.
        pid: u32,
        /// Its name, as the system tells it.
        command: String,
    },
    /// The medium is mounted.
    Mount {
        /// Where.
        at: PathBuf,
    },
    /// A program that holds the drive under this name (Windows).
    Client {
        /// What it calls itself.
        name: String,
    },
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Process { pid, command } => write!(f, "open in process {pid} ({command})"),
            Holder::Mount { at } => write!(f, "mounted on {}", at.display()),
            Holder::Client { name } => write!(f, "held by {name:?}"),
        }
    }
}

/// The holders in words; what it can be where none was found.
pub(crate) fn told(holders: &[Holder]) -> String {
    if holders.is_empty() {
        return "in use by another program, or mounted".to_owned();
    }
    holders.iter().map(Holder::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(told(&[]), "in use by another program, or mounted");
        let holders = [
            Holder::Process { pid: 7, command: "growisofs".to_owned() },
            Holder::Mount { at: "/media/cd".into() },
        ];
        assert_eq!(told(&holders), "open in process 7 (growisofs), mounted on /media/cd");
        assert_eq!(told(&[Holder::Client { name: "Burner".to_owned() }]), "held by \"Burner\"");
    }
}
