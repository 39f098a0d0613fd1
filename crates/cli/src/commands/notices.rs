//! What file systems cannot keep, for machines.

use std::cell::RefCell;

use fsimage::{FileSystem, LayoutPlan, Notice};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// All notices of a plan, written as they are told: there may be as many as names.
pub(super) struct Notices<'a>(pub(super) &'a LayoutPlan<'a>);

impl Serialize for Notices<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sequence = RefCell::new(serializer.serialize_seq(None)?);
        let mut failed = None;
        let visited = self.0.visit_notices(&mut |notice| {
            if failed.is_none() {
                failed = sequence.borrow_mut().serialize_element(&PrintedNotice::from(&notice)).err();
            }
            Ok(())
        });
        match (failed, visited) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(serde::ser::Error::custom(error)),
            (None, Ok(())) => sequence.into_inner().end(),
        }
    }
}

/// All notices of a plan that is gone when they are written.
pub(super) fn collected(plan: &LayoutPlan<'_>) -> Result<Vec<PrintedNotice>, Failure> {
    let mut notices = Vec::new();
    plan.visit_notices(&mut |notice| {
        notices.push(PrintedNotice::from(&notice));
        Ok(())
    })?;
    Ok(notices)
}

/// What a command says of a session that it wrote, with all notices of its plan.
#[derive(Serialize)]
pub(super) struct WithNotices<'a> {
    #[serde(flatten)]
    pub(super) summary: &'a Map<String, Value>,
    pub(super) notices: Notices<'a>,
}

/// A notice.
#[derive(Serialize)]
pub(super) struct PrintedNotice {
    kind: &'static str,
    path: String,
    /// The imported session has the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    as_before: bool,
    /// What was asked for: the name, path, target or time in the tree, or the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// What is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_system: Option<String>,
    /// Which text of the volume descriptors.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<String>,
    message: String,
}

impl From<&Notice> for PrintedNotice {
    fn from(notice: &Notice) -> PrintedNotice {
        if let Notice::AsBefore(same) = notice {
            let message = notice.to_string();
            return PrintedNotice { as_before: true, message, ..PrintedNotice::from(&**same) };
        }
        let mut printed = PrintedNotice {
            kind: "other",
            path: notice.path().to_owned(),
            as_before: false,
            from: None,
            to: None,
            file_system: None,
            text: None,
            reasons: None,
            message: notice.to_string(),
        };
        let mut of = |kind, file_system: FileSystem| {
            printed.kind = kind;
            printed.file_system = Some(file_system.to_string());
        };
        match notice {
            Notice::Renamed { path, file_system, recorded, reasons } => {
                of("renamed", *file_system);
                printed.from = path.rsplit('/').next().map(str::to_owned);
                printed.to = Some(recorded.clone());
                printed.reasons = Some(reasons.clone());
            }
            Notice::TextChanged { text, given, file_system, recorded, reasons } => {
                of("text-changed", *file_system);
                printed.text = Some(text);
                printed.from = Some(given.clone());
                printed.to = Some(recorded.clone());
                printed.reasons = Some(reasons.clone());
            }
            Notice::NoSuchFile { file_system, text, name } => {
                printed.kind = "no-such-file";
                printed.file_system = file_system.as_ref().map(ToString::to_string);
                printed.text = Some(text);
                printed.from = Some(name.clone());
            }
            Notice::Relocated { path, recorded } => {
                of("relocated", FileSystem::Iso9660);
                (printed.from, printed.to) = (Some(path.clone()), Some(recorded.clone()));
            }
            Notice::TargetChanged { target, file_system, recorded, .. } => {
                of("target-changed", *file_system);
                printed.from = Some(target.clone());
                printed.to = Some(recorded.clone());
            }
            Notice::Dropped { file_system, .. } | Notice::HiddenWithDirectory { file_system, .. } => {
                of("dropped", *file_system);
            }
            Notice::LiesOutside { .. } => of("dropped", FileSystem::HfsPlus),
            Notice::StreamsDropped { file_system, .. } => of("streams-dropped", *file_system),
            Notice::AclDropped { file_system, .. } => of("acl-dropped", *file_system),
            Notice::RealTimeDropped { file_system, .. } => of("real-time-dropped", *file_system),
            Notice::ShownEncoded { file_system, .. } => of("shown-encoded", *file_system),
            Notice::LinkParted { file_system, .. } => of("link-parted", *file_system),
            Notice::TimeClamped { file_system, given, recorded, .. } => {
                of("time-clamped", *file_system);
                (printed.from, printed.to) = (Some(given.to_string()), Some(recorded.to_string()));
            }
            Notice::BehindPartition { .. } => of("behind-partition", FileSystem::Iso9660),
            Notice::TypesDropped => of("types-dropped", FileSystem::HfsPlus),
            Notice::UdfSpecials { .. } => of("special-items", FileSystem::Udf),
            Notice::CutByLinux { .. } => of("cut-by-linux", FileSystem::RockRidge),
            Notice::SameInLinux { .. } => of("same-in-linux", FileSystem::RockRidge),
            Notice::DeviceNumber { .. } => of("device-number", FileSystem::RockRidge),
            _ => {}
        }
        printed
    }
}
