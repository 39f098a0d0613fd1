//! What the command line says of HFS+, with paths of the image.

use fsimage::{HfsPlusBlessings, NodeId, PlanOptions, Tree};

use crate::args::{HfsPlus, HfsPlusRole};
use crate::failure::Failure;

/// Puts it into the options. The sources are in the tree already.
pub(crate) fn apply(args: &HfsPlus, tree: &Tree, options: &mut PlanOptions) -> Result<(), Failure> {
    let wanted = &mut options.hfs_plus;
    for (role, path) in &args.hfsplus_bless {
        bless(&mut wanted.blessed, *role, node("--hfsplus-bless", tree, path)?, "--hfsplus-bless")?;
    }
    for (kind, path) in &args.hfsplus_type {
        wanted.types.insert(node("--hfsplus-type", tree, path)?, *kind);
    }
    wanted.serial = args.hfsplus_serial.or(wanted.serial);
    Ok(())
}

/// The item of that path.
pub(crate) fn node(option: &str, tree: &Tree, path: &str) -> Result<NodeId, Failure> {
    let missing = || Failure::argument(option, format!("{path} is not in the image"));
    match path.trim_matches('/').is_empty() {
        true => Ok(NodeId::ROOT),
        false => tree.lookup(path).ok_or_else(missing),
    }
}

/// Gives an item a role, which only one can have.
pub(crate) fn bless(
    blessed: &mut HfsPlusBlessings,
    role: HfsPlusRole,
    node: NodeId,
    option: &str,
) -> Result<(), Failure> {
    let place = match role {
        HfsPlusRole::Boot => &mut blessed.boot_folder,
        HfsPlusRole::Startup => &mut blessed.startup_file,
        HfsPlusRole::Open => &mut blessed.open_folder,
        HfsPlusRole::Os9 => &mut blessed.os9_folder,
        HfsPlusRole::Osx => &mut blessed.osx_folder,
    };
    match place.replace(node) {
        Some(before) if before != node => Err(Failure::argument(option, "two have the same role")),
        _ => Ok(()),
    }
}
