use super::Msf;
use super::ecc::{self, Uncorrectable};
use super::edc::edc;
use super::scramble::scramble;

/// Bytes of a sector without subchannel.
pub const RAW_BYTES: usize = 2352;

/// The first 12 bytes of a data sector (ECMA-130 14.1).
pub const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];

/// Where things lie in a sector: header, user data of mode 1, subheader and user data of mode 2.
const HEADER: usize = 12;
const DATA: usize = 16;
const XA_DATA: usize = 24;
/// Error detection code of mode 1, of form 1 and of form 2; the first byte of the parity.
const EDC_1: usize = 2064;
const XA_EDC_1: usize = 2072;
const XA_EDC_2: usize = 2348;
const PARITY: usize = HEADER + ecc::DATA;

/// What is in the sectors of a track. The numbers are those of IMAPI2's `IMAPI_CD_SECTOR_TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SectorType {
    /// Sound: 588 samples of 16 bits for two channels.
    Audio = 0,
    /// Mode 0: nothing.
    ModeZero = 1,
    /// Mode 1: data with error correction.
    Mode1 = 2,
    /// Mode 2 without subheader.
    Mode2Form0 = 3,
    /// Mode 2 form 1 (CD-ROM XA): data with error correction.
    Mode2Form1 = 4,
    /// Mode 2 form 2 (CD-ROM XA): data with error detection at most.
    Mode2Form2 = 5,
    /// [`Mode1`](SectorType::Mode1), encoded and scrambled by the caller.
    Mode1Raw = 6,
    /// [`Mode2Form0`](SectorType::Mode2Form0), encoded and scrambled by the caller.
    Mode2Form0Raw = 7,
    /// [`Mode2Form1`](SectorType::Mode2Form1), encoded and scrambled by the caller.
    Mode2Form1Raw = 8,
    /// [`Mode2Form2`](SectorType::Mode2Form2), encoded and scrambled by the caller.
    Mode2Form2Raw = 9,
}

impl SectorType {
    /// All of them.
    pub const ALL: [SectorType; 10] = [
        SectorType::Audio,
        SectorType::ModeZero,
        SectorType::Mode1,
        SectorType::Mode2Form0,
        SectorType::Mode2Form1,
        SectorType::Mode2Form2,
        SectorType::Mode1Raw,
        SectorType::Mode2Form0Raw,
        SectorType::Mode2Form1Raw,
        SectorType::Mode2Form2Raw,
    ];

    /// Bytes that the caller gives for each sector.
    #[must_use]
    pub const fn user_bytes(self) -> usize {
        match self {
            SectorType::Mode1 | SectorType::Mode2Form1 => 2048,
            SectorType::ModeZero | SectorType::Mode2Form0 | SectorType::Mode2Form2 => 2336,
            _ => RAW_BYTES,
        }
    }

    /// Whether it is sound.
    #[must_use]
    pub const fn is_audio(self) -> bool {
        matches!(self, SectorType::Audio)
    }

    /// Makes the sector as it goes onto the disc in raw recording: encoded, and scrambled unless it is sound.
    /// `user` has [`user_bytes`](SectorType::user_bytes); form 2 begins with its subheader, and what it has in place
    /// of its error detection code is not looked at.
    ///
    /// # Errors
    /// [`BadSector::Length`].
    pub fn encode(self, address: Msf, user: &[u8], into: &mut [u8; RAW_BYTES]) -> Result<(), BadSector> {
        let wrong = BadSector::Length { found: user.len(), expected: self.user_bytes() };
        if user.len() != self.user_bytes() {
            return Err(wrong);
        }
        match self {
            SectorType::ModeZero => encode_mode_0(address, into),
            SectorType::Mode1 => encode_mode_1(address, user.first_chunk().ok_or(wrong)?, into),
            SectorType::Mode2Form0 => encode_mode_2(address, user.first_chunk().ok_or(wrong)?, into),
            SectorType::Mode2Form1 => {
                encode_mode_2_form_1(address, Subheader::DATA, user.first_chunk().ok_or(wrong)?, into);
            }
            SectorType::Mode2Form2 => {
                let (subheader, data) = user.split_at_checked(8).ok_or(wrong)?;
                let subheader = Subheader(*subheader.first_chunk().ok_or(wrong)?);
                encode_mode_2_form_2(address, subheader, data.first_chunk().ok_or(wrong)?, into);
            }
            _ => {
                into.copy_from_slice(user);
                return Ok(());
            }
        }
        scramble(into);
        Ok(())
    }
}

