//! GET CONFIGURATION: profiles and features.

use super::decode::{Block, be16};
use super::format::is_formattable;
use super::medium::{Format, Medium};
use super::medium_kind::Family;
use super::status::{self, Outcome};
use super::{Fault, MediumKind, SimulatedDrive};

/// Profiles the drive knows, best first: what it records, and the pressed relatives.
const PROFILES: [u16; 16] = [
    0x0043, 0x0042, 0x0041, 0x0040, 0x002B, 0x001B, 0x001A, 0x0015, 0x0014, 0x0013, 0x0012, 0x0011, 0x0010,
    0x000A, 0x0009, 0x0008,
];

/// A feature descriptor before it is put into bytes.
struct Feature {
    code: u16,
    version: u8,
    persistent: bool,
    current: bool,
    data: Vec<u8>,
}

impl SimulatedDrive {
    pub(super) fn get_configuration(&self, block: &Block) -> Outcome<Vec<u8>> {
        let start = be16(block, 2);
        let mut features = features(self.medium());
        self.spoil(&mut features);
        let chosen = features.into_iter().filter(|feature| feature.code >= start);
        let chosen: Vec<Feature> = match block[1] & 0x03 {
            0 => chosen.collect(),
            1 => chosen.filter(|feature| feature.current).collect(),
            2 => chosen.filter(|feature| feature.code == start).collect(),
            _ => return Err(status::INVALID_FIELD_IN_CDB.into()),
        };
        let profile = self.medium().map_or(0, |medium| medium.profile());
        let mut reply = vec![0; 8];
        reply[6..].copy_from_slice(&profile.to_be_bytes());
        for feature in chosen {
            reply.extend_from_slice(&feature.code.to_be_bytes());
            let flags = u8::from(feature.persistent) << 1 | u8::from(feature.current);
            reply.push(feature.version << 2 | flags);
            reply.push(feature.data.len() as u8);
            reply.extend_from_slice(&feature.data);
        }
        let len = reply.len() as u32 - 4;
        reply[..4].copy_from_slice(&len.to_be_bytes());
        Ok(reply)
    }
}

impl SimulatedDrive {
    /// What faults make of the features.
    fn spoil(&self, features: &mut [Feature]) {
        for feature in features {
            match (feature.code, &mut feature.data[..]) {
                (0x0021, [_, _, _, _, link_size, ..]) if self.faults.has(Fault::BogusLinkSize) => {
                    *link_size = 0xFF;
                }
                // The two older ones.
                (0x0037, [_, sub_types, ..]) if self.faults.has(Fault::UnknownSpeedClass) => {
                    *sub_types &= 0x03
                }
                (0x0023, [flags, ..]) if self.faults.has(Fault::NoCertification) => *flags &= !0x03,
                _ => {}
            }
        }
    }
}

