//! Lengths of System Use entries that are known from their signatures, and what is made of entries that have others.

use super::system_use::is_understood;
use crate::rock_ridge::{
    ChildLink, DeviceNumber, ParentLink, PosixAttributes, RelocatedDirectory, RockRidgePresent, TimeFlags,
    TimeStamps,
};
use crate::susp::{
    ContinuationArea, Entry, ExtensionsReference, SharingProtocolIndicator, Signature, Terminator,
};

/// Where the length of an entry stands in it.
const LENGTH: usize = 2;

/// An entry that is longer or shorter than its signature lets it be.
pub(super) struct Misfit<'a> {
    pub(super) signature: Signature,
    /// The clause that gives the length.
    pub(super) clause: &'static str,
    /// The length that it says.
    pub(super) stated: u8,
    pub(super) taken: Taken<'a>,
}

/// How an entry is read whose length is wrong.
pub(super) enum Taken<'a> {
    /// With the right length, since entries go on behind that: its bytes with it, and those behind them.
    Right(Vec<u8>, &'a [u8]),
    /// As it says, since entries go on there.
    Stated,
    /// As it says, and entries may be lost.
    Lost,
}

/// The entry at the start of `area`, if it is a known one with a length that it cannot have.
pub(super) fn misfit(area: &[u8]) -> Option<Misfit<'_>> {
    let &[a, b, stated, version, ..] = area else { return None };
    let signature = Signature([a, b]);
    let (lengths, clause) = lengths(signature, area)?;
    if version != 1 {
        return None;
    }
    let stated_length = usize::from(stated);
    let can_be = lengths.contains(&stated_length);
    let goes_on_as_stated = area.get(stated_length..).is_some_and(goes_on);
    if can_be && goes_on_as_stated {
        return None;
    }
    let right = lengths.into_iter().find_map(|length| {
        let (entry, rest) = area.split_at_checked(length)?;
        goes_on(rest).then_some((length, entry, rest))
    });
    let taken = match right {
        // One of two lengths may be the wrong one.
        Some((length, entry, rest)) => {
            let mut entry = entry.to_vec();
            // No known entry has more than 255 bytes.
            entry[LENGTH] = length as u8;
            Taken::Right(entry, rest)
        }
        None if can_be => return None,
        None if goes_on_as_stated => Taken::Stated,
        None => Taken::Lost,
    };
    Some(Misfit { signature, clause, stated, taken })
}

/// The lengths that an entry may have, and the clause that says so; `None` where that is not known.
fn lengths(signature: Signature, area: &[u8]) -> Option<([usize; 2], &'static str)> {
    let one = |length, clause| Some(([length; 2], clause));
    match signature {
        PosixAttributes::SIGNATURE => Some(([44, 36], "RRIP 4.1.1")),
        DeviceNumber::SIGNATURE => one(20, "RRIP 4.1.2"),
        ChildLink::SIGNATURE => one(12, "RRIP 4.1.5.1"),
        ParentLink::SIGNATURE => one(12, "RRIP 4.1.5.2"),
        RelocatedDirectory::SIGNATURE => one(4, "RRIP 4.1.5.3"),
        TimeStamps::SIGNATURE => {
            let flags = TimeFlags::from_bits_retain(*area.get(4)?);
            let stamp = if flags.contains(TimeFlags::LONG_FORM) { 17 } else { 7 };
            let stamps = (flags - TimeFlags::LONG_FORM).bits().count_ones() as usize;
            one(5 + stamps * stamp, "RRIP 4.1.6")
        }
        RockRidgePresent::SIGNATURE => one(5, "RRIP 1.09"),
        ContinuationArea::SIGNATURE => one(ContinuationArea::LEN, "SUSP 5.1"),
        SharingProtocolIndicator::SIGNATURE => one(7, "SUSP 5.3"),
        _ => None,
    }
}

/// Whether a known entry begins here, or none that says anything follows.
fn goes_on(rest: &[u8]) -> bool {
    if rest.iter().all(|&byte| byte == 0) {
        return true;
    }
    let Ok((_, entry)) = Entry::parse(rest) else {
        // One whose length is wrong itself.
        return matches!(*rest, [a, b, _, 1, ..] if lengths(Signature([a, b]), rest).is_some());
    };
    let is_of_protocol = matches!(
        entry.signature,
        Terminator::SIGNATURE | ExtensionsReference::SIGNATURE | ContinuationArea::SIGNATURE
    );
    entry.version == 1 && (is_of_protocol || is_understood(&entry))
}