/// The first copy of a mode 2 sector's subheader (CD-ROM XA 4.3.2): file number, channel number, submode, coding
/// information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subheader(pub [u8; 4]);

impl Subheader {
    /// Data of no file in particular.
    pub const DATA: Subheader = Subheader([0, 0, 0x08, 0]);
    /// Bit 5 of the submode.
    const FORM_2: u8 = 0x20;

    /// Whether it says form 2.
    #[must_use]
    pub const fn is_form_2(self) -> bool {
        self.0[2] & Subheader::FORM_2 != 0
    }

    /// What a sector with it is.
    fn form(self) -> SectorForm {
        if self.is_form_2() { SectorForm::Mode2Form2(self) } else { SectorForm::Mode2Form1(self) }
    }

    /// Whether the error detection code of the sector is right if both copies say this. Zeros confirm nothing.
    fn is_confirmed_by_edc(&self, bytes: &[u8; RAW_BYTES]) -> bool {
        let end = if self.is_form_2() { XA_EDC_2 } else { XA_EDC_1 };
        let mut sector = *bytes;
        put_subheader(self.0, &mut sector);
        let code = &sector[end..end + 4];
        code != [0; 4] && code == edc(&sector[DATA..end])
    }
}

fn begin(address: Msf, mode: u8, into: &mut [u8; RAW_BYTES]) {
    into[..HEADER].copy_from_slice(&SYNC);
    into[HEADER..HEADER + 3].copy_from_slice(&address.to_bcd());
    into[HEADER + 3] = mode;
}

/// A sector of mode 0 (ECMA-130 14.2): nothing but zeros behind the header.
pub fn encode_mode_0(address: Msf, into: &mut [u8; RAW_BYTES]) {
    begin(address, 0, into);
    into[DATA..].fill(0);
}

/// A sector of mode 1 (ECMA-130 14), not scrambled.
pub fn encode_mode_1(address: Msf, user: &[u8; 2048], into: &mut [u8; RAW_BYTES]) {
    begin(address, 1, into);
    into[DATA..EDC_1].copy_from_slice(user);
    let code = edc(&into[..EDC_1]);
    into[EDC_1..EDC_1 + 4].copy_from_slice(&code);
    into[EDC_1 + 4..PARITY].fill(0);
    if let Some(protected) = into[HEADER..].first_chunk_mut() {
        ecc::protect(protected);
    }
}

/// A sector of mode 2 without subheader (ECMA-130 14), not scrambled.
pub fn encode_mode_2(address: Msf, user: &[u8; 2336], into: &mut [u8; RAW_BYTES]) {
    begin(address, 2, into);
    into[DATA..].copy_from_slice(user);
}

/// A sector of mode 2 form 1 (CD-ROM XA 4.3), not scrambled. `subheader` loses its bit for form 2.
pub fn encode_mode_2_form_1(
    address: Msf,
    subheader: Subheader,
    user: &[u8; 2048],
    into: &mut [u8; RAW_BYTES],
) {
    let Subheader([file, channel, submode, coding]) = subheader;
    put_subheader([file, channel, submode & !Subheader::FORM_2, coding], into);
    into[XA_DATA..XA_EDC_1].copy_from_slice(user);
    let code = edc(&into[DATA..XA_EDC_1]);
    into[XA_EDC_1..PARITY].copy_from_slice(&code);
    // The header may be changed without the parity: it counts as zeros.
    into[HEADER..DATA].fill(0);
    if let Some(protected) = into[HEADER..].first_chunk_mut() {
        ecc::protect(protected);
    }
    begin(address, 2, into);
}

/// A sector of mode 2 form 2 (CD-ROM XA 4.3), not scrambled. `subheader` gets its bit for form 2.
pub fn encode_mode_2_form_2(
    address: Msf,
    subheader: Subheader,
    user: &[u8; 2324],
    into: &mut [u8; RAW_BYTES],
) {
    let Subheader([file, channel, submode, coding]) = subheader;
    begin(address, 2, into);
    put_subheader([file, channel, submode | Subheader::FORM_2, coding], into);
    into[XA_DATA..XA_EDC_2].copy_from_slice(user);
    let code = edc(&into[DATA..XA_EDC_2]);
    into[XA_EDC_2..].copy_from_slice(&code);
}

/// Both copies of the subheader.
fn subheaders(bytes: &[u8; RAW_BYTES]) -> [Subheader; 2] {
    [DATA, DATA + 4].map(|at| Subheader([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]))
}