fn features(medium: Option<&Medium>) -> Vec<Feature> {
    let kind = medium.map(|medium| medium.kind);
    let family = medium.map(Medium::family);
    let current_profile = medium.map(Medium::profile);
    let cd = family == Some(Family::Cd);
    let dvd = family.is_some_and(Family::is_dvd);
    let bd = family.is_some_and(Family::is_bd);
    let minus_r = family == Some(Family::DvdMinusR);
    let restricted = family == Some(Family::RestrictedOverwrite);
    let overwritable = matches!(family, Some(Family::DvdRam | Family::DvdPlusRw | Family::BdRe));
    let increments = medium.is_some_and(Medium::takes_increments);
    let formattable = medium.is_some_and(is_formattable)
        && (bd || dvd)
        && (family != Some(Family::BdR) || medium.is_some_and(|medium| medium.format == Format::None))
        && family != Some(Family::BdRandom);
    let formatted = medium.is_some_and(|medium| medium.format != Format::None);
    let takes_data = medium.is_some_and(|medium| !medium.finalized);
    let readable = medium.is_some_and(|medium| !medium.written.is_empty() || medium.initialized);
    let blocking = kind.map_or(1, MediumKind::blocking) as u16;
    let last = medium.map_or(0, |medium| medium.capacity - 1);

    let persistent = |code, version, data: &[u8]| Feature {
        code,
        version,
        persistent: true,
        current: true,
        data: data.to_vec(),
    };
    let feature = |code, version, current, data: &[u8]| Feature {
        code,
        version,
        persistent: false,
        current,
        data: data.to_vec(),
    };
    let [b0, b1] = blocking.to_be_bytes();
    let [l0, l1, l2, l3] = last.to_be_bytes();
    let profiles: Vec<u8> = PROFILES
        .iter()
        .flat_map(|profile| {
            let [high, low] = profile.to_be_bytes();
            [high, low, u8::from(current_profile == Some(*profile)), 0]
        })
        .collect();
    vec![
        persistent(0x0000, 0, &profiles),
        // Core: SATA; device busy events, inquiry data.
        persistent(0x0001, 2, &[0, 0, 0, 7, 0x01, 0, 0, 0]),
        // Morphing: operational change events.
        persistent(0x0002, 1, &[0x02, 0, 0, 0]),
        // Removable medium: tray, load, eject, lock.
        persistent(0x0003, 1, &[0x39, 0, 0, 0]),
        // Random readable: 2048-byte blocks, with an error recovery page.
        feature(0x0010, 0, readable, &[0, 0, 8, 0, b0, b1, 0x01, 0]),
        feature(0x001D, 0, cd, &[]),
        // CD read: CD-TEXT.
        feature(0x001E, 2, cd, &[0x01, 0, 0, 0]),
        feature(0x001F, 1, dvd, &[0, 0, 0, 0]),
        // Random writable: last address, block size, blocking, error recovery page.
        feature(0x0020, 1, overwritable && formatted, &[l0, l1, l2, l3, 0, 0, 8, 0, b0, b1, 0x01, 0]),
        // Incremental streaming writable: mode 1 blocks; on BD no link blocks, on DVD-R one link size, 16.
        if minus_r {
            feature(0x0021, 3, increments && takes_data, &[0x01, 0x00, 0x01, 1, 16, 0, 0, 0])
        } else {
            feature(0x0021, 3, family == Some(Family::BdR) && takes_data, &[0x01, 0x00, 0x01, 0])
        },
        // Formattable: quick and full certification on BD-RE, none wanted.
        feature(0x0023, 1, formattable, &[0x0B, 0, 0, 0, 0, 0, 0, 0]),
        feature(0x0024, 1, (bd || family == Some(Family::DvdRam)) && formatted, &[0, 0, 0, 0]),
        // Write once: random recording, a cluster at a time.
        feature(0x0025, 0, family == Some(Family::BdRandom) && takes_data, &[0, 0, 8, 0, b0, b1, 0x01, 0]),
        // DVD+RW: writes; no quick start.
        feature(0x002A, 0, family == Some(Family::DvdPlusRw), &[0x01, 0, 0, 0]),
        feature(0x002B, 0, kind == Some(MediumKind::DvdPlusR), &[u8::from(takes_data), 0, 0, 0]),
        // Rigid restricted overwrite: BLANK, and the intermediate state.
        feature(0x002C, 0, restricted, &[0x03, 0, 0, 0]),
        // CD track at once: underrun protection, test write, CD-RW; sound, mode 1 and XA form 1 blocks.
        feature(0x002D, 2, cd && takes_data, &[0x46, 0, 0x05, 0x01]),
        // CD mastering: underrun protection, session at once, raw, test write, CD-RW, R to W; longest cue sheet.
        feature(0x002E, 0, cd && takes_data, &[0x6F, 0x01, 0x38, 0x80]),
        // DVD-R/-RW write: underrun protection, two layers, test write, DVD-RW.
        feature(0x002F, 2, minus_r && takes_data || restricted, &[0x4E, 0, 0, 0]),
        // CD-RW sub-types 0 to 3.
        feature(0x0037, 0, kind == Some(MediumKind::CdRw), &[0, 0x0F, 0, 0]),
        // BD-R pseudo-overwrite.
        feature(
            0x0038,
            0,
            medium.is_some_and(|medium| medium.format == Format::PseudoOverwrite),
            &[0, 0, 0, 0],
        ),
        feature(0x003B, 0, kind == Some(MediumKind::DvdPlusRDl), &[u8::from(takes_data), 0, 0, 0]),
        // BD read: BD-RE and BD-R of every class, BD-ROM.
        feature(
            0x0040,
            0,
            bd,
            &[0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        ),
        feature(0x0041, 0, bd && takes_data, &[0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0]),
        persistent(0x0100, 0, &[]),
        persistent(0x0105, 0, &[0, 0, 0, 0]),
        // Real-time streaming: SET CD SPEED, page 2A speeds, write speed descriptors, stream writing on BD and
        // DVD-RAM.
        feature(
            0x0107,
            3,
            medium.is_some(),
            &[0x0E | u8::from(bd || family == Some(Family::DvdRam)), 0, 0, 0],
        ),
        // Firmware date: 2020-01-01 00:00:00.
        persistent(0x010C, 0, b"20200101000000\0\0"),
    ]
}
