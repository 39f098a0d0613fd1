//! All sessions of a disc, each as one of its copy: every file lies there once, as on the disc.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use multisession::Session;
use sector_io::{Sector, SectorCount};

use super::{CopyOptions, MergedCopy};
use crate::append::{GrowingImage, first_place, write_first};
use crate::boot::{BootLoss, BootSource, KeptSystemArea, readable_end};
use crate::disc::{Disc, PassedOver};
use crate::image_file::{open_stream, replace, write_image};
use crate::import::{ImportOptions, ImportWarning, ImportedTrees, import};
use crate::plan::{ImportedContent, LayoutPlan, Medium, Notice, NoticeCounts, Place, visit_files};
use crate::record::GrowingDisc;
use crate::tree::{ContentPlace, FileSystems, SpoolProblem, content_place};
use crate::{Control, Error, Result};

/// Bytes that are handed on at a time.
const PIECE: usize = 1 << 20;

/// Changes of a session that are named; of more only the number is told.
const NAMED: usize = 20;

/// A session that is copied, with what cannot be kept of it.
#[derive(Clone, Debug)]
pub struct CopiedSession {
    /// Its number on the disc.
    pub number: u16,
    /// What the import could not keep.
    pub warnings: Vec<ImportWarning>,
    /// What of its boot set-up is not kept, where that was accepted.
    pub boot_losses: Vec<BootLoss>,
    /// Names and items that its file systems cannot keep as they are.
    pub changes: NoticeCounts,
    /// The first of these, at most 20.
    pub first_changes: Vec<Notice>,
}

/// The sessions of a disc, to be written one behind another onto a blank medium or into a new image. Each shows in all its
/// file systems what it showed; files of earlier sessions are referred to where the copy has them.
pub struct SessionCopies<'d> {
    disc: &'d Disc,
    options: CopyOptions,
    medium: Medium,
    /// Whether readers find the newest session by a head at the beginning, so that it has a system area.
    has_head: bool,
    /// Whether the first session has a system area that holds anything: without a head, it stays for all that follow.
    first_has_area: bool,
    sessions: Vec<CopiedSession>,
    left_out: Vec<PassedOver>,
    done: usize,
    /// Where what lies somewhere on the disc lies on the copy.
    places: HashMap<ContentPlace, CopiedContent>,
}

/// A content that is on the copy.
#[derive(Clone, Copy)]
struct CopiedContent {
    start: Sector,
    /// Whether a boot information table in it tells its new place, so that it has other digests than on the disc.
    has_new_boot_info: bool,
}

impl fmt::Debug for SessionCopies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SessionCopies { sessions, left_out, done, .. } = self;
        let mut shown = f.debug_struct("SessionCopies");
        shown.field("sessions", sessions).field("left_out", left_out).field("done", done);
        shown.finish_non_exhaustive()
    }
}

impl<'d> SessionCopies<'d> {
    /// For a new image file. Looks at all sessions that are complete.
    ///
    /// # Errors
    /// As [`MergedCopy::of`] for each of them; [`Error::EmptyMedium`] if there is none; [`Error::FileSystemChange`] where
    /// they begin in one head, and only some have ISO 9660 or UDF.
    pub fn for_image(disc: &'d Disc, options: CopyOptions, control: &Control) -> Result<SessionCopies<'d>> {
        SessionCopies::new(disc, (Medium::ImageFile, true), options)?.looked_at(None, control)
    }

    /// For a medium on which there is nothing yet.
    ///
    /// # Errors
    /// As [`for_image`](SessionCopies::for_image); [`Error::ImageTooBig`] if the sessions will not fit, and
    /// [`Error::HoldsSessions`] for another medium.
    pub fn for_medium(
        disc: &'d Disc,
        growing: &GrowingDisc,
        options: CopyOptions,
        control: &Control,
    ) -> Result<SessionCopies<'d>> {
        if !growing.disc().sessions().is_empty() {
            return Err(Error::HoldsSessions { drive: growing.drive().name().to_owned() });
        }
        let ground = (growing.drive().medium_family(), growing.has_head());
        SessionCopies::new(disc, ground, options)?.looked_at(growing.place().available, control)
    }