fn put_subheader(subheader: [u8; 4], into: &mut [u8; RAW_BYTES]) {
    into[DATA..DATA + 4].copy_from_slice(&subheader);
    into[DATA + 4..XA_DATA].copy_from_slice(&subheader);
}

/// What is wrong with the bytes of a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSector {
    /// Not as many bytes as the kind of sector has.
    #[error("{found} bytes where a sector of this kind has {expected}")]
    Length {
        /// Bytes given.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// It does not begin as a data sector does: it is sound, or scrambled wrongly.
    #[error("no sync pattern (ECMA-130 14.1)")]
    NoSync,
    /// The address is no decimal number, or no time.
    #[error("the address {:02x}:{:02x}:{:02x} in the header is no time (ECMA-130 14.2)", .0[0], .0[1], .0[2])]
    Address([u8; 3]),
    /// A mode that no standard knows.
    #[error("sector mode {0} is unknown (ECMA-130 14.2)")]
    Mode(u8),
    /// The error detection code is not that of the data.
    #[error("the error detection code is not that of the data (ECMA-130 14.3)")]
    Edc,
    /// The parity is not that of the data.
    #[error("the error correction code is not that of the data (ECMA-130 14.5)")]
    Ecc,
}

/// What a data sector's header and subheader say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectorForm {
    /// Mode 0: nothing.
    Mode0,
    /// Mode 1.
    Mode1,
    /// Mode 2, whose two subheaders differ, and no error detection code says that one of them is damaged: there is none.
    Mode2,
    /// Mode 2 form 1.
    Mode2Form1(Subheader),
    /// Mode 2 form 2.
    Mode2Form2(Subheader),
}

/// A data sector that is read, not scrambled.
#[derive(Clone, Copy, Debug)]
pub struct RawSector<'a> {
    bytes: &'a [u8; RAW_BYTES],
    /// Its address.
    pub address: Msf,
    /// Its kind.
    pub form: SectorForm,
}

impl<'a> RawSector<'a> {
    /// Reads the sector's header and subheader.
    ///
    /// # Errors
    /// [`BadSector::NoSync`], [`BadSector::Address`], [`BadSector::Mode`].
    pub fn parse(bytes: &'a [u8; RAW_BYTES]) -> Result<RawSector<'a>, BadSector> {
        if bytes[..HEADER] != SYNC {
            return Err(BadSector::NoSync);
        }
        let address = [bytes[12], bytes[13], bytes[14]];
        let address = Msf::from_bcd(address).ok_or(BadSector::Address(address))?;
        let form = match bytes[15] {
            0 => SectorForm::Mode0,
            1 => SectorForm::Mode1,
            2 => match subheaders(bytes) {
                [first, second] if first == second => first.form(),
                either => either
                    .into_iter()
                    .find(|subheader| subheader.is_confirmed_by_edc(bytes))
                    .map_or(SectorForm::Mode2, Subheader::form),
            },
            mode => return Err(BadSector::Mode(mode)),
        };
        Ok(RawSector { bytes, address, form })
    }

    /// The bytes of its kind that belong to the user: none, 2048, 2324 or 2336.
    #[must_use]
    pub fn user_data(&self) -> &'a [u8] {
        match self.form {
            SectorForm::Mode0 => &[],
            SectorForm::Mode1 => &self.bytes[DATA..EDC_1],
            SectorForm::Mode2 => &self.bytes[DATA..],
            SectorForm::Mode2Form1(_) => &self.bytes[XA_DATA..XA_EDC_1],
            SectorForm::Mode2Form2(_) => &self.bytes[XA_DATA..XA_EDC_2],
        }
    }

    /// Compares the error detection code and the parity with the data. Kinds without them pass, and so does form 2
    /// with zeros in place of the code, which is left to the writer (CD-ROM XA 4.3.4).
    ///
    /// # Errors
    /// [`BadSector::Edc`], [`BadSector::Ecc`].
    pub fn check(&self) -> Result<(), BadSector> {
        let bytes = self.bytes;
        let (over, at) = match self.form {
            SectorForm::Mode0 | SectorForm::Mode2 => return Ok(()),
            SectorForm::Mode1 => (0..EDC_1, EDC_1),
            SectorForm::Mode2Form1(_) => (DATA..XA_EDC_1, XA_EDC_1),
            SectorForm::Mode2Form2(_) if bytes[XA_EDC_2..] == [0; 4] => return Ok(()),
            SectorForm::Mode2Form2(_) => (DATA..XA_EDC_2, XA_EDC_2),
        };
        if bytes[at..at + 4] != edc(&bytes[over]) {
            return Err(BadSector::Edc);
        }
        let is_whole = match self.form {
            SectorForm::Mode1 => bytes[HEADER..].first_chunk().is_some_and(ecc::is_whole),
            SectorForm::Mode2Form1(_) => {
                let mut bytes = *bytes;
                bytes[HEADER..DATA].fill(0);
                bytes[HEADER..].first_chunk().is_some_and(ecc::is_whole)
            }
            _ => true,
        };
        if is_whole { Ok(()) } else { Err(BadSector::Ecc) }
    }
}

