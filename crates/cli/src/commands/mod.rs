//! One file per command.

mod append;
mod audio;
mod boot_report;
mod build;
mod burn;
mod cat;
mod copy;
mod drive;
mod drives;
mod extract;
mod info;
mod ls;
mod manifest;
#[cfg(target_os = "linux")]
mod mount;
mod notices;
mod open;
mod plan;
mod project;
mod recover;
mod remaster;
mod serve;
mod sim;
mod told;
mod update;
mod verify;

use std::cell::{Cell, RefCell};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::net::SocketAddr;

use fsimage::{
    BootLoss, ClosedTracks, Control, FileSystem, Image, ImportWarning, LayoutPlan, Notice, PassedOver,
    Skipped,
};
use serde::Serialize;
use serde_json::json;

pub(crate) use build::{left_of, write_to_stdout};

use crate::Exit;
use crate::args::{Args, Command, FileSystemName};
use crate::counted::counted;
use crate::failure::Failure;
use crate::mkisofs::Personality;
use crate::plan_options::file_systems;
use crate::printable::printable;
use crate::progress::{self, Left};
use crate::sources::Added;

/// Where the changes of names and items are named that a command counts.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ChangesNamed {
    /// By the command that shows the plan, with the same sources and options.
    By(String),
    /// Where they are counted: no command shows that plan.
    Here,
    /// They have been.
    Before,
}

/// What all commands have.
pub(crate) struct Context {
    json: bool,
    quiet: bool,
    pub(crate) control: Control,
    pub(crate) left: Left,
    /// Whether the exit status is to tell of something: items of an imported session that cannot be had, a tray that does
    /// not move.
    has_findings: Cell<bool>,
    /// What was closed of a session that was left open.
    closed: RefCell<Option<ClosedTracks>>,
    /// Where changes of names and items are named.
    changes_named: RefCell<ChangesNamed>,
    /// What is brought back from older sessions, which is told when all else is known to be as asked.
    restored: RefCell<Vec<Restored>>,
}

/// An item that is brought back.
#[derive(Serialize)]
struct Restored {
    session: u16,
    path: String,
    /// What that session does not have in it.
    removed: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    if let Command::Mkisofs { arguments } = &args.command {
        return crate::mkisofs::run(Personality::Genisoimage, arguments);
    }
    let context = Context::new(args.json, args.quiet);
    let exit = run_in(args, &context).map_err(|failure| failure.behind_closing(context.closed.take()))?;
    Ok(if exit == Exit::Done && context.has_findings.get() { Exit::Findings } else { exit })
}

fn run_in(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.command {
        // Above: it has options of its own for what the context says.
        Command::Mkisofs { .. } => Ok(Exit::Done),
        Command::Build(args) => build::run(args, context),
        Command::Burn(args) => burn::run(args, context),
        Command::Audio(args) => audio::run(args, context),
        Command::Append(args) => append::run(args, context),
        Command::Update(args) => update::run(args, context),
        Command::Remaster(args) => remaster::run(args, context),
        Command::Copy(args) => copy::run(args, context),
        Command::Plan(args) => plan::run(args, context),
        Command::Project(args) => project::run(args, context),
        Command::Serve(args) => serve::run(args, context),
        Command::Ls(args) => ls::run(args, context),
        Command::Cat(args) => cat::run(args, context),
        Command::Extract(args) => extract::run(args, context),
        Command::Manifest(args) => manifest::run(args, context),
        #[cfg(target_os = "linux")]
        Command::Mount(args) => mount::run(args, context),
        Command::Info(args) => info::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Recover(args) => recover::run(args, context),
        Command::Drives => drives::run(context),
        Command::Sim(args) => sim::run(args, context),
        Command::Drive(args) => drive::run(args, context),
    }
}

impl Context {
    pub(crate) fn new(json: bool, quiet: bool) -> Context {
        let (control, left) = progress::control(quiet, json);
        let changes_named = RefCell::new(ChangesNamed::By("fsimage plan".to_owned()));
        let closed = RefCell::default();
        Context {
            json,
            quiet,
            control,
            left,
            has_findings: Cell::new(false),
            closed,
            changes_named,
            restored: RefCell::default(),
        }
    }