    fn new(
        disc: &'d Disc,
        (medium, has_head): (Medium, bool),
        options: CopyOptions,
    ) -> Result<SessionCopies<'d>> {
        let with_data = disc.sessions().iter().filter(|session| !disc.is_sound(session));
        let (set_aside, complete): (Vec<Session>, Vec<Session>) =
            with_data.copied().partition(|session| disc.is_set_aside(session));
        let left_out = set_aside.iter().filter_map(|session| disc.is_passed_over(session)).collect();
        if complete.is_empty() {
            disc.session(None)?;
            return Err(Error::EmptyMedium { medium: disc.name().to_owned() });
        }
        let session = |session: Session| CopiedSession {
            number: session.number,
            warnings: Vec::new(),
            boot_losses: Vec::new(),
            changes: NoticeCounts::default(),
            first_changes: Vec::new(),
        };
        let sessions = complete.into_iter().map(session).collect();
        let places = HashMap::new();
        let first_has_area = false;
        let done = 0;
        Ok(SessionCopies {
            disc,
            options,
            medium,
            has_head,
            first_has_area,
            sessions,
            left_out,
            done,
            places,
        })
    }

    /// Imports each session once, for what cannot be kept and for the room that all need.
    fn looked_at(mut self, available: Option<SectorCount>, control: &Control) -> Result<SessionCopies<'d>> {
        let mut seen = HashSet::new();
        let mut needed = 0;
        let mut first_has = None;
        for index in 0..self.sessions.len() {
            let copy = self.read(index, control)?;
            let has = copy.options.file_systems;
            if index == 0 {
                self.first_has_area = copy.has_system_area();
            }
            self.check_file_systems(index, *first_has.get_or_insert(has), has)?;
            let plan = copy.plan()?;
            needed += u64::from(plan.extent().len.get());
            for (place, _, sectors) in contents_of(&plan) {
                if !seen.insert(place) {
                    needed -= u64::from(sectors.get());
                }
            }
            let (changes, first_changes) = (plan.notice_counts(), plan.first_changes(NAMED));
            drop(plan);
            let MergedCopy { imported, boot_losses, .. } = copy;
            let (number, warnings) = (self.sessions[index].number, imported.warnings);
            self.sessions[index] = CopiedSession { number, warnings, boot_losses, changes, first_changes };
        }
        match available {
            Some(available) if needed > u64::from(available.get()) => {
                Err(Error::ImageTooBig { needed, available })
            }
            _ => Ok(self),
        }
    }

    /// That a session has ISO 9660 and UDF where the first one has them: readers of both begin in one head.
    fn check_file_systems(&self, index: usize, first_has: FileSystems, has: FileSystems) -> Result<()> {
        let in_head = [(FileSystems::ISO9660, "ISO 9660"), (FileSystems::UDF, "UDF")];
        let differing = in_head.into_iter().find(|(one, _)| first_has.contains(*one) != has.contains(*one));
        let Some((file_system, name)) = differing.filter(|_| self.has_head) else { return Ok(()) };
        let (first, this) = (self.sessions[0].number, self.sessions[index].number);
        let (lacking, other) = if has.contains(file_system) { (first, this) } else { (this, first) };
        let lost =
            self.disc.session(Some(lacking)).ok().and_then(|one| self.disc.unreadable_descriptor(&one));
        let why = lost.map_or(String::new(), |error| format!(" that is found ({error})"));
        let reason = format!(
            "session {lacking} has no {name}{why}, and session {other} has, where the sessions of the copy share a head; \
             without --sessions they are copied as one"
        );
        Err(Error::FileSystemChange { reason })
    }

    fn read(&self, index: usize, control: &Control) -> Result<MergedCopy> {
        let session = Some(self.sessions[index].number);
        let options = ImportOptions { session, trees: ImportedTrees::All, ..ImportOptions::default() };
        let mut imported = import(self.disc, &options, control)?;
        if index > 0 && !self.has_head && (self.first_has_area || imported.boot.has_system_area()) {
            imported.warnings.push(ImportWarning::PartitionTable);
            imported.boot = imported.boot.without_system_area();
        }
        let copy = MergedCopy::of_imported(imported, self.options)?;
        if self.sessions.len() > 1 && copy.options.partition_offset > SectorCount::ZERO {
            return Err(Error::Unsupported {
                feature: "copying the sessions of a disc that has a partition to be mounted by itself (copied as one \
                          session it keeps that)"
                    .to_owned(),
            });
        }
        Ok(copy)
    }

    /// The sessions that are copied, oldest first.
    pub fn sessions(&self) -> &[CopiedSession] {
        &self.sessions
    }

    /// The sessions that are left out, oldest first, and why. Sound is none of them, nor is a session in which nothing was recorded.
    pub fn left_out(&self) -> &[PassedOver] {
        &self.left_out
    }

    /// The next session, for its `place` on what there is of the copy so far. `None` behind the last one. When it is
    /// written, [`wrote`](SessionCopies::wrote) is to be told.
    ///
    /// # Errors
    /// As [`for_image`](SessionCopies::for_image).
    pub fn next(&self, copy: Option<&Disc>, place: Place, control: &Control) -> Result<Option<MergedCopy>> {
        if self.done == self.sessions.len() {
            return Ok(None);
        }
        let next = self.read(self.done, control)?;
        let next = match copy.filter(|_| self.done > 0) {
            Some(disc) => next.continuing(disc, &self.places)?,
            None => next,
        };
        next.onto(self.medium, place).map(Some)
    }

    /// Whether the session that comes next is the last.
    pub fn is_last(&self) -> bool {
        self.done + 1 == self.sessions.len()
    }

    /// Takes down where the contents of a session lie that was written by this plan.
    pub fn wrote(&mut self, plan: &LayoutPlan<'_>) {
        self.done += 1;
        self.places.extend(contents_of(plan).map(|(place, copied, _)| (place, copied)));
    }

    /// Writes an image file with all sessions. It appears there when it is complete; a device or pipe that is there already
    /// gets it as [`write_to`](SessionCopies::write_to) has it.
    ///
    /// # Errors
    /// As [`write_image`] and [`GrowingImage::write`].
    pub fn write_image(mut self, path: &Path, control: &Control) -> Result<()> {
        if let Some(mut stream) = open_stream(path)? {
            return self.write_to(&mut stream, path, control);
        }
        replace(path, |unfinished| {
            while let Some(()) = self.write_next(unfinished, control)? {}
            Ok(())
        })
    }

    /// Writes the same from its beginning to its end, to a pipe for instance. Each session changes what is at the
    /// beginning, so that all of it waits in a temporary file of the system. `name` is what errors call the output.
    ///
    /// # Errors
    /// As [`write_image`](SessionCopies::write_image).
    pub fn write_to(mut self, out: &mut dyn io::Write, name: &Path, control: &Control) -> Result<()> {
        let temporary = tempfile::NamedTempFile::new().map_err(|error| Error::Spool {
            folder: std::env::temp_dir(),
            problem: SpoolProblem::Open(error),
        })?;
        let path = temporary.path();
        while let Some(()) = self.write_next(path, control)? {}
        let mut image =
            File::open(path).map_err(|source| Error::ImageOpen { path: path.to_owned(), source })?;
        let mut piece = vec![0; PIECE];
        loop {
            control.check("the output is incomplete")?;
            let written =
                image.read(&mut piece).and_then(|read| out.write_all(&piece[..read]).map(|()| read));
            if written.map_err(|source| Error::OutputWrite { path: name.to_owned(), source })? == 0 {
                break;
            }
        }
        out.flush().map_err(|source| Error::OutputWrite { path: name.to_owned(), source })
    }

    fn write_next(&mut self, path: &Path, control: &Control) -> Result<Option<()>> {
        let growing = match self.done {
            0 => None,
            _ => Some(GrowingImage::open(path)?),
        };
        let place = match &growing {
            Some(growing) => growing.place(),
            // Behind a head, programs that know nothing of copies of heads find each session.
            None if self.sessions.len() > 1 => first_place(),
            None => Place::default(),
        };
        let Some(copy) = self.next(growing.as_ref().map(GrowingImage::disc), place, control)? else {
            return Ok(None);
        };
        let plan = copy.plan()?;
        match growing {
            None if self.sessions.len() > 1 => write_first(&plan, path, control)?,
            None => write_image(&plan, path, control)?,
            Some(growing) => growing.write(&plan, control)?,
        }
        self.wrote(&plan);
        Ok(Some(()))
    }
}

