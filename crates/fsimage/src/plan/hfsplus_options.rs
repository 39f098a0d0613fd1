use std::collections::BTreeMap;

use crate::tree::NodeId;

/// Form of the HFS+ file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct HfsPlusOptions {
    /// What Macs look for in the volume header.
    pub blessed: HfsPlusBlessings,
    /// Types and creators of files; those that are not here have none.
    pub types: BTreeMap<NodeId, HfsPlusType>,
    /// Tells the volume from all others; `None` derives it from what is planned.
    pub serial: Option<u64>,
}

/// Folders and a file with a role in booting (TN1150, Volume Header: `finderInfo`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct HfsPlusBlessings {
    /// The folder with what boots: firmware of PowerPC and EFI of Macs look there.
    pub boot_folder: Option<NodeId>,
    /// The file that EFI of Macs starts.
    pub startup_file: Option<NodeId>,
    /// The folder that is shown when the volume is mounted.
    pub open_folder: Option<NodeId>,
    /// The system folder of Mac OS 8 or 9.
    pub os9_folder: Option<NodeId>,
    /// The system folder of Mac OS X.
    pub osx_folder: Option<NodeId>,
}

/// What kind of file it is, and the program that made it, in four characters of MacRoman each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct HfsPlusType {
    /// Kind of file: `TEXT`.
    pub file_type: [u8; 4],
    /// Program that made it: `ttxt`.
    pub creator: [u8; 4],
}

impl HfsPlusBlessings {
    /// Names of the roles in errors, in the order in which volumes have them, and whether it is a folder that has them.
    pub(crate) const ROLES: [(&'static str, bool); 5] = [
        ("boot folder of HFS+", true),
        ("startup file of HFS+", false),
        ("open folder of HFS+", true),
        ("Mac OS 9 folder of HFS+", true),
        ("Mac OS X folder of HFS+", true),
    ];

    /// What has each of [`HfsPlusBlessings::ROLES`].
    pub(crate) fn items(&mut self) -> [&mut Option<NodeId>; 5] {
        let HfsPlusBlessings { boot_folder, startup_file, open_folder, os9_folder, osx_folder } = self;
        [boot_folder, startup_file, open_folder, os9_folder, osx_folder]
    }

    /// Each that is set: its name in errors, the item, and whether that is a folder.
    pub(crate) fn all(mut self) -> impl Iterator<Item = (&'static str, NodeId, bool)> {
        let items = self.items().map(|item| *item);
        let all = Self::ROLES.into_iter().zip(items);
        all.filter_map(|((name, is_folder), node)| Some((name, node?, is_folder)))
    }
}
