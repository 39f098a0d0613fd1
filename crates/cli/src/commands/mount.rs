use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use fsimage::{FileSystem, MountOptions, MountWarning};
use serde_json::json;

use super::open::image;
use super::{Context, output, warn};
use crate::Exit;
use crate::args::Mount;
use crate::failure::Failure;

/// How long those are waited for who use something of what is unmounted.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run(args: &Mount, context: &Context) -> Result<Exit, Failure> {
    let image = image(&args.reading, context)?;
    let file_system = image.file_system();
    // Losses are told whatever the options say, while they are found.
    let json = context.json;
    let tell = Arc::new(move |warning: MountWarning| warn(json, warning));
    let has_owners = matches!(file_system, FileSystem::RockRidge | FileSystem::Udf | FileSystem::HfsPlus);
    if args.other_users && !has_owners {
        context.warn(format_args!(
            "what is mounted is {file_system}, which has no owners and permissions: every user may read all of it"
        ));
    }
    // From now on a signal unmounts, however often it comes.
    context.left.set_served();
    let options = MountOptions { other_users: args.other_users };
    let mounted = image.mount(&args.directory, &options, tell)?;
    let told = tell_mounted(args, file_system, context);
    if told.is_ok() {
        mounted.wait(&context.control.cancel);
    }
    if !mounted.unmount(PATIENCE)? {
        context.say(format_args!("fsimage: unmounted, while something of it was in use: that has ended"));
    }
    told?;
    Ok(Exit::Done)
}

/// On standard output: whoever waits for it knows then that it is there.
fn tell_mounted(args: &Mount, file_system: FileSystem, context: &Context) -> Result<(), Failure> {
    let (directory, file_system) = (args.directory.display().to_string(), file_system.to_string());
    if context.json {
        return context.print_json(&json!({ "mounted": directory, "file_system": file_system }));
    }
    let mut out = output();
    writeln!(out, "{directory}: {file_system}, until Ctrl-C or umount")?;
    out.flush()?;
    Ok(())
}