impl MergedCopy {
    /// The same as a further session of `disc`, on which `places` says where contents lie already.
    fn continuing(
        mut self,
        disc: &Disc,
        places: &HashMap<ContentPlace, CopiedContent>,
    ) -> Result<MergedCopy> {
        let mut known = HashSet::new();
        let tree = &mut self.imported.tree;
        visit_files(tree, self.options.file_systems, &mut |_, content| {
            known.insert(content);
        });
        let appended = self.options.system_area.iter().flat_map(KeptSystemArea::appended);
        known.extend(appended.map(|partition| partition.content));
        // What is told where it lies is copied for each session.
        let images = self.options.boot.iter().flat_map(|boot| &boot.images);
        known.extend(images.filter(|image| !image.boot_info_table && !image.grub2_boot_info).filter_map(
            |image| match image.source {
                BootSource::Content(content) => Some(content),
                BootSource::File(_) | BootSource::Appended(_) => None,
            },
        ));
        let mut changed = Vec::new();
        tree.rest_on(disc, &mut |id, content| {
            let place = content_place(content).filter(|_| known.contains(&id))?;
            let copied = places.get(&place)?;
            if copied.has_new_boot_info {
                changed.push(id);
            }
            Some(copied.start)
        })?;
        for id in changed {
            tree.renew_digests(id)?;
        }
        self.options.imported = ImportedContent::StaysInPlace;
        let end = readable_end(disc);
        match &mut self.options.system_area {
            Some(area) => area.set_image_end(end),
            // Else the head would keep that of the session before.
            None => self.options.system_area = Some(KeptSystemArea::empty(end)),
        }
        Ok(self)
    }
}

/// The contents that a plan places and that lie in whole sectors of the disc that is copied: where they lie there, where on
/// the copy, and in how many sectors.
fn contents_of(plan: &LayoutPlan<'_>) -> impl Iterator<Item = (ContentPlace, CopiedContent, SectorCount)> {
    plan.placed_contents().filter_map(|(id, extent)| {
        let place = content_place(plan.tree().lies_at(id).2)?;
        let copied = CopiedContent { start: extent.start, has_new_boot_info: plan.patch_of(id).is_some() };
        Some((place, copied, extent.len))
    })
}