    /// Says that `fsimage plan` shows what is added to this session of an image or a medium.
    fn changes_by_plan_onto(&self, target: impl std::fmt::Display, session: u16) {
        let command = format!("fsimage plan --onto {target} --session {session}");
        self.changes_named.replace(ChangesNamed::By(command));
    }

    /// A line for people, on standard error.
    pub(crate) fn say(&self, line: impl std::fmt::Display) {
        if !self.quiet && !self.json {
            complain(line);
        }
    }

    /// What is lost of what is read, even with `--quiet`.
    fn warn(&self, warning: impl std::fmt::Display) {
        warn(self.json, warning);
    }

    /// A line of what is in the exit status as well, told even with `--quiet`.
    fn tell_finding(&self, line: impl std::fmt::Display) {
        self.has_findings.set(true);
        if !self.json {
            complain(format_args!("fsimage: {line}"));
        }
    }

    /// That the tray did not move, behind all that was recorded.
    fn tell_tray(&self, moved: fsimage::Result<()>) -> Option<String> {
        let failure = moved.err()?.to_string();
        self.tell_finding(format_args!("all is recorded, but the tray did not move as asked: {failure}"));
        Some(failure)
    }

    /// The URL of what is served from now on, on standard output; and on standard error what others than those of this
    /// machine can do with it. Nothing is left half done when it ends: a second Ctrl-C has nothing to add.
    fn tell_url(&self, url: &str, listen: SocketAddr, can: &str) -> Result<(), Failure> {
        if !listen.ip().is_loopback() {
            self.say(format_args!("fsimage: whoever reaches {listen} can {can}"));
        }
        if self.json {
            self.print_json(&json!({ "url": url }))?;
        } else {
            let mut out = output();
            writeln!(out, "{url}")?;
            out.flush()?;
        }
        self.left.set_served();
        Ok(())
    }

    /// Says of an item that an older session has it, and what that does not have in it, when the sources are told.
    pub(crate) fn restored(&self, session: u16, path: &str, gone: &[String]) {
        let restored = Restored { session, path: path.to_owned(), removed: gone.to_vec() };
        self.restored.borrow_mut().push(restored);
    }

    /// What was brought back, and sources that were left out. Losses are told even with `--quiet`.
    /// A glob that matched nothing is perhaps a typing mistake.
    fn tell_added(&self, added: &Added) {
        for Restored { session, path, removed } in self.restored.borrow().iter() {
            self.say(format_args!("fsimage: restored as session {session} has it: {}", printable(path)));
            for path in removed {
                self.say(format_args!(
                    "fsimage: removed, as session {session} lacks it: {}",
                    printable(path)
                ));
            }
        }
        if !self.json {
            for Skipped { path, reason } in &added.skipped {
                complain(format_args!("fsimage: left out: {}: {reason}", path.display()));
            }
        }
        for glob in &added.unmatched {
            self.say(format_args!("fsimage: --exclude {glob}: nothing matches"));
        }
    }

