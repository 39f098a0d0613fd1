//! HFS+.

use fsimage::{FileSystem, PlanOptions, Tree};

use super::request::{HfsPlusRequest, Request};
use crate::args::HfsPlusRole;
use crate::failure::Failure;
use crate::hfsplus::{bless, node};

/// A role by xorriso's name, or its first letter.
pub(super) fn role(typed: &str, name: &str) -> Result<HfsPlusRole, Failure> {
    Ok(match name {
        "p" | "ppc_bootdir" => HfsPlusRole::Boot,
        "i" | "intel_bootfile" => HfsPlusRole::Startup,
        "s" | "show_folder" => HfsPlusRole::Open,
        "9" | "os9_folder" => HfsPlusRole::Os9,
        "x" | "osx_folder" => HfsPlusRole::Osx,
        _ => {
            let reason = format!(
                "{name}: no role; use ppc_bootdir, intel_bootfile, show_folder, os9_folder or osx_folder"
            );
            return Err(Failure::argument(typed, reason));
        }
    })
}

/// A type or creator.
pub(super) fn code(typed: &str, text: &str) -> Result<[u8; 4], Failure> {
    let wrong = || Failure::argument(typed, format!("{text}: types and creators have four characters"));
    crate::args::four(text).ok_or_else(wrong)
}

/// Puts what is asked for into the options. All files are in the tree.
pub(super) fn apply(request: &Request, tree: &Tree, options: &mut PlanOptions) -> Result<(), Failure> {
    let HfsPlusRequest { option, blessed, types, serial } = &request.hfs_plus;
    if option.is_none() {
        let unused = blessed.first().map(|one| &one.0).or(types.first().map(|one| &one.0));
        return match unused {
            Some(typed) => {
                Err(Failure::argument(typed.clone(), "there is no HFS+; ask for it with -hfsplus"))
            }
            None => Ok(()),
        };
    }
    options.file_systems |= FileSystem::HfsPlus.as_set();
    options.volume_names.insert(FileSystem::HfsPlus, request.volume.clone());
    let wanted = &mut options.hfs_plus;
    wanted.serial = *serial;
    for (typed, role, path) in blessed {
        bless(&mut wanted.blessed, *role, node(typed, tree, path)?, typed)?;
    }
    for (typed, found, path) in types {
        wanted.types.insert(node(typed, tree, path)?, *found);
    }
    Ok(())
}