/// Corrects a sector of mode 1 or of mode 2 form 1 by its parity, and gives the number of bytes changed. The mode is
/// taken from the header, which is itself corrected in mode 1 only.
///
/// # Errors
/// [`Uncorrectable`] where the parity does not suffice or there is none, and where the error detection code
/// contradicts the result; the sector is then as it was.
pub fn correct(sector: &mut [u8; RAW_BYTES]) -> Result<usize, Uncorrectable> {
    let before = *sector;
    let header = [sector[12], sector[13], sector[14], sector[15]];
    let is_xa = header[3] == 2;
    sector[..HEADER].copy_from_slice(&SYNC);
    let sync_changed = sector[..HEADER].iter().zip(&before).filter(|(now, before)| now != before).count();
    if is_xa {
        sector[HEADER..DATA].fill(0);
    }
    let corrected = match sector[HEADER..].first_chunk_mut() {
        Some(protected) => ecc::correct(protected),
        None => Err(Uncorrectable),
    };
    if is_xa {
        sector[HEADER..DATA].copy_from_slice(&header);
    }
    let has_parity = |sector: RawSector<'_>| {
        matches!(sector.form, SectorForm::Mode1 | SectorForm::Mode2Form1(_)) && sector.check().is_ok()
    };
    match corrected {
        Ok(changed) if RawSector::parse(sector).is_ok_and(has_parity) => Ok(changed + sync_changed),
        _ => {
            *sector = before;
            Err(Uncorrectable)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lba;
    use proptest::prelude::*;

    fn user<const N: usize>(seed: u8) -> [u8; N] {
        std::array::from_fn(|n| (n as u8).wrapping_mul(31).wrapping_add(seed) ^ (n >> 8) as u8)
    }

    #[test]
    fn zeros_in_mode_1() {
        // Written from the tables of ECMA-130 14 and annex A, by hand: header 00:02:00, mode 1, no data.
        let mut sector = [9; RAW_BYTES];
        encode_mode_1(Msf::from_lba(Lba::ZERO), &[0; 2048], &mut sector);
        assert_eq!(sector[..16], [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 2, 0, 1]);
        assert_eq!(sector[2068..2076], [0; 8]);
        // Columns of the header's bytes: P parity p + q = d, 2p + q = 2^25 d.
        let times =
            |value: u8, power: u32| (0..power).fold(value, |v, _| v << 1 ^ if v > 127 { 0x1D } else { 0 });
        for (column, byte) in [(1, 2u8), (3, 1)] {
            let (p, q) = (sector[PARITY + column], sector[PARITY + 86 + column]);
            // The error detection code lies in row 23, columns 74 to 77, and does not meet these.
            assert_eq!(p ^ q, byte);
            assert_eq!(times(p, 1) ^ q, times(byte, 25));
        }
        RawSector::parse(&sector).unwrap().check().unwrap();
    }

    #[test]
    fn every_type_comes_back() {
        let address = Msf::new(12, 34, 56).unwrap();
        for kind in SectorType::ALL {
            let mut given: Vec<u8> = user::<RAW_BYTES>(kind as u8)[..kind.user_bytes()].to_vec();
            if kind == SectorType::Mode2Form2 {
                given[..8].copy_from_slice(&[1, 2, 0x64, 3, 1, 2, 0x64, 3]);
            }
            let mut raw = [0xEE; RAW_BYTES];
            kind.encode(address, &given, &mut raw).unwrap();
            assert_eq!(
                kind.encode(address, &given[1..], &mut [0; RAW_BYTES]),
                Err(BadSector::Length { found: given.len() - 1, expected: given.len() })
            );
            if kind.user_bytes() == RAW_BYTES {
                assert_eq!(raw[..], given[..]);
                continue;
            }
            assert!(RawSector::parse(&raw).is_err(), "scrambled: {kind:?}");
            scramble(&mut raw);
            let sector = RawSector::parse(&raw).unwrap();
            assert_eq!(sector.address, address);
            sector.check().unwrap();
            let (form, data): (_, &[u8]) = match kind {
                SectorType::ModeZero => (SectorForm::Mode0, &[]),
                SectorType::Mode1 => (SectorForm::Mode1, &given),
                SectorType::Mode2Form0 => (SectorForm::Mode2, &given),
                SectorType::Mode2Form1 => (SectorForm::Mode2Form1(Subheader::DATA), &given),
                _ => (SectorForm::Mode2Form2(Subheader([1, 2, 0x64, 3])), &given[8..2332]),
            };
            assert_eq!((sector.form, sector.user_data()), (form, data));
        }
    }

    #[test]
    fn damage_is_found_and_corrected() {
        let address = Msf::from_lba(Lba::new(1000));
        let mut mode_1 = [0; RAW_BYTES];
        encode_mode_1(address, &user(3), &mut mode_1);
        let mut form_1 = [0; RAW_BYTES];
        encode_mode_2_form_1(address, Subheader([1, 0, 9, 0]), &user(4), &mut form_1);
        for whole in [mode_1, form_1] {
            let mut damaged = whole;
            damaged[5] = 0;
            damaged[700..780].fill(0xAA);
            assert!(RawSector::parse(&damaged).is_err());
            let changed = whole.iter().zip(&damaged).filter(|(a, b)| a != b).count();
            assert_eq!(correct(&mut damaged), Ok(changed));
            assert_eq!(damaged, whole);
            damaged[100] ^= 1;
            assert_eq!(RawSector::parse(&damaged).unwrap().check(), Err(BadSector::Edc));
            damaged = whole;
            damaged[2351] ^= 1;
            assert_eq!(RawSector::parse(&damaged).unwrap().check(), Err(BadSector::Ecc));
            damaged[24..2000].fill(0);
            let before = damaged;
            assert_eq!(correct(&mut damaged), Err(Uncorrectable));
            assert_eq!(damaged, before);
        }
        let mut form_2 = [0; RAW_BYTES];
        encode_mode_2_form_2(address, Subheader([0; 4]), &user(5), &mut form_2);
        form_2[100] ^= 1;
        assert_eq!(RawSector::parse(&form_2).unwrap().check(), Err(BadSector::Edc));
        form_2[2348..].fill(0);
        RawSector::parse(&form_2).unwrap().check().unwrap();
        assert_eq!(correct(&mut form_2), Err(Uncorrectable));
    }

    #[test]
    fn a_damaged_subheader_is_damage() {
        let (mut form_1, mut form_2) = ([0; RAW_BYTES], [0; RAW_BYTES]);
        encode_mode_2_form_1(Msf::default(), Subheader::DATA, &user(6), &mut form_1);
        encode_mode_2_form_2(Msf::default(), Subheader([1, 2, 0x64, 3]), &user(7), &mut form_2);
        for whole in [form_1, form_2] {
            let form = RawSector::parse(&whole).unwrap().form;
            for at in DATA..XA_DATA {
                let mut damaged = whole;
                damaged[at] ^= 0x20;
                let sector = RawSector::parse(&damaged).unwrap();
                assert_eq!((sector.form, sector.check()), (form, Err(BadSector::Edc)), "byte {at}");
            }
            let mut without = whole;
            without[DATA] ^= 1;
            without[XA_DATA] ^= 1;
            assert_eq!(RawSector::parse(&without).unwrap().form, SectorForm::Mode2);
        }
        form_1[DATA..].fill(0);
        form_1[XA_DATA - 1] = 1;
        assert_eq!(RawSector::parse(&form_1).unwrap().form, SectorForm::Mode2);
    }

    #[test]
    fn headers_that_are_none() {
        let mut sector = [0; RAW_BYTES];
        assert_eq!(RawSector::parse(&sector).unwrap_err(), BadSector::NoSync);
        encode_mode_0(Msf::default(), &mut sector);
        sector[13] = 0x60;
        assert_eq!(RawSector::parse(&sector).unwrap_err(), BadSector::Address([0, 0x60, 0]));
        sector[13] = 0;
        sector[15] = 3;
        assert_eq!(RawSector::parse(&sector).unwrap_err(), BadSector::Mode(3));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 40), mode in 0u8..4) {
            bytes.resize(RAW_BYTES, 0x5A);
            bytes[..12].copy_from_slice(&SYNC);
            bytes[15] = mode;
            let mut sector: [u8; RAW_BYTES] = bytes.try_into().unwrap();
            if let Ok(sector) = RawSector::parse(&sector) {
                let _ = sector.check();
            }
            let _ = correct(&mut sector);
        }
    }
}
