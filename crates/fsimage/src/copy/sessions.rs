//! All sessions of a disc, each as one of its copy: every file lies there once, as on the disc.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use multisession::Session;
use sector_io::{FileSectors, ReadSectors, Sector, SectorCount};

use super::{CopyOptions, MergedCopy};
use crate::append::{GrowingImage, first_place, write_first};
use crate::boot::{BootLoss, BootSource, KeptSystemArea, Losses, MerePartition, readable_end};
use crate::disc::{Disc, PassedOver, TracksLeftOut};
use crate::emit::{DescriptorSink, SectorSink};
use crate::image_file::{replace, write_image};
use crate::import::{ImportOptions, ImportWarning, Imported, ImportedTrees, import};
use crate::plan::{ImportedContent, LayoutPlan, Medium, Notice, NoticeCounts, Place, visit_files};
use crate::record::GrowingDisc;
use crate::tree::{ContentPlace, FileSystems, SpoolProblem, content_place};
use crate::{Control, Error, Result, UdfRevision};

/// Sectors that are handed on at a time.
const PIECE: u32 = 512;

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
    tracks_left_out: Option<TracksLeftOut>,
    done: usize,
    /// Where what lies somewhere on the disc lies on the copy.
    places: HashMap<ContentPlace, CopiedContent>,
    /// Where partitions in no file lie on the disc that the system area of the first session tells of.
    first_partitions: HashSet<ContentPlace>,
    /// Where lies what that system area leads to, each beside what is told where that has been replaced.
    first_leads_to: Vec<(BootLoss, Option<ContentPlace>)>,
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
    /// As [`MergedCopy::of`] for each of them; [`Error::EmptyMedium`] if there is none; [`Error::FileSystemChange`] and
    /// [`Error::UdfRevisionChange`] for one that cannot follow the one before.
    pub fn for_image(disc: &'d Disc, options: CopyOptions, control: &Control) -> Result<SessionCopies<'d>> {
        SessionCopies::new(disc, (Medium::ImageFile, true), options)?.looked_at(None, control)
    }

    /// For a medium on which there is nothing yet, whose sessions will be recorded `at_once`
    /// ([`BurnOptions::at_once`](crate::BurnOptions::at_once)) or not.
    ///
    /// # Errors
    /// As [`for_image`](SessionCopies::for_image); [`Error::ImageTooBig`] if the sessions will not fit, with all that the
    /// medium has between them; [`Error::InvalidArgument`] and [`Error::MediumNotAllowed`] for several sessions where the first would
    /// complete the medium; [`Error::FileSystemChange`] and [`Error::UdfRevisionChange`] for one that the next could not follow;
    /// and [`Error::HoldsSessions`] for another medium.
    pub fn for_medium(
        disc: &'d Disc,
        (growing, at_once): (&GrowingDisc, bool),
        options: CopyOptions,
        control: &Control,
    ) -> Result<SessionCopies<'d>> {
        growing.check_holds_nothing()?;
        let ground = (growing.drive().medium_family(), growing.has_head());
        let copies = SessionCopies::new(disc, ground, options)?;
        if copies.sessions.len() > 1 {
            growing.check_takes_further(at_once)?;
        }
        copies.looked_at(Some(growing), control)
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
        let told: Vec<u16> = set_aside.iter().map(|session| session.number).collect();
        let tracks_left_out = disc.tracks_left_out(None, &told);
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
        let first_partitions = HashSet::new();
        let first_leads_to = Vec::new();
        let done = 0;
        Ok(SessionCopies {
            disc,
            options,
            medium,
            has_head,
            first_has_area,
            sessions,
            left_out,
            tracks_left_out,
            done,
            places,
            first_partitions,
            first_leads_to,
        })
    }

    /// Imports each session once, for what cannot be kept, for whether the next can follow, and for the room that all need.
    fn looked_at(mut self, growing: Option<&GrowingDisc>, control: &Control) -> Result<SessionCopies<'d>> {
        let mut seen = HashSet::new();
        let mut needed = 0;
        let mut first_has = None;
        for index in 0..self.sessions.len() {
            let mut copy = self.read(index, control)?;
            if index == 0 {
                self.first_has_area = copy.has_system_area();
                let partitions = copy.options.system_area.iter().flat_map(KeptSystemArea::appended);
                let places =
                    partitions.filter_map(|one| content_place(copy.imported.tree.lies_at(one.content).2));
                self.first_partitions = places.collect();
                self.first_leads_to = leads_to(&copy.imported);
            }
            if self.has_head {
                let has = (copy.options.file_systems, copy.options.udf.revision);
                self.check_can_follow(index, *first_has.get_or_insert(has), has)?;
                if index > 0 {
                    copy.give_up_cut_off(&seen, self.options.losses)?;
                }
            }
            let plan = copy.plan()?;
            let mut sectors = u64::from(plan.extent().len.get());
            for (place, _, shared) in contents_of(&plan) {
                if !seen.insert(place) {
                    sectors = sectors.saturating_sub(u64::from(shared.get()));
                }
            }
            if let Some(growing) = growing {
                let Place { alignment, end_padding, .. } = growing.place();
                sectors += u64::from(end_padding.get());
                sectors = sectors.next_multiple_of(u64::from(alignment.get().max(1)));
                sectors += u64::from(growing.gap_before(index).get());
            }
            needed += sectors;
            let (changes, first_changes) = (plan.notice_counts(), plan.first_changes(NAMED));
            drop(plan);
            let MergedCopy { imported, boot_losses, .. } = copy;
            let (number, warnings) = (self.sessions[index].number, imported.warnings);
            self.sessions[index] = CopiedSession { number, warnings, boot_losses, changes, first_changes };
        }
        match growing.and_then(|growing| growing.place().available) {
            Some(available) if needed > u64::from(available.get()) => {
                Err(Error::ImageTooBig { needed, available })
            }
            _ => Ok(self),
        }
    }

    /// That a session can follow the first one where readers find both by one head: with the same file systems, and the same
    /// revision of UDF.
    fn check_can_follow(
        &self,
        index: usize,
        (first_has, earlier): (FileSystems, UdfRevision),
        (has, asked): (FileSystems, UdfRevision),
    ) -> Result<()> {
        let in_head = [(FileSystems::ISO9660, "ISO 9660"), (FileSystems::UDF, "UDF")];
        let differing = in_head.into_iter().find(|(one, _)| first_has.contains(*one) != has.contains(*one));
        if let Some((file_system, name)) = differing {
            let (first, this) = (self.sessions[0].number, self.sessions[index].number);
            let (lacking, other) = if has.contains(file_system) { (first, this) } else { (this, first) };
            let lost =
                self.disc.session(Some(lacking)).ok().and_then(|one| self.disc.unreadable_descriptor(&one));
            let why = lost.map_or(String::new(), |error| format!(" that is found ({error})"));
            let reason = format!(
                "session {lacking} of the disc has no {name}{why}, and session {other} has: where all sessions are found by \
                 one head, they have the same file systems; media that are written once take them, and without --sessions \
                 they are copied as one"
            );
            return Err(Error::FileSystemChange { reason });
        }
        match has.contains(FileSystems::UDF) && earlier != asked {
            true => Err(Error::UdfRevisionChange { earlier, asked }),
            false => Ok(()),
        }
    }

    fn read(&self, index: usize, control: &Control) -> Result<MergedCopy> {
        let session = Some(self.sessions[index].number);
        let options = ImportOptions { session, trees: ImportedTrees::All, ..ImportOptions::default() };
        let mut imported = import(self.disc, &options, control)?;
        let mut stays = Vec::new();
        if index > 0 && !self.has_head && (self.first_has_area || imported.boot.has_system_area()) {
            stays = self.leave_out_system_area(&mut imported);
        }
        let mut copy = MergedCopy::of_imported(imported, self.options)?;
        copy.boot_losses.extend(stays);
        if self.sessions.len() > 1 && copy.options.partition_offset > SectorCount::ZERO {
            return Err(Error::Unsupported {
                feature: "copying the sessions of a disc that has a partition to be mounted by itself (copied as one \
                          session it keeps that)"
                    .to_owned(),
            });
        }
        Ok(copy)
    }

    /// Of a further session on a medium that keeps the system area of the first. Gives what that leads to still, where the session
    /// has something else.
    fn leave_out_system_area(&self, imported: &mut Imported) -> Vec<BootLoss> {
        let now = leads_to(imported);
        let is_replaced = |(stays, before): &&(BootLoss, Option<ContentPlace>)| {
            now.iter().any(|(other, place)| other == stays && place != before)
        };
        let stays = self.first_leads_to.iter().filter(is_replaced).map(|(stays, _)| stays.clone()).collect();
        let session = imported.session.number;
        imported.warnings.push(match self.first_has_area {
            true => ImportWarning::PartitionTable,
            false => ImportWarning::SystemAreaLeftOut { session },
        });
        for partition in imported.boot.mere_partitions() {
            let content = partition.content;
            let place = content.and_then(|content| content_place(imported.tree.lies_at(content).2));
            if !place.is_some_and(|place| self.first_partitions.contains(&place)) {
                let MerePartition { table, number, bytes, .. } = partition;
                imported.warnings.push(ImportWarning::PartitionLeftOut { session, table, number, bytes });
            }
        }
        imported.boot = std::mem::take(&mut imported.boot).without_system_area();
        stays
    }

    /// The sessions that are copied, oldest first.
    #[must_use]
    pub fn sessions(&self) -> &[CopiedSession] {
        &self.sessions
    }

    /// The sessions that are left out, oldest first, and why. Sound is none of them, nor is a session in which nothing was recorded.
    #[must_use]
    pub fn left_out(&self) -> &[PassedOver] {
        &self.left_out
    }

    /// The tracks that are left out: with sound, and in sessions that are copied those with data of no file system.
    #[must_use]
    pub fn tracks_left_out(&self) -> Option<&TracksLeftOut> {
        self.tracks_left_out.as_ref()
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
    #[must_use]
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
        if let Some(mut sink) = DescriptorSink::at(path, &control.cancel)? {
            return self.write_to(&mut sink, control);
        }
        replace(path, |unfinished| {
            while let Some(()) = self.write_next(unfinished, control)? {}
            Ok(())
        })
    }

    /// Writes the same from its beginning to its end, to a pipe for instance. Each session changes what is at the
    /// beginning, so that all of it waits in a temporary file of the system.
    ///
    /// # Errors
    /// As [`write_image`](SessionCopies::write_image).
    pub fn write_to(mut self, sink: &mut dyn SectorSink, control: &Control) -> Result<()> {
        let temporary = tempfile::NamedTempFile::new().map_err(|error| Error::Spool {
            folder: std::env::temp_dir(),
            problem: SpoolProblem::Open(error),
        })?;
        let path = temporary.path();
        loop {
            match self.write_next(path, control) {
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(Error::Cancelled { .. }) => {
                    return Err(Error::Cancelled { state: "nothing was written".to_owned() });
                }
                Err(error) => return Err(error),
            }
        }
        let open_error = |source| Error::ImageOpen { path: path.to_owned(), source };
        let image = FileSectors::open(path).map_err(open_error)?;
        let mut piece = Vec::new();
        let mut at = Sector::ZERO;
        while let Some(left) = image.sectors().get().checked_sub(at.get()).filter(|&left| left > 0) {
            control.check("the output is incomplete")?;
            let count = left.min(PIECE);
            piece.resize(SectorCount::new(count).bytes() as usize, 0);
            image.read_sectors(at, &mut piece)?;
            sink.write(at, &piece)?;
            at = Sector::new(at.get() + count);
        }
        Ok(())
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

/// Where lies what the system area of a session leads to.
fn leads_to(imported: &Imported) -> Vec<(BootLoss, Option<ContentPlace>)> {
    let found = imported.boot.leads_to(&imported.tree).into_iter();
    found.map(|(stays, content)| (stays, content_place(imported.tree.lies_at(content).2))).collect()
}

impl MergedCopy {
    /// Partitions that cannot reach the session, for what lies behind them is one of `there` already: told as what stays, or
    /// refused.
    fn give_up_cut_off(&mut self, there: &HashSet<ContentPlace>, policy: Losses) -> Result<()> {
        let tree = &self.imported.tree;
        let stays =
            |content| content_place(tree.lies_at(content).2).is_some_and(|place| there.contains(&place));
        let Some(area) = &self.options.system_area else { return Ok(()) };
        let losses = area.cut_off(&stays, tree, true);
        if policy == Losses::Refuse && !losses.is_empty() {
            return Err(Error::BootLost { losses });
        }
        self.boot_losses.extend(losses);
        self.boot_losses.extend(area.cut_off(&stays, tree, false));
        Ok(())
    }

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