    /// How much of the tree the file systems cannot keep.
    fn tell_notices(&self, plan: &LayoutPlan<'_>) {
        for notice in plan.volume_notices() {
            if matches!(notice, Notice::NoSuchFile { .. } | Notice::TypesDropped) {
                self.say(format_args!("fsimage: {notice}"));
            }
        }
        let counts = plan.notice_counts();
        let told: Vec<String> = [
            (counts.renamed, "renamed"),
            (counts.texts_changed, "changed in texts of the volume"),
            (counts.dropped, "left out of a file system"),
            (counts.relocated, "relocated"),
            (counts.time_clamped, "with a changed time"),
            (counts.streams_dropped, "without some named streams or extended attributes in a file system"),
            (counts.acl_dropped, "without access control lists in a file system"),
            (counts.real_time_dropped, "no longer real-time"),
            (
                counts.shown_encoded,
                "shown as stored in a file system: compressed, or with tables instead of holes",
            ),
            (counts.links_parted, "no longer hard links in a file system"),
            (counts.behind_partition, BEHIND_PARTITION),
            (counts.same_in_linux, "of which Linux shows the same part of the name as of another"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
        if !told.is_empty() {
            match &*self.changes_named.borrow() {
                ChangesNamed::By(command) => {
                    let how = format_args!("'{command}' with the same sources and options shows each");
                    self.say(format_args!("fsimage: {}; {how}", told.join(", ")));
                }
                ChangesNamed::Here => {
                    self.say(format_args!("fsimage: {}", told.join(", ")));
                    self.name_changes(plan);
                }
                ChangesNamed::Before => {}
            }
        }
    }

    fn name_changes(&self, plan: &LayoutPlan<'_>) {
        const MOST: usize = 20;
        let named = plan.first_changes(MOST);
        for change in &named {
            self.say(format_args!("fsimage: {}", printable(&change.to_string())));
        }
        let more = plan.notice_counts().total().saturating_sub(named.len() as u64);
        if more > 0 {
            self.say(format_args!("fsimage: {}; --json has all", counted(more, "more change")));
        }
    }

    /// What of an imported session is not kept. Losses are told even with `--quiet`; with `--strict` they are
    /// errors. Items that cannot be had are in the exit status.
    fn tell_warnings(&self, warnings: &[ImportWarning], strict: bool) -> Result<(), Failure> {
        self.tell_import("import", warnings, strict)
    }

    /// The same of an import that is called something else.
    pub(crate) fn tell_import(
        &self,
        import: &str,
        warnings: &[ImportWarning],
        strict: bool,
    ) -> Result<(), Failure> {
        if let (true, Some(first)) = (strict, warnings.first()) {
            return Err(Failure::argument("--strict", format!("{import}: {first}")));
        }
        if warnings.iter().any(ImportWarning::is_about_missing_items) {
            self.has_findings.set(true);
        }
        if !self.json {
            warnings.iter().for_each(|warning| complain(format_args!("fsimage: {import}: {warning}")));
        }
        Ok(())
    }

    /// What of the imported boot set-up is not kept, or is of use for the earlier state alone.
    fn tell_lost(&self, lost: &[BootLoss]) {
        let told = |loss: &BootLoss| if loss.is_outdated() { "stays as it was" } else { "not kept" };
        if !self.json {
            lost.iter().for_each(|loss| complain(format_args!("fsimage: {}: {loss}", told(loss))));
        }
    }

    /// Tells what of an image could not be read, after it was listed; whether all is there.
    fn tell_losses(&self, image: &Image) -> Result<Exit, Failure> {
        let losses = image.losses(&self.control)?;
        losses.iter().for_each(|loss| self.warn(loss));
        let is_newest = !image.passed_over().iter().any(PassedOver::may_hold_files);
        let is_whole = losses.is_empty() && !image.is_interrupted() && is_newest;
        Ok(if is_whole { Exit::Done } else { Exit::Findings })
    }

    /// One JSON object, on standard output.
    fn print_json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let mut out = output();
        serde_json::to_writer(&mut out, value)?;
        writeln!(out)?;
        out.flush()?;
        Ok(())
    }
}

/// What files are of which a notice tells that they lie behind the partition that can be mounted by itself.
pub(crate) const BEHIND_PARTITION: &str =
    "behind the partition of the GPT that can be mounted by itself, where only the name is seen";

/// Losses in words.
fn told(lost: &[BootLoss]) -> Vec<String> {
    lost.iter().map(ToString::to_string).collect()
}

/// Buffered standard output. Who writes to it must flush it, to see errors.
fn output() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// A line on standard error; if that is closed, nobody can be told.
pub(crate) fn complain(line: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{}", printable(&line.to_string()));
}

/// What is lost, or is not what it seems: told even with `--quiet`, and machines in an object of its own.
fn warn(json: bool, warning: impl std::fmt::Display) {
    match json {
        true => {
            let _ = writeln!(io::stderr(), "{}", json!({ "warning": warning.to_string() }));
        }
        false => complain(format_args!("fsimage: {warning}")),
    }
}

/// File systems in the order of the command line, or else the facade's.
fn preference(names: &[FileSystemName]) -> Result<Vec<FileSystem>, Failure> {
    match names {
        [] => Ok(fsimage::DEFAULT_PREFERENCE.to_vec()),
        names => file_systems(names),
    }
}

/// Bytes in words.
pub(crate) fn bytes(count: u64) -> impl std::fmt::Display {
    indicatif::BinaryBytes(count)
}
