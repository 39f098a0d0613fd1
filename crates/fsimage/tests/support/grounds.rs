//! All that sessions are written to: an image file, each kind of medium, and those that are formatted in another way.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::path::Path;

use fsimage::{BdRMode, Control, DriveName, FormatRequest, MediumKind, OpenDrive, create_simulated_medium};

/// What sessions are written to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ground {
    ImageFile,
    Medium(MediumKind),
    /// A DVD-RW that was formatted: restricted overwrite.
    RestrictedOverwrite,
    /// A BD-R that was formatted.
    PseudoOverwrite,
}

/// All of them.
pub fn grounds() -> impl Iterator<Item = Ground> {
    let others = [Ground::ImageFile, Ground::RestrictedOverwrite, Ground::PseudoOverwrite];
    // Four layers are recorded as three are.
    let kinds = MediumKind::ALL.into_iter().filter(|kind| *kind != MediumKind::BdRQl);
    kinds.map(Ground::Medium).chain(others)
}

impl Ground {
    /// Readers that have no table of contents find the newest session.
    pub fn is_overwritable(self) -> bool {
        use MediumKind::{BdRe, BdReDl, BdReXl, DvdPlusRw, DvdRam};
        match self {
            Ground::ImageFile | Ground::RestrictedOverwrite | Ground::PseudoOverwrite => true,
            Ground::Medium(kind) => matches!(kind, DvdRam | DvdPlusRw | BdRe | BdReDl | BdReXl),
        }
    }

    /// Makes a blank medium there.
    pub fn blank(self, at: &Path) {
        let (kind, request) = match self {
            Ground::ImageFile => return,
            Ground::Medium(kind) => (kind, None),
            Ground::RestrictedOverwrite => (MediumKind::DvdRw, Some(FormatRequest::default())),
            Ground::PseudoOverwrite => {
                let request = FormatRequest { bd_r: BdRMode::PseudoOverwrite, ..FormatRequest::default() };
                (MediumKind::BdR, Some(request))
            }
        };
        create_simulated_medium(at, kind).unwrap();
        if let Some(request) = request {
            open(at).format(&request, &Control::default()).unwrap();
        }
    }
}

/// The simulated drive with a medium.
pub fn name(at: &Path) -> DriveName {
    format!("sim:{}", at.display()).parse().unwrap()
}

/// The same, opened.
pub fn open(at: &Path) -> OpenDrive {
    OpenDrive::open(&name(at)).unwrap()
}
