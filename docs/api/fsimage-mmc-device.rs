// crate

pub use address::{AddressOutOfRange, Lba};
pub use blank::{
    Blanking, blank, close, close_open_session, eject, end_session, load, reserve_track,
};
pub use command::OperationCode;
pub use discover::{DriveChange, DriveWatch, FoundDrive, drives, names_drive};
pub use drive::{CommandEnd, Drive, Listener};
pub use error::{DriveError, NotWritable};
pub use format::{BdRMode, FormatRequest, SpareArea, format};
pub use holder::Holder;
pub use medium::{
    Medium, MediumState, MediumTrack, PseudoOverwrite, SessionInfo, TrackState,
};
pub use profile::Profile;
pub use reader::{DriveGuard, DriveSectors};
pub use recorder::{
    Abandoned, CdRequest, Closing, MediumLeft, OpenSession, PausedTracks, RawSession,
    Recorder, RecordingMode, SessionAtOnce, SessionEnd, SessionRequest, SoundTracks,
    WrittenTrack, has_recipe, recorder, track_recorder,
};
pub use sense::Sense;
pub use speed::{Rotation, Speed};
pub use tcp::{Connected, TcpServer};
#[cfg(target_os = "linux")]
pub use transport::LinuxSg;
#[cfg(windows)]
pub use transport::WindowsSpti;
pub use transport::{Cdb, Data, FileStretch, Outgoing, Transport, TransportError};
pub use waiter::{NoWait, Operation, Sleep, Waiter};

// crate::address

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// And private fields.
pub struct Lba();
impl Lba {
    pub const ZERO: Lba = _;
    pub const fn new(address: i32) -> Lba {}
    pub const fn from_wire(bytes: u32) -> Lba {}
    pub const fn to_wire(self) -> u32 {}
    pub const fn get(self) -> i32 {}
    pub const fn checked_add(self, blocks: u32) -> Option<Lba> {}
    pub const fn since(self, earlier: Lba) -> Option<u32> {}
    pub const fn blocks_from_zero(self) -> u32 {}
    pub const fn from_msf(minute: u8, second: u8, frame: u8) -> Lba {}
}
impl fmt::Display for Lba {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct AddressOutOfRange;
impl TryFrom<Sector> for Lba {
    type Error = AddressOutOfRange;
}

// crate::blank

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Blanking {
    Quick,
    Full,
}
pub fn blank<T: Transport>(
    drive: &mut Drive<T>,
    blanking: Blanking,
) -> Result<Medium, DriveError> {}
pub fn close_open_session<T: Transport>(
    drive: &mut Drive<T>,
) -> Result<Medium, DriveError> {}
pub fn end_session<T: Transport>(drive: &mut Drive<T>) -> Result<Medium, DriveError> {}
pub fn close<T: Transport>(
    drive: &mut Drive<T>,
    closing: Closing,
) -> Result<Medium, DriveError> {}
pub fn reserve_track<T: Transport>(
    drive: &mut Drive<T>,
    blocks: u32,
) -> Result<Medium, DriveError> {}
pub fn eject<T: Transport>(drive: &mut Drive<T>) -> Result<(), DriveError> {}
pub fn load<T: Transport>(drive: &mut Drive<T>) -> Result<(), DriveError> {}

// crate::cd

pub use catalog::{BadCatalog, MediaCatalogNumber};
pub use cd_text::{
    BadCdText, Block, CdText, CharacterSet, PACK_BYTES, Pack, PackType, lead_in_symbols,
};
pub use cue_sheet::{
    CUE_ENTRY_BYTES, CueEntry, cue_entries, data_form, encode_cue_sheet, form_bytes,
};
pub use ecc::Uncorrectable;
pub use isrc::{BadIsrc, Isrc};
pub use msf::Msf;
pub use program::{
    BadProgram, DigitalCopy, LEAD_OUT, MOST_INDEXES, MOST_TRACKS, PREGAP, Program,
    SHORTEST_TRACK, Track, TrackLayout,
};
pub use raw_image::{
    AddedIndex, BETWEEN_INDEXES, IMAGE_START, LAST_SECTOR, LAST_SPECIAL_PREGAP, RawImage,
    RawImageBuilder, RawImageError, RawSectorType, RawTrack, SoundSource,
};
pub use scramble::scramble;
pub use sector::{
    BadSector, RAW_BYTES, RawSector, SYNC, SectorForm, SectorType, Subheader, correct,
    encode_mode_0, encode_mode_1, encode_mode_2, encode_mode_2_form_1,
    encode_mode_2_form_2,
};
pub use subchannel::{PACK_SYMBOLS, PQ_BYTES, SUBCHANNEL_BYTES, Subchannel};
pub use subchannel_q::{Control, Position, Q, Q_BYTES};

// crate::cd::catalog

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
/// And private fields.
pub struct MediaCatalogNumber();
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCatalog {
    Digits,
    CheckDigit { expected: u8 },
}
impl MediaCatalogNumber {
    pub fn digits(&self) -> [u8; 13] {}
    pub fn from_digits(digits: [u8; 13]) -> Option<MediaCatalogNumber> {}
    pub fn is_checked(&self) -> bool {}
}
impl FromStr for MediaCatalogNumber {
    type Err = BadCatalog;
}
impl fmt::Display for MediaCatalogNumber {}
impl fmt::Debug for MediaCatalogNumber {}

// crate::cd::cd_text

pub use pack::{PACK_BYTES, Pack, PackType, lead_in_symbols};
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CdText {
    pub blocks: Vec<Block>,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub language: u8,
    pub characters: CharacterSet,
    pub copyright: u8,
    pub texts: BTreeMap<(PackType, u8), Vec<u8>>,
    pub genre: Option<(u16, Vec<u8>)>,
    pub others: Vec<(PackType, u8, [u8; TEXT])>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CharacterSet(pub u8);
impl CharacterSet {
    pub const ISO_8859_1: CharacterSet = _;
    pub const ASCII: CharacterSet = _;
    pub const MS_JIS: CharacterSet = _;
    pub const fn is_double_byte(self) -> bool {}
    pub fn encode(self, text: &str) -> Result<Vec<u8>, BadCdText> {}
    pub fn decode(self, bytes: &[u8]) -> Option<String> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCdText {
    Checksum { kind: PackType, sequence: u8 },
    Kind(u8),
    Length(usize),
    Character(char),
    CharacterSet(u8),
    Text { kind: PackType, track: u8 },
    TooLong { block: u8 },
    TooManyBlocks,
}
impl CdText {
    pub fn encode(&self, first: u8, last: u8) -> Result<Vec<Pack>, BadCdText> {}
    pub fn decode(packs: &[Pack]) -> CdText {}
    pub fn parse(bytes: &[u8]) -> Result<CdText, BadCdText> {}
}
impl Block {
    pub fn put(
        &mut self,
        kind: PackType,
        track: u8,
        text: &str,
    ) -> Result<(), BadCdText> {}
    pub fn text(&self, kind: PackType, track: u8) -> Option<String> {}
}

// crate::cd::cd_text::pack

pub const PACK_BYTES: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackType(pub u8);
impl PackType {
    pub const TITLE: PackType = _;
    pub const PERFORMER: PackType = _;
    pub const SONGWRITER: PackType = _;
    pub const COMPOSER: PackType = _;
    pub const ARRANGER: PackType = _;
    pub const MESSAGE: PackType = _;
    pub const DISC_ID: PackType = _;
    pub const GENRE: PackType = _;
    pub const CONTENTS: PackType = _;
    pub const CONTENTS_2: PackType = _;
    pub const CLOSED: PackType = _;
    pub const CODES: PackType = _;
    pub const SIZES: PackType = _;
    pub const fn is_text(self) -> bool {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pack {
    pub kind: PackType,
    pub track: u8,
    pub sequence: u8,
    pub block: u8,
    pub is_double_byte: bool,
    pub position: u8,
    pub text: [u8; TEXT],
}
impl Pack {
    pub fn encode(&self) -> [u8; PACK_BYTES] {}
    pub fn parse(bytes: &[u8; PACK_BYTES]) -> Result<Pack, BadCdText> {}
    pub fn to_symbols(&self) -> [u8; 24] {}
    pub fn from_symbols(symbols: &[u8; 24]) -> Result<Pack, BadCdText> {}
}
pub fn lead_in_symbols(packs: &[Pack], sector: u32) -> [u8; 96] {}

// crate::cd::cue_sheet

pub const CUE_ENTRY_BYTES: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CueEntry {
    Catalog(MediaCatalogNumber),
    Isrc { control: Control, track: u8, code: Isrc },
    Place {
        control: Control,
        track: u8,
        index: u8,
        form: u8,
        alternate_copy: bool,
        at: Msf,
    },
}
pub const fn data_form(kind: SectorType) -> u8 {}
pub const fn form_bytes(form: u8) -> Option<usize> {}
pub fn cue_entries(program: &Program, with_cd_text: bool) -> Vec<CueEntry> {}
pub fn encode_cue_sheet(entries: &[CueEntry]) -> Vec<u8> {}

// crate::cd::ecc

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Uncorrectable;

// crate::cd::isrc

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
/// And private fields.
pub struct Isrc();
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BadIsrc;
impl Isrc {
    pub fn as_str(&self) -> &str {}
}
impl FromStr for Isrc {
    type Err = BadIsrc;
}
impl fmt::Display for Isrc {}
impl fmt::Debug for Isrc {}

// crate::cd::msf

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msf {
    pub minute: u8,
    pub second: u8,
    pub frame: u8,
}
impl Msf {
    pub const fn new(minute: u8, second: u8, frame: u8) -> Option<Msf> {}
    pub const fn from_frames(frames: u32) -> Msf {}
    pub const fn frames(self) -> u32 {}
    pub const fn from_lba(lba: Lba) -> Msf {}
    pub const fn to_lba(self) -> Lba {}
    pub const fn to_bcd(self) -> [u8; 3] {}
    pub const fn from_bcd(bytes: [u8; 3]) -> Option<Msf> {}
}
impl fmt::Display for Msf {}

// crate::cd::program

pub const MOST_TRACKS: usize = _;
pub const SHORTEST_TRACK: u32 = _;
pub const PREGAP: u32 = _;
pub const LEAD_OUT: u32 = _;
pub const MOST_INDEXES: usize = _;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DigitalCopy {
    Permitted = 0,
    Prohibited = 1,
    Scms = 2,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackLayout {
    pub kind: SectorType,
    pub pregap: u32,
    pub sectors: u32,
    pub indexes: Vec<u32>,
    pub copy: DigitalCopy,
    pub pre_emphasis: bool,
    pub four_channels: bool,
    pub isrc: Option<Isrc>,
}
impl TrackLayout {
    pub fn new(kind: SectorType, sectors: u32) -> TrackLayout {}
    pub fn control(&self) -> Control {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    pub number: u8,
    pub pregap: Lba,
    pub start: Lba,
    pub end: Lba,
    pub layout: TrackLayout,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProgram {
    NoTracks,
    TooManyTracks,
    ShortTrack { track: u8, sectors: u32 },
    ShortPregap { sectors: u32 },
    Index { track: u8 },
    TooLong,
}
#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct Program {
    pub catalog: Option<MediaCatalogNumber>,
    pub disc_type: u8,
}
impl Program {
    pub fn new(
        start: Lba,
        first_number: u8,
        layouts: Vec<TrackLayout>,
    ) -> Result<Program, BadProgram> {}
    pub fn tracks(&self) -> &[Track] {}
    pub fn start(&self) -> Lba {}
    pub fn lead_out(&self) -> Lba {}
    pub fn numbers(&self) -> (u8, u8) {}
    pub fn track_at(&self, lba: Lba) -> Option<&Track> {}
    pub fn subchannel(&self, lba: Lba) -> Subchannel {}
    pub fn contents(&self) -> Vec<(Control, u8, [u8; 3])> {}
}

// crate::cd::raw_image

pub use builder::RawImageBuilder;
pub use error::RawImageError;
pub use image::{RawImage, SoundSource};
pub use track::{AddedIndex, RawTrack};
pub const IMAGE_START: Lba = _;
pub const LAST_SECTOR: u32 = _;
pub const LAST_SPECIAL_PREGAP: u32 = _;
pub const BETWEEN_INDEXES: u32 = _;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RawSectorType {
    PqOnly = 1,
    Cooked = 2,
    Raw = 3,
}
impl RawSectorType {
    pub const fn sector_bytes(self) -> usize {}
}

// crate::cd::raw_image::builder

#[derive(Clone, Debug)]
/// And private fields.
pub struct RawImageBuilder {}
impl Default for RawImageBuilder {}
impl RawImageBuilder {
    pub fn new() -> RawImageBuilder {}
    pub fn set_type(&mut self, kind: RawSectorType) -> Result<(), RawImageError> {}
    pub fn set_gapless(&mut self, is_gapless: bool) -> Result<(), RawImageError> {}
    pub fn set_first_number(&mut self, number: u8) -> Result<(), RawImageError> {}
    pub fn set_lead_out_limit(&mut self, last: u32) -> Result<(), RawImageError> {}
    pub fn set_catalog(
        &mut self,
        number: Option<MediaCatalogNumber>,
    ) -> Result<(), RawImageError> {}
    pub fn add_special_pregap(&mut self, sectors: u32) -> Result<(), RawImageError> {}
    pub fn add_r_to_w(&mut self) -> Result<(), RawImageError> {}
    pub fn set_cd_text(&mut self, packs: Vec<Pack>) -> Result<(), RawImageError> {}
    pub fn add_track(
        &mut self,
        kind: SectorType,
        sectors: u32,
    ) -> Result<usize, RawImageError> {}
    pub fn tracks(&self) -> &[RawTrack] {}
    pub fn track_mut(&mut self, place: usize) -> Result<&mut RawTrack, RawImageError> {}
    pub fn start_of_lead_out(&self) -> Result<u32, RawImageError> {}
    pub fn create(&mut self) -> Result<RawImage, RawImageError> {}
}

// crate::cd::raw_image::error

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RawImageError {
    ReadOnly,
    TooManyTracks,
    SectorType(SectorType),
    NoTracks,
    TracksAlreadyAdded,
    InsufficientSpace { needed: u64, limit: u32 },
    TooManyIndexes,
    IndexNotFound(u32),
    OffsetZero,
    IndexTooClose,
    TooShort { sectors: u32 },
    NoRToW,
    OutOfRange { what: &'static str, value: u32, least: u32, most: u32 },
    Program(BadProgram),
}

// crate::cd::raw_image::image

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundSource {
    Silence,
    SpecialPregap(u32),
    Track { index: usize, sector: u32 },
}
#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct RawImage {}
impl RawImage {
    pub fn of_program(
        program: Program,
        kind: RawSectorType,
        cd_text: Vec<Pack>,
    ) -> Result<RawImage, RawImageError> {}
    pub fn kind(&self) -> RawSectorType {}
    pub fn program(&self) -> &Program {}
    pub fn start(&self) -> Lba {}
    pub fn end(&self) -> Lba {}
    pub fn last_used_sector(&self) -> Lba {}
    pub fn expected_table_of_contents(&self) -> Vec<u8> {}
    pub fn source(&self, lba: Lba) -> SoundSource {}
    pub fn encode(
        &self,
        lba: Lba,
        sound: &[u8; RAW_BYTES],
        r_to_w: Option<&[u8; SUBCHANNEL_BYTES]>,
        into: &mut [u8; RAW_BYTES + SUBCHANNEL_BYTES],
    ) -> Result<(), RawImageError> {}
}

// crate::cd::raw_image::track

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedIndex {
    Added,
    AlreadyThere,
}
#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct RawTrack {
    pub isrc: Option<Isrc>,
    pub copy: DigitalCopy,
    pub pre_emphasis: bool,
}
impl RawTrack {
    pub fn sectors(&self) -> u32 {}
    pub fn indexes(&self) -> impl Iterator<Item = u32> {}
    pub fn add_index(&mut self, offset: u32) -> Result<AddedIndex, RawImageError> {}
    pub fn clear_index(&mut self, offset: u32) -> Result<(), RawImageError> {}
}

// crate::cd::scramble

pub fn scramble(sector: &mut [u8; RAW_BYTES]) {}

// crate::cd::sector

pub const RAW_BYTES: usize = _;
pub const SYNC: [u8; 12] = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SectorType {
    Audio = 0,
    ModeZero = 1,
    Mode1 = 2,
    Mode2Form0 = 3,
    Mode2Form1 = 4,
    Mode2Form2 = 5,
    Mode1Raw = 6,
    Mode2Form0Raw = 7,
    Mode2Form1Raw = 8,
    Mode2Form2Raw = 9,
}
impl SectorType {
    pub const ALL: [SectorType; 10] = _;
    pub const fn user_bytes(self) -> usize {}
    pub const fn is_audio(self) -> bool {}
    pub fn encode(
        self,
        address: Msf,
        user: &[u8],
        into: &mut [u8; RAW_BYTES],
    ) -> Result<(), BadSector> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subheader(pub [u8; 4]);
impl Subheader {
    pub const DATA: Subheader = _;
    pub const fn is_form_2(self) -> bool {}
}
pub fn encode_mode_0(address: Msf, into: &mut [u8; RAW_BYTES]) {}
pub fn encode_mode_1(address: Msf, user: &[u8; 2048], into: &mut [u8; RAW_BYTES]) {}
pub fn encode_mode_2(address: Msf, user: &[u8; 2336], into: &mut [u8; RAW_BYTES]) {}
pub fn encode_mode_2_form_1(
    address: Msf,
    subheader: Subheader,
    user: &[u8; 2048],
    into: &mut [u8; RAW_BYTES],
) {}
pub fn encode_mode_2_form_2(
    address: Msf,
    subheader: Subheader,
    user: &[u8; 2324],
    into: &mut [u8; RAW_BYTES],
) {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSector {
    Length { found: usize, expected: usize },
    NoSync,
    Address([u8; 3]),
    Mode(u8),
    Edc,
    Ecc,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectorForm {
    Mode0,
    Mode1,
    Mode2,
    Mode2Form1(Subheader),
    Mode2Form2(Subheader),
}
#[derive(Clone, Copy, Debug)]
/// And private fields.
pub struct RawSector<'a> {
    pub address: Msf,
    pub form: SectorForm,
}
impl<'a> RawSector<'a> {
    pub fn parse(bytes: &'a [u8; RAW_BYTES]) -> Result<RawSector<'a>, BadSector> {}
    pub fn user_data(&self) -> &'a [u8] {}
    pub fn check(&self) -> Result<(), BadSector> {}
}
pub fn correct(sector: &mut [u8; RAW_BYTES]) -> Result<usize, Uncorrectable> {}

// crate::cd::subchannel

pub const SUBCHANNEL_BYTES: usize = _;
pub const PQ_BYTES: usize = _;
pub const PACK_SYMBOLS: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subchannel {
    pub p: bool,
    pub q: [u8; Q_BYTES],
    pub r_to_w: [u8; SUBCHANNEL_BYTES],
}
impl Subchannel {
    pub fn new(p: bool, q: &Q) -> Subchannel {}
    pub fn encode(&self) -> [u8; SUBCHANNEL_BYTES] {}
    pub fn parse(bytes: &[u8; SUBCHANNEL_BYTES]) -> Subchannel {}
    pub fn encode_pq(&self) -> [u8; PQ_BYTES] {}
    pub fn parse_pq(bytes: &[u8; PQ_BYTES]) -> Subchannel {}
}

// crate::cd::subchannel_q

pub const Q_BYTES: usize = _;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Control(pub u8);
impl Control {
    pub const AUDIO: Control = _;
    pub const PRE_EMPHASIS: Control = _;
    pub const COPY: Control = _;
    pub const DATA: Control = _;
    pub const FOUR_CHANNELS: Control = _;
    #[must_use]
    pub const fn with(self, other: Control) -> Control {}
    pub const fn has(self, other: Control) -> bool {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Q {
    pub control: Control,
    pub position: Position,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    Program { track: u8, index: u8, relative: Msf, absolute: Msf },
    Contents { point: u8, running: Msf, entry: [u8; 3] },
    Catalog { number: MediaCatalogNumber, frame: u8 },
    Isrc { code: Isrc, frame: u8 },
    Session { point: u8, entry: [u8; 7] },
}
impl Position {
    pub const LEAD_OUT: u8 = _;
    pub const FIRST_TRACK: u8 = _;
    pub const LAST_TRACK: u8 = _;
    pub const START_OF_LEAD_OUT: u8 = _;
}
impl Q {
    pub fn encode(&self) -> [u8; Q_BYTES] {}
    pub fn parse(bytes: &[u8; Q_BYTES]) -> Option<Q> {}
}

// crate::command

pub use operation_code::OperationCode;
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BadReply(pub &'static str);

// crate::command::blank

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlankType(pub u8);
impl BlankType {
    pub const FULL: BlankType = _;
    pub const MINIMAL: BlankType = _;
    pub const TRACK: BlankType = _;
    pub const UNRESERVE_TRACK: BlankType = _;
    pub const TRACK_TAIL: BlankType = _;
    pub const UNCLOSE_LAST_SESSION: BlankType = _;
    pub const LAST_SESSION: BlankType = _;
}
pub fn cdb(kind: BlankType, address: u32, immediate: bool) -> Cdb {}

// crate::command::buffer_capacity

pub const REPLY: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferCapacity {
    pub total: u32,
    pub free: u32,
}
pub fn cdb() -> Cdb {}
impl BufferCapacity {
    pub fn parse(reply: &[u8]) -> Result<BufferCapacity, BadReply> {}
}

// crate::command::close

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseFunction(pub u8);
impl CloseFunction {
    pub const STOP_BACKGROUND_FORMAT: CloseFunction = _;
    pub const TRACK: CloseFunction = _;
    pub const SESSION: CloseFunction = _;
    pub const FINALISE_MINUS_R: CloseFunction = _;
    pub const FINALISE_MINIMUM_RADIUS: CloseFunction = _;
    pub const FINALISE: CloseFunction = _;
}
pub fn cdb(function: CloseFunction, track: u16, immediate: bool) -> Cdb {}

// crate::command::configuration

pub const HEADER: usize = _;
pub const LONGEST: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RequestType {
    All = 0,
    Current = 1,
    One = 2,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    pub current_profile: Profile,
    pub features: Vec<Feature>,
}
pub fn cdb(kind: RequestType, start: FeatureCode, len: u16) -> Cdb {}
impl Configuration {
    pub fn parse(reply: &[u8]) -> Result<Configuration, BadReply> {}
    pub fn feature(&self, code: FeatureCode) -> Option<&Feature> {}
    pub fn is_current(&self, code: FeatureCode) -> bool {}
    pub fn profiles(&self) -> Vec<(Profile, bool)> {}
}

// crate::command::cue_sheet

pub fn cdb(len: u32) -> Cdb {}

// crate::command::disc_info

pub const REPLY: usize = _;
pub const LEAST: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiscStatus {
    Blank,
    Incomplete,
    Complete,
    Other,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    Empty,
    Incomplete,
    Damaged,
    Complete,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackgroundFormat {
    None,
    Suspended,
    Running,
    Complete,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscInformation {
    pub erasable: bool,
    pub last_session: SessionState,
    pub status: DiscStatus,
    pub first_track: u16,
    pub sessions: u16,
    pub first_track_in_last_session: u16,
    pub last_track_in_last_session: u16,
    pub calibrated: bool,
    pub background_format: BackgroundFormat,
    pub disc_type: u8,
    pub last_possible_lead_out: u32,
}
pub fn cdb() -> Cdb {}
impl DiscInformation {
    pub fn parse(reply: &[u8]) -> Result<DiscInformation, BadReply> {}
}

// crate::command::disc_structure

pub const HEADER: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum StructureFamily {
    Dvd = 0,
    Bd = 1,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StructureRequest {
    pub family: StructureFamily,
    pub format: u8,
    pub address: u32,
    pub layer: u8,
}
impl StructureRequest {
    pub fn cdb(self, len: u16) -> Cdb {}
}
pub fn parse(reply: &[u8]) -> Result<&[u8], BadReply> {}

// crate::command::event_status

pub const REPLY: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventClasses(pub u8);
impl EventClasses {
    pub const ALL: EventClasses = _;
    pub const OPERATIONAL_CHANGE: EventClasses = _;
    pub const POWER: EventClasses = _;
    pub const EXTERNAL_REQUEST: EventClasses = _;
    pub const MEDIA: EventClasses = _;
    pub const MULTI_HOST: EventClasses = _;
    pub const DEVICE_BUSY: EventClasses = _;
    pub const fn contains(self, classes: EventClasses) -> bool {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    OperationalChange(OperationalChange),
    Power(PowerEvent),
    ExternalRequest(ExternalRequest),
    Media(MediaStatus),
    MultiHost(MultiHostEvent),
    DeviceBusy(DeviceBusy),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperationalChange {
    pub code: u8,
    pub prevented: bool,
    pub change: u16,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PowerEvent {
    pub code: u8,
    pub state: u8,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExternalRequest {
    pub code: u8,
    pub prevented: bool,
    pub request: u16,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaStatus {
    pub event: MediaEvent,
    pub tray_open: bool,
    pub medium_present: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaEvent {
    None,
    EjectRequest,
    NewMedium,
    Removed,
    Changed,
    BackgroundFormatComplete,
    BackgroundFormatRestarted,
    Other(u8),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MultiHostEvent {
    pub code: u8,
    pub prevented: bool,
    pub priority: u16,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceBusy {
    pub busy: bool,
    pub tenths: u16,
}
pub fn cdb(classes: EventClasses) -> Cdb {}
pub fn parse(reply: &[u8]) -> Result<(EventClasses, Option<Event>), BadReply> {}
impl Event {
    pub const fn is_news(&self) -> bool {}
}

// crate::command::format

pub const PARAMETERS: usize = _;
pub const WHOLE_MEDIUM: u32 = _;
pub const RESTART: u32 = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatUnit {
    pub blocks: u32,
    pub kind: FormatType,
    pub sub_type: u8,
    pub parameter: u32,
}
impl FormatUnit {
    pub fn cdb(&self) -> Cdb {}
    pub fn parameters(&self) -> [u8; PARAMETERS] {}
}

// crate::command::format_capacities

pub const HEADER: usize = _;
pub const REPLY: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FormatState {
    Unformatted,
    Formatted,
    Unknown,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormatType(pub u8);
impl FormatType {
    pub const FULL: FormatType = _;
    pub const DVD_RW_FULL: FormatType = _;
    pub const DVD_RW_QUICK_GROW: FormatType = _;
    pub const DVD_RW_QUICK: FormatType = _;
    pub const BD_R_WITH_SPARES: FormatType = _;
    pub const DVD_PLUS_RW: FormatType = _;
    pub const BD_WITH_SPARES: FormatType = _;
    pub const BD_WITHOUT_SPARES: FormatType = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormattableCapacity {
    pub blocks: u32,
    pub kind: FormatType,
    pub parameter: u32,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatCapacities {
    pub state: FormatState,
    pub blocks: u32,
    pub formats: Vec<FormattableCapacity>,
}
pub fn cdb(len: u16) -> Cdb {}
impl FormatCapacities {
    pub fn parse(reply: &[u8]) -> Result<FormatCapacities, BadReply> {}
    pub fn format(&self, kind: FormatType) -> Option<&FormattableCapacity> {}
}

// crate::command::inquiry

pub const REPLY: usize = _;
pub const TYPE_MULTIMEDIA: u8 = _;
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    pub peripheral_type: u8,
    pub removable: bool,
    pub version: u8,
    pub vendor: String,
    pub product: String,
    pub revision: String,
}
pub fn cdb() -> Cdb {}
impl Inquiry {
    pub fn parse(reply: &[u8]) -> Result<Inquiry, BadReply> {}
}

// crate::command::mode

pub const HEADER: usize = _;
pub const WRITE_PARAMETERS: u8 = _;
pub const CAPABILITIES: u8 = _;
pub const ALL_PAGES: u8 = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageCode(pub u8);
impl fmt::Display for PageCode {}
pub fn sense(page: u8, len: u16) -> Cdb {}
pub fn select(len: u16) -> Cdb {}
pub fn parameter_list(page: &[u8]) -> Vec<u8> {}
pub fn page(reply: &[u8], code: u8) -> Result<&[u8], BadReply> {}
pub fn page_codes(reply: &[u8]) -> Result<Vec<PageCode>, BadReply> {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WriteType(pub u8);
impl WriteType {
    pub const PACKET: WriteType = _;
    pub const TRACK_AT_ONCE: WriteType = _;
    pub const SESSION_AT_ONCE: WriteType = _;
    pub const RAW: WriteType = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MultiSession(pub u8);
impl MultiSession {
    pub const FINAL: MultiSession = _;
    pub const NEXT_ALLOWED: MultiSession = _;
}
#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct WriteParameters {}
impl WriteParameters {
    pub const LEN: usize = _;
    pub fn zeroed() -> WriteParameters {}
    pub fn parse(page: &[u8]) -> Result<WriteParameters, BadReply> {}
    pub fn set_track_at_once(
        &mut self,
        multi: MultiSession,
        test_write: bool,
        underrun_protection: bool,
    ) {}
    pub fn set_sound_at_once(
        &mut self,
        multi: MultiSession,
        test_write: bool,
        control: u8,
        catalog: Option<MediaCatalogNumber>,
        isrc: Option<Isrc>,
    ) {}
    pub fn set_session_at_once(
        &mut self,
        multi: MultiSession,
        test_write: bool,
        control: u8,
        block_type: u8,
        session_format: u8,
    ) {}
    pub fn set_raw(&mut self, multi: MultiSession, block_type: u8) {}
    pub fn as_bytes(&self) -> &[u8] {}
    pub fn set_incremental(
        &mut self,
        multi: MultiSession,
        test_write: bool,
        underrun_protection: bool,
    ) {}
    pub fn set_disc_at_once(&mut self, test_write: bool, underrun_protection: bool) {}
    pub fn set_restricted_overwrite(&mut self) {}
    pub fn write_type(&self) -> WriteType {}
    pub fn multi_session(&self) -> MultiSession {}
    pub fn test_write(&self) -> bool {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    pub read_cd_r: bool,
    pub read_cd_rw: bool,
    pub read_dvd_rom: bool,
    pub read_dvd_r: bool,
    pub read_dvd_ram: bool,
    pub write_cd_r: bool,
    pub write_cd_rw: bool,
    pub test_write: bool,
    pub write_dvd_r: bool,
    pub write_dvd_ram: bool,
    pub underrun_protection: bool,
    pub eject: bool,
    pub lock: bool,
    pub mechanism: u8,
    pub read_speed: u16,
    pub write_speed: u16,
    pub buffer_kib: u16,
    pub rotation: Option<Rotation>,
}
impl Capabilities {
    pub fn parse(page: &[u8]) -> Result<Capabilities, BadReply> {}
}

// crate::command::opc

pub fn cdb() -> Cdb {}

// crate::command::operation_code

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationCode(pub u8);
impl fmt::Display for OperationCode {}

// crate::command::performance

pub const HEADER: usize = _;
pub const DESCRIPTOR: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteSpeed {
    pub constant_angular: bool,
    pub exact: bool,
    pub end: u32,
    pub read: Speed,
    pub write: Speed,
}
pub fn cdb(descriptors: u16) -> Cdb {}
pub fn nominal_cdb() -> Cdb {}
pub fn parse_nominal(reply: &[u8]) -> Result<Speed, BadReply> {}
pub fn parse(reply: &[u8]) -> Result<Vec<WriteSpeed>, BadReply> {}

// crate::command::prevent_allow

pub fn cdb(prevent: bool) -> Cdb {}

// crate::command::pseudo_overwrite

pub const REPLY: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PseudoOverwriteResources {
    pub replacements: u32,
    pub map_entries: u32,
    pub updates: u32,
}
pub fn cdb() -> Cdb {}
impl PseudoOverwriteResources {
    pub fn clusters(&self) -> u32 {}
    pub fn parse(reply: &[u8]) -> Result<PseudoOverwriteResources, BadReply> {}
}

// crate::command::read

pub fn read_10(lba: Lba, blocks: u16) -> Cdb {}
pub fn read_12(lba: Lba, blocks: u32, streaming: bool) -> Cdb {}

// crate::command::read_capacity

pub const REPLY: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    pub last: u32,
    pub block_len: u32,
}
pub fn cdb() -> Cdb {}
impl Capacity {
    pub fn parse(reply: &[u8]) -> Result<Capacity, BadReply> {}
    pub const fn blocks(self) -> u32 {}
}

// crate::command::read_cd

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WithSubchannel {
    None,
    Raw,
    Pq,
}
impl WithSubchannel {
    pub const fn sector_bytes(self) -> usize {}
}
pub fn cdb(lba: Lba, blocks: u32, subchannel: WithSubchannel) -> Cdb {}

// crate::command::repair_track

pub fn cdb(track: u16, immediate: bool) -> Cdb {}

// crate::command::request_sense

pub const REPLY: usize = _;
pub fn cdb() -> Cdb {}

// crate::command::reserve_track

pub fn cdb(blocks: u32) -> Cdb {}

// crate::command::speed

pub fn cdb(read: Option<Speed>, write: Option<Speed>, rotation: Rotation) -> Cdb {}

// crate::command::start_stop

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum StartStop {
    Stop = 0,
    Start = 1,
    Eject = 2,
    Load = 3,
}
pub fn cdb(action: StartStop, immediate: bool) -> Cdb {}

// crate::command::streaming

pub const PARAMETERS: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streaming {
    pub start: u32,
    pub end: u32,
    pub read: Speed,
    pub write: Speed,
    pub rotation: Rotation,
}
impl Streaming {
    pub fn cdb(&self) -> Cdb {}
    pub fn parameters(&self) -> [u8; PARAMETERS] {}
}

// crate::command::sub_channel

pub const REPLY: usize = _;
pub fn catalog() -> Cdb {}
pub fn isrc(track: u8) -> Cdb {}
pub fn code(reply: &[u8], len: usize) -> Result<Option<&str>, BadReply> {}

// crate::command::synchronize

pub fn cdb(immediate: bool) -> Cdb {}

// crate::command::test_unit_ready

pub fn cdb() -> Cdb {}

// crate::command::toc

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TocFormat {
    Toc = 0,
    SessionInformation = 1,
    FullToc = 2,
    Atip = 4,
    CdText = 5,
}
pub const LEAD_OUT: u8 = _;
pub fn cdb(format: TocFormat, number: u8, len: u16) -> Cdb {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TocTrack {
    pub number: u8,
    pub control: u8,
    pub start: Lba,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toc {
    pub tracks: Vec<TocTrack>,
    pub lead_out: Option<Lba>,
}
impl Toc {
    pub fn parse(reply: &[u8]) -> Result<Toc, BadReply> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSession {
    pub first_session: u8,
    pub last_session: u8,
    pub first_track: u8,
    pub start: Lba,
}
impl LastSession {
    pub fn parse(reply: &[u8]) -> Result<LastSession, BadReply> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullTocTrack {
    pub session: u8,
    pub number: u8,
    pub control: u8,
    pub start: Lba,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullToc {
    pub tracks: Vec<FullTocTrack>,
    pub lead_outs: Vec<(u8, Lba)>,
}
impl FullToc {
    pub fn parse(reply: &[u8]) -> Result<FullToc, BadReply> {}
    pub fn lead_out(&self, session: u8) -> Option<Lba> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CdRwSubType(pub u8);
impl fmt::Display for CdRwSubType {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Atip {
    pub rewritable: bool,
    pub sub_type: CdRwSubType,
    pub lead_in: Lba,
    pub last_lead_out: Lba,
}
impl Atip {
    pub fn parse(reply: &[u8]) -> Result<Atip, BadReply> {}
}

// crate::command::track_info

pub const REPLY: usize = _;
pub const LEAST: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackAddress {
    Lba(Lba),
    Track(u16),
    Session(u16),
    Invisible,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackInformation {
    pub track: u16,
    pub session: u16,
    pub damage: bool,
    pub track_mode: u8,
    pub reserved: bool,
    pub blank: bool,
    pub packet: bool,
    pub fixed_packet: bool,
    pub data_mode: u8,
    pub start: Lba,
    pub next_writable: Option<Lba>,
    pub free_blocks: u32,
    pub packet_size: u32,
    pub size: u32,
    pub last_recorded: Option<Lba>,
}
pub fn cdb(address: TrackAddress, len: u16) -> Cdb {}
impl TrackInformation {
    pub fn parse(reply: &[u8]) -> Result<TrackInformation, BadReply> {}
    pub const fn is_data(&self) -> bool {}
}

// crate::command::write

pub fn write_10(lba: Lba, blocks: u16) -> Cdb {}
pub fn write_and_verify_10(lba: Lba, blocks: u16) -> Cdb {}
pub fn write_12(lba: Lba, blocks: u32, streaming: bool) -> Cdb {}

// crate::discover

pub use watch::{DriveChange, DriveWatch};
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDrive {
    pub path: PathBuf,
    pub vendor: String,
    pub model: String,
    pub revision: String,
}
pub fn drives() -> io::Result<Vec<FoundDrive>> {}
pub fn names_drive(path: &Path) -> bool {}

// crate::discover::watch

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveChange {
    Added(FoundDrive),
    Removed(FoundDrive),
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct DriveWatch {}
impl DriveWatch {
    pub fn new() -> io::Result<DriveWatch> {}
    pub fn drives(&self) -> &[FoundDrive] {}
    pub fn changes(&mut self) -> io::Result<Vec<DriveChange>> {}
}

// crate::drive

pub type Listener = Box<dyn FnMut(Operation, Option<u16>) + Send>;
/// And private fields.
pub struct Drive<T> {}
impl<T: fmt::Debug> fmt::Debug for Drive<T> {}
impl<T> Drive<T> {
    pub fn new(transport: T) -> Drive<T> {}
    pub fn with_waiter(transport: T, waiter: Box<dyn Waiter>) -> Drive<T> {}
    pub fn set_waiter(&mut self, waiter: Box<dyn Waiter>) {}
    pub fn set_listener(&mut self, listener: Option<Listener>) {}
    pub fn transport(&self) -> &T {}
    pub fn transport_mut(&mut self) -> &mut T {}
    pub fn into_transport(self) -> T {}
    pub fn recording_speed(&self) -> Option<Speed> {}
    pub fn rotation(&self) -> Option<Rotation> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandEnd {
    pub transferred: usize,
    pub sense: Option<Sense>,
}
impl<T: Transport> Drive<T> {
    pub fn execute(
        &mut self,
        cdb: &Cdb,
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<usize, DriveError> {}
    pub fn pass_through(
        &mut self,
        cdb: &Cdb,
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<CommandEnd, DriveError> {}
    pub fn wait_for(&mut self, operation: Operation) -> Result<(), DriveError> {}
    pub fn wait_until_ready(&mut self) -> Result<(), DriveError> {}
    pub fn wait_for_same_medium(&mut self) -> Result<(), DriveError> {}
    pub fn wait_for_medium(
        &mut self,
        limit: Duration,
        mut go_on: impl FnMut() -> bool,
    ) -> Result<bool, DriveError> {}
}

// crate::drive::cd

impl<T: Transport> Drive<T> {
    pub fn write_sectors(
        &mut self,
        lba: Lba,
        blocks: u16,
        data: &[u8],
    ) -> Result<(), DriveError> {}
    pub fn send_cue_sheet(&mut self, sheet: &[u8]) -> Result<(), DriveError> {}
    pub fn read_cd(
        &mut self,
        lba: Lba,
        subchannel: WithSubchannel,
        into: &mut [u8],
    ) -> Result<(), DriveError> {}
    pub fn cd_text(&mut self) -> Result<Option<CdText>, DriveError> {}
    pub fn catalog(&mut self) -> Result<Option<MediaCatalogNumber>, DriveError> {}
    pub fn isrc(&mut self, track: u8) -> Result<Option<Isrc>, DriveError> {}
}

// crate::drive::changes

impl<T: Transport> Drive<T> {
    pub fn read_10(&mut self, lba: Lba, into: &mut [u8]) -> Result<(), DriveError> {}
    pub fn write_10(&mut self, lba: Lba, data: &[u8]) -> Result<(), DriveError> {}
    pub fn write_12_streaming(
        &mut self,
        lba: Lba,
        data: &[u8],
    ) -> Result<(), DriveError> {}
    pub fn synchronize_cache(&mut self) -> Result<(), DriveError> {}
    pub fn synchronize_cache_waiting(&mut self) -> Result<(), DriveError> {}
    pub fn close_track_session(
        &mut self,
        function: CloseFunction,
        track: u16,
    ) -> Result<(), DriveError> {}
    pub fn reserve_track(&mut self, blocks: u32) -> Result<(), DriveError> {}
    pub fn calibrate_power(&mut self) -> Result<(), DriveError> {}
    pub fn repair_track(&mut self, track: u16) -> Result<(), DriveError> {}
    pub fn format_unit(&mut self, format: &FormatUnit) -> Result<(), DriveError> {}
    pub fn blank(&mut self, kind: BlankType) -> Result<(), DriveError> {}
}

// crate::drive::queries

impl<T: Transport> Drive<T> {
    pub fn inquiry(&mut self) -> Result<Inquiry, DriveError> {}
    pub fn test_unit_ready(&mut self) -> Result<(), DriveError> {}
    pub fn request_sense(&mut self) -> Result<Option<Sense>, DriveError> {}
    pub fn configuration(&mut self) -> Result<Configuration, DriveError> {}
    pub fn current_profile(&mut self) -> Result<Profile, DriveError> {}
    pub fn mode_page(&mut self, page: u8) -> Result<Vec<u8>, DriveError> {}
    pub fn mode_page_codes(&mut self) -> Result<Vec<PageCode>, DriveError> {}
    pub fn select_mode_page(&mut self, page: &[u8]) -> Result<(), DriveError> {}
    pub fn write_parameters(&mut self) -> Result<WriteParameters, DriveError> {}
    pub fn capabilities(&mut self) -> Result<Capabilities, DriveError> {}
    pub fn buffer_capacity(&mut self) -> Result<BufferCapacity, DriveError> {}
    pub fn write_speeds(&mut self) -> Result<Vec<WriteSpeed>, DriveError> {}
    pub fn write_speed(&mut self) -> Result<Speed, DriveError> {}
    pub fn set_streaming(&mut self, streaming: &Streaming) -> Result<(), DriveError> {}
    pub fn set_cd_speed(
        &mut self,
        read: Option<Speed>,
        write: Option<Speed>,
        rotation: Rotation,
    ) -> Result<(), DriveError> {}
    pub fn request_speed(
        &mut self,
        medium: &Medium,
        speed: Speed,
        asked_rotation: Option<Rotation>,
    ) {}
    pub fn start_stop(&mut self, action: StartStop) -> Result<(), DriveError> {}
    pub fn prevent_removal(&mut self, prevent: bool) -> Result<(), DriveError> {}
    pub fn event(&mut self, classes: EventClasses) -> Result<Option<Event>, DriveError> {}
    pub fn media_event(&mut self) -> Result<Option<MediaStatus>, DriveError> {}
}
impl<T: Transport> Drive<T> {
    pub fn disc_information(&mut self) -> Result<DiscInformation, DriveError> {}
    pub fn pseudo_overwrite_resources(
        &mut self,
    ) -> Result<PseudoOverwriteResources, DriveError> {}
    pub fn track_information(
        &mut self,
        address: TrackAddress,
    ) -> Result<TrackInformation, DriveError> {}
    pub fn disc_structure(
        &mut self,
        request: StructureRequest,
    ) -> Result<Vec<u8>, DriveError> {}
    pub fn toc(&mut self) -> Result<Toc, DriveError> {}
    pub fn full_toc(&mut self) -> Result<FullToc, DriveError> {}
    pub fn last_session(&mut self) -> Result<LastSession, DriveError> {}
    pub fn atip(&mut self) -> Result<Atip, DriveError> {}
    pub fn read_capacity(&mut self) -> Result<Capacity, DriveError> {}
    pub fn format_capacities(&mut self) -> Result<FormatCapacities, DriveError> {}
    pub fn medium(&mut self) -> Result<Medium, DriveError> {}
}

// crate::error

#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    NoSuchModePage { page: u8, sense: Sense },
    NoMedium { sense: Sense },
    MediumIncompatible { operation: OperationCode, sense: Sense },
    MediumUpsideDown { operation: OperationCode, sense: Sense },
    BecomingReady { sense: Sense },
    FormatInProgress { sense: Sense },
    Busy { operation: OperationCode, sense: Sense },
    InvalidModeParameters { sense: Sense },
    WriteProtected { sense: Sense },
    Timeout { operation: OperationCode, limit: Option<Duration> },
    NoDiscStructure { sense: Sense },
    SpeedMismatch { sub_type: CdRwSubType, sense: Sense },
    Locked { device: PathBuf, holders: Vec<Holder> },
    BadReply { operation: OperationCode, problem: &'static str },
    LossOfStreaming { lba: Option<Lba>, sense: Sense },
    Open { device: PathBuf, source: io::Error },
    DeviceGone,
    WriteFailed { lba: Option<Lba>, sense: Sense },
    ReadFailed { lba: Lba, sense: Sense },
    NotWritable { profile: Profile, reason: NotWritable },
    TooLarge { needed: u32, available: u32 },
    OutOfOrder { lba: Lba, expected: Lba },
    PartialBlock { len: usize },
    EraseFailed { sense: Sense },
    CloseFailed { sense: Sense },
    MediumChanged { operation: OperationCode, sense: Sense },
    NotSupported { operation: OperationCode, sense: Sense },
    Failed { operation: OperationCode, sense: Sense },
    Transport { operation: OperationCode, source: TransportError },
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotWritable {
    NoRecipe,
    Complete,
    NoNextWritableAddress,
    UnfinishedSession,
    NotAtOnce,
    NoTestWrite,
    NoSuchMode,
    NotBlank,
    TooManyTracks,
    NotErasable,
    NoFormat,
    BrokenSession,
    NoTracks,
    NotReserved,
    NoMoreReservations,
    NothingToClose,
}
impl std::fmt::Display for NotWritable {}
impl DriveError {
    pub fn from_sense(
        operation: OperationCode,
        sense: Sense,
        lba: Option<Lba>,
    ) -> DriveError {}
    pub fn from_transport(
        operation: OperationCode,
        error: TransportError,
        lba: Option<Lba>,
    ) -> DriveError {}
    pub fn sense(&self) -> Option<Sense> {}
    pub fn lba(&self) -> Option<Lba> {}
    pub fn is_of_closing(&self) -> bool {}
    pub fn is_unsupported(&self) -> bool {}
}

// crate::feature

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureCode(pub u16);
impl fmt::Display for FeatureCode {}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    pub code: FeatureCode,
    pub version: u8,
    pub persistent: bool,
    pub current: bool,
    pub data: Vec<u8>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovableMedium {
    pub mechanism: u8,
    pub load: bool,
    pub eject: bool,
    pub lock: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackAtOnce {
    pub underrun_protection: bool,
    pub test_write: bool,
    pub cd_rw: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DvdRWrite {
    pub underrun_protection: bool,
    pub dual_layer: bool,
    pub test_write: bool,
    pub dvd_rw: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formattable {
    pub certification: bool,
    pub quick_certification: bool,
    pub expansion: bool,
    pub no_spares: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealTimeStreaming {
    pub set_cd_speed: bool,
    pub write_speeds: bool,
    pub stream_writing: bool,
}
impl Feature {
    pub fn profiles(&self) -> Vec<(Profile, bool)> {}
    pub fn removable_medium(&self) -> Option<RemovableMedium> {}
    pub fn track_at_once(&self) -> Option<TrackAtOnce> {}
    pub fn writes_cd_rw(&self, sub_type: CdRwSubType) -> Option<bool> {}
    pub fn dvd_r_write(&self) -> Option<DvdRWrite> {}
    pub fn formattable(&self) -> Option<Formattable> {}
    pub fn real_time_streaming(&self) -> Option<RealTimeStreaming> {}
}

// crate::format

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SpareArea {
    Default,
    None,
    Least,
    Most,
    Blocks(u32),
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BdRMode {
    Sequential,
    PseudoOverwrite,
    Random,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FormatRequest {
    pub full: bool,
    pub spare: SpareArea,
    pub bd_r: BdRMode,
}
pub fn format<T: Transport>(
    drive: &mut Drive<T>,
    request: &FormatRequest,
) -> Result<Medium, DriveError> {}

// crate::holder

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Holder {
    Process { pid: u32, command: String },
    Mount { at: PathBuf },
    Client { name: String },
}
impl fmt::Display for Holder {}

// crate::iscsi

pub use logical_unit::LogicalUnit;
pub use login::SessionKind;
pub use server::Target;
pub use session::{Connection, Flow};

// crate::iscsi::logical_unit

pub trait LogicalUnit: Send {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>) -> Result<usize, TransportError>;
    fn reset(&mut self);
}
impl LogicalUnit for SimulatedDrive {}

// crate::iscsi::login

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    Discovery,
    Normal,
}

// crate::iscsi::pdu

pub use data_in::DataIn;
pub use data_out::DataOut;
pub use header::{HEADER, Header, NO_TAG};
pub use login_request::LoginRequest;
pub use login_response::LoginResponse;
pub use logout_request::LogoutRequest;
pub use logout_response::LogoutResponse;
pub use nop_in::NopIn;
pub use nop_out::NopOut;
pub use numbers::Numbers;
pub use r2t::R2t;
pub use reject::Reject;
pub use residual::Residual;
pub use scsi_command::ScsiCommand;
pub use scsi_response::ScsiResponse;
pub use stages::{Stage, Stages};
pub use task_management_request::TaskManagementRequest;
pub use task_management_response::TaskManagementResponse;
pub use text_request::TextRequest;
pub use text_response::TextResponse;

// crate::iscsi::pdu::data_in

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataIn {
    pub last: bool,
    pub status: Option<(u8, Residual)>,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub numbers: Numbers,
    pub data_sn: u32,
    pub buffer_offset: u32,
}
impl DataIn {
    pub fn parse(header: &Header) -> DataIn {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::data_out

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataOut {
    pub last: bool,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub target_transfer_tag: u32,
    pub exp_stat_sn: u32,
    pub data_sn: u32,
    pub buffer_offset: u32,
}
impl DataOut {
    pub fn parse(header: &Header) -> DataOut {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::header

pub const HEADER: usize = _;
pub const NO_TAG: u32 = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub operation: u8,
    pub flags: u8,
    pub codes: [u8; 2],
    pub total_ahs_length: u8,
    pub data_segment_length: u32,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub words: [u32; 7],
}
impl Header {
    pub fn parse(bytes: &[u8]) -> Option<Header> {}
    pub fn encode(&self) -> [u8; HEADER] {}
    pub const fn opcode(&self) -> u8 {}
    pub const fn immediate(&self) -> bool {}
    pub const fn additional(&self) -> usize {}
    pub const fn data_len(&self) -> usize {}
    pub const fn rest_len(&self) -> usize {}
    pub fn append_with(mut self, data: &[u8], out: &mut Vec<u8>) {}
}

// crate::iscsi::pdu::login_request

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginRequest {
    pub stages: Stages,
    pub version_max: u8,
    pub version_min: u8,
    pub isid: [u8; 6],
    pub tsih: u16,
    pub initiator_task_tag: u32,
    pub cid: u16,
    pub cmd_sn: u32,
    pub exp_stat_sn: u32,
}
impl LoginRequest {
    pub fn parse(header: &Header) -> Option<LoginRequest> {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::login_response

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginResponse {
    pub stages: Stages,
    pub isid: [u8; 6],
    pub tsih: u16,
    pub initiator_task_tag: u32,
    pub numbers: Numbers,
    pub status: u16,
}
impl LoginResponse {
    pub fn parse(header: &Header) -> Option<LoginResponse> {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::logout_request

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    pub immediate: bool,
    pub reason: u8,
    pub initiator_task_tag: u32,
    pub cid: u16,
    pub cmd_sn: u32,
    pub exp_stat_sn: u32,
}
impl LogoutRequest {
    pub fn parse(header: &Header) -> LogoutRequest {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::logout_response

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoutResponse {
    pub response: u8,
    pub initiator_task_tag: u32,
    pub numbers: Numbers,
}
impl LogoutResponse {
    pub fn parse(header: &Header) -> LogoutResponse {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::nop_in

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NopIn {
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub target_transfer_tag: u32,
    pub numbers: Numbers,
}
impl NopIn {
    pub fn parse(header: &Header) -> NopIn {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::nop_out

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NopOut {
    pub immediate: bool,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub target_transfer_tag: u32,
    pub cmd_sn: u32,
    pub exp_stat_sn: u32,
}
impl NopOut {
    pub fn parse(header: &Header) -> NopOut {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::numbers

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub stat_sn: u32,
    pub exp_cmd_sn: u32,
    pub max_cmd_sn: u32,
}

// crate::iscsi::pdu::opcode

pub const NOP_OUT: u8 = _;
pub const SCSI_COMMAND: u8 = _;
pub const TASK_MANAGEMENT_REQUEST: u8 = _;
pub const LOGIN_REQUEST: u8 = _;
pub const TEXT_REQUEST: u8 = _;
pub const DATA_OUT: u8 = _;
pub const LOGOUT_REQUEST: u8 = _;
pub const NOP_IN: u8 = _;
pub const SCSI_RESPONSE: u8 = _;
pub const TASK_MANAGEMENT_RESPONSE: u8 = _;
pub const LOGIN_RESPONSE: u8 = _;
pub const TEXT_RESPONSE: u8 = _;
pub const DATA_IN: u8 = _;
pub const LOGOUT_RESPONSE: u8 = _;
pub const R2T: u8 = _;
pub const REJECT: u8 = _;

// crate::iscsi::pdu::r2t

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct R2t {
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub target_transfer_tag: u32,
    pub numbers: Numbers,
    pub r2t_sn: u32,
    pub buffer_offset: u32,
    pub desired_data_transfer_length: u32,
}
impl R2t {
    pub fn parse(header: &Header) -> R2t {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::reject

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject {
    pub reason: u8,
    pub numbers: Numbers,
}
impl Reject {
    pub const COMMAND_NOT_SUPPORTED: u8 = _;
    pub const INVALID_PDU_FIELD: u8 = _;
    pub fn parse(header: &Header) -> Reject {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::residual

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Residual {
    None,
    Underflow(u32),
    Overflow(u32),
}

// crate::iscsi::pdu::scsi_command

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScsiCommand {
    pub immediate: bool,
    pub last: bool,
    pub read: bool,
    pub write: bool,
    pub attribute: u8,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub expected_data_transfer_length: u32,
    pub cmd_sn: u32,
    pub exp_stat_sn: u32,
    pub cdb: [u8; 16],
}
impl ScsiCommand {
    pub fn parse(header: &Header) -> ScsiCommand {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::scsi_response

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScsiResponse {
    pub response: u8,
    pub status: u8,
    pub initiator_task_tag: u32,
    pub numbers: Numbers,
    pub exp_data_sn: u32,
    pub residual: Residual,
}
impl ScsiResponse {
    pub fn parse(header: &Header) -> ScsiResponse {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::stages

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Security = 0,
    Operational = 1,
    FullFeature = 3,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stages {
    pub current: Stage,
    pub next: Option<Stage>,
    pub continued: bool,
}

// crate::iscsi::pdu::task_management_request

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskManagementRequest {
    pub immediate: bool,
    pub function: u8,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub referenced_task_tag: u32,
    pub cmd_sn: u32,
    pub exp_stat_sn: u32,
    pub ref_cmd_sn: u32,
}
impl TaskManagementRequest {
    pub fn parse(header: &Header) -> TaskManagementRequest {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::task_management_response

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskManagementResponse {
    pub response: u8,
    pub initiator_task_tag: u32,
    pub numbers: Numbers,
}
impl TaskManagementResponse {
    pub fn parse(header: &Header) -> TaskManagementResponse {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::text_request

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRequest {
    pub immediate: bool,
    pub last: bool,
    pub continued: bool,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub target_transfer_tag: u32,
    pub cmd_sn: u32,
    pub exp_stat_sn: u32,
}
impl TextRequest {
    pub fn parse(header: &Header) -> TextRequest {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::pdu::text_response

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextResponse {
    pub last: bool,
    pub continued: bool,
    pub lun: u64,
    pub initiator_task_tag: u32,
    pub target_transfer_tag: u32,
    pub numbers: Numbers,
}
impl TextResponse {
    pub fn parse(header: &Header) -> TextResponse {}
    pub fn encode(&self) -> Header {}
}

// crate::iscsi::server

#[derive(Debug)]
/// And private fields.
pub struct Target<U> {}
impl<U: LogicalUnit> Target<U> {
    pub fn bind(
        address: SocketAddr,
        name: impl Into<String>,
        unit: Arc<Mutex<U>>,
    ) -> io::Result<Target<U>> {}
    pub fn address(&self) -> SocketAddr {}
    pub fn url(&self) -> String {}
    pub fn serve(self, once: bool, stop: impl Fn() -> bool) -> io::Result<()> {}
}

// crate::iscsi::session

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    GoOn,
    Close,
}
#[derive(Debug)]
/// And private fields.
pub struct Connection {}
impl Connection {
    pub fn new(target: impl Into<String>, portal: impl Into<String>) -> Connection {}
    pub fn longest_data(&self) -> usize {}
    pub fn kind(&self) -> Option<SessionKind> {}
    pub fn receive(
        &mut self,
        header: &Header,
        data: &[u8],
        unit: &mut dyn LogicalUnit,
        out: &mut Vec<u8>,
    ) -> Flow {}
}

// crate::medium

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediumState {
    Blank,
    Appendable,
    Complete,
    Overwritable,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackState {
    Blank,
    Open,
    Recorded,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediumTrack {
    pub number: u16,
    pub session: u16,
    pub state: TrackState,
    pub start: Lba,
    pub blocks: u32,
    pub data: bool,
    pub damaged: bool,
    pub reserved: bool,
    pub next_writable: Option<Lba>,
    pub free_blocks: u32,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionInfo {
    pub number: u16,
    pub first_track: u16,
    pub last_track: u16,
    pub start: Lba,
    pub blocks: u32,
    pub closed: bool,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    pub profile: Profile,
    pub state: MediumState,
    pub sessions: Vec<SessionInfo>,
    pub tracks: Vec<MediumTrack>,
    pub next_writable: Option<Lba>,
    pub free_blocks: u32,
    pub capacity: u32,
    pub write_unit: u32,
    pub erasable: bool,
    pub damaged: bool,
    pub needs_format: bool,
    pub unfinished_session: bool,
    pub growing: bool,
    pub background_format_pending: bool,
    pub pseudo_overwrite: Option<PseudoOverwrite>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PseudoOverwrite {
    pub replacements: Option<u32>,
}
impl Medium {
    pub fn readable(&self) -> SectorCount {}
    pub fn is_replaceable(&self) -> bool {}
    pub fn begun_reservations(&self) -> impl Iterator<Item = &MediumTrack> {}
    pub fn newest_session(&self) -> Option<&SessionInfo> {}
}

// crate::profile

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Profile(pub u16);
impl Profile {
    pub const NONE: Profile = _;
    pub const CD_ROM: Profile = _;
    pub const CD_R: Profile = _;
    pub const CD_RW: Profile = _;
    pub const DVD_ROM: Profile = _;
    pub const DVD_R: Profile = _;
    pub const DVD_RAM: Profile = _;
    pub const DVD_RW_RESTRICTED_OVERWRITE: Profile = _;
    pub const DVD_RW_SEQUENTIAL: Profile = _;
    pub const DVD_R_DL: Profile = _;
    pub const DVD_R_DL_LAYER_JUMP: Profile = _;
    pub const DVD_PLUS_RW: Profile = _;
    pub const DVD_PLUS_R: Profile = _;
    pub const DVD_PLUS_RW_DL: Profile = _;
    pub const DVD_PLUS_R_DL: Profile = _;
    pub const BD_ROM: Profile = _;
    pub const BD_R_SRM: Profile = _;
    pub const BD_R_RRM: Profile = _;
    pub const BD_RE: Profile = _;
    pub const fn is_cd(self) -> bool {}
    pub const fn is_dvd(self) -> bool {}
    pub const fn is_bd(self) -> bool {}
    pub const fn is_dvd_minus_r(self) -> bool {}
    pub const fn is_overwritable(self) -> bool {}
    pub const fn is_sequential(self) -> bool {}
    pub const fn write_unit(self) -> u32 {}
}
impl fmt::Display for Profile {}

// crate::reader

/// And private fields.
pub struct DriveSectors<T> {}
impl<T> fmt::Debug for DriveSectors<T> {}
/// And private fields.
pub struct DriveGuard<'a, T>();
impl<T> std::ops::Deref for DriveGuard<'_, T> {
    type Target = Drive<T>;
}
impl<T> std::ops::DerefMut for DriveGuard<'_, T> {}
impl<T> fmt::Debug for DriveGuard<'_, T> {}
impl<T: Transport> DriveSectors<T> {
    pub fn new(drive: Drive<T>, sectors: SectorCount) -> DriveSectors<T> {}
    pub fn open(mut drive: Drive<T>) -> Result<DriveSectors<T>, DriveError> {}
    pub fn drive(&self) -> DriveGuard<'_, T> {}
    pub fn set_sectors(&self, sectors: SectorCount) {}
    pub fn into_drive(self) -> Drive<T> {}
}
impl<T: Transport> ReadSectors for DriveSectors<T> {}

// crate::recorder

pub use cd::{
    CdRequest, PausedTracks, RawSession, SessionAtOnce, SoundTracks, WrittenTrack,
};
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Closing {
    KeepAppendable,
    Finalise,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RecordingMode {
    Automatic,
    Incremental,
    AtOnce,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRequest {
    pub blocks: u32,
    pub closing: Closing,
    pub mode: RecordingMode,
    pub test_write: bool,
    pub speed: Option<Speed>,
    pub rotation: Option<Rotation>,
    pub streaming: bool,
    pub reserve: bool,
}
impl SessionRequest {
    pub const fn new(blocks: u32) -> SessionRequest {}
}
pub trait Recorder {
    fn begin(
        &mut self,
        request: &SessionRequest,
    ) -> Result<Box<dyn OpenSession + '_>, DriveError>;
}
pub fn recorder<'d, T: Transport>(
    drive: &'d mut Drive<T>,
    medium: &Medium,
) -> Result<Box<dyn Recorder + 'd>, DriveError> {}
pub fn track_recorder<'d, T: Transport>(
    drive: &'d mut Drive<T>,
    medium: &Medium,
    track: Option<u16>,
) -> Result<Box<dyn Recorder + 'd>, DriveError> {}
pub const fn has_recipe(profile: Profile) -> bool {}
pub trait OpenSession {
    fn next_writable(&mut self) -> Result<Lba, DriveError>;
    fn write(&mut self, start: Lba, data: &[u8]) -> Result<(), DriveError> {}
    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError>;
    fn flush(&mut self) -> Result<(), DriveError>;
    fn buffer_fill(&mut self) -> Option<u8>;
    fn close(self: Box<Self>) -> Result<SessionEnd, DriveError>;
    fn abandon(self: Box<Self>) -> Result<Abandoned, DriveError>;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    pub start: Lba,
    pub blocks: u32,
    pub padding: u32,
    pub state: Option<MediumState>,
    pub next_writable: Option<Lba>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abandoned {
    pub start: Lba,
    pub blocks: u32,
    pub left: MediumLeft,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediumLeft {
    Untouched,
    Appendable,
    SessionOpen,
    Complete,
    Spoiled,
    Overwritten,
}

// crate::recorder::cd

pub use at_once::SessionAtOnce;
pub use raw::RawSession;
pub use sound::{PausedTracks, SoundTracks, WrittenTrack};
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CdRequest {
    pub closing: Closing,
    pub test_write: bool,
    pub speed: Option<Speed>,
    pub rotation: Option<Rotation>,
}

// crate::recorder::cd::at_once

/// And private fields.
pub struct SessionAtOnce<'d, T: Transport> {}
impl<'d, T: Transport> SessionAtOnce<'d, T> {
    pub fn start(medium: &Medium) -> Lba {}
    pub fn begin(
        drive: &'d mut Drive<T>,
        medium: &Medium,
        program: Program,
        cd_text: &[Pack],
        request: &CdRequest,
    ) -> Result<SessionAtOnce<'d, T>, DriveError> {}
    pub fn without_cd_text(&self) -> bool {}
    pub fn next(&self) -> (Lba, usize) {}
    pub fn write(&mut self, mut data: &[u8]) -> Result<(), DriveError> {}
    pub fn close(mut self) -> Result<(), DriveError> {}
    pub fn abandon(mut self) -> Result<MediumLeft, DriveError> {}
}

// crate::recorder::cd::data

impl<T: Transport> OpenSession for Data<'_, T> {}

// crate::recorder::cd::raw

/// And private fields.
pub struct RawSession<'d, T: Transport> {}
impl<'d, T: Transport> RawSession<'d, T> {
    pub fn begin(
        drive: &'d mut Drive<T>,
        medium: &Medium,
        image: &RawImage,
        request: &CdRequest,
    ) -> Result<RawSession<'d, T>, DriveError> {}
    pub fn start(&self) -> Lba {}
    pub fn next(&self) -> Lba {}
    pub fn write(&mut self, data: &[u8]) -> Result<(), DriveError> {}
    pub fn close(mut self) -> Result<(), DriveError> {}
    pub fn abandon(mut self) -> Result<MediumLeft, DriveError> {}
}

// crate::recorder::cd::sound

/// And private fields.
pub struct SoundTracks<'d, T: Transport> {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenTrack {
    pub start: Lba,
    pub sectors: u32,
    pub padding: u32,
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct PausedTracks {}
impl PausedTracks {
    pub fn resume<'d, T: Transport>(
        &self,
        drive: &'d mut Drive<T>,
        catalog: Option<MediaCatalogNumber>,
        request: &CdRequest,
    ) -> SoundTracks<'d, T> {}
    pub fn is_broken(&self) -> bool {}
}
impl<'d, T: Transport> SoundTracks<'d, T> {
    pub fn begin(
        drive: &'d mut Drive<T>,
        medium: &Medium,
        catalog: Option<MediaCatalogNumber>,
        request: &CdRequest,
    ) -> Result<SoundTracks<'d, T>, DriveError> {}
    pub fn tracks(&self) -> usize {}
    pub fn begin_track(
        &mut self,
        control: Control,
        isrc: Option<Isrc>,
    ) -> Result<(Lba, u32), DriveError> {}
    pub fn write(&mut self, data: &[u8]) -> Result<(), DriveError> {}
    pub fn end_track(&mut self) -> Result<WrittenTrack, DriveError> {}
    pub fn pause(mut self) -> (Result<WrittenTrack, DriveError>, PausedTracks) {}
    pub fn close(mut self) -> Result<(), DriveError> {}
    pub fn abandon(mut self) -> Result<MediumLeft, DriveError> {}
}

// crate::recorder::pseudo_overwrite

impl<T: Transport> Recorder for PseudoOverwrite<'_, T> {}

// crate::recorder::tao

impl<T: Transport> Recorder for TrackAtOnce<'_, T> {}

// crate::sense

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sense {
    pub deferred: bool,
    pub key: u8,
    pub asc: u8,
    pub ascq: u8,
    pub progress: Option<u16>,
    pub information: Option<u32>,
}
impl Sense {
    pub const fn new(key: u8, asc: u8, ascq: u8) -> Sense {}
    pub fn parse(bytes: &[u8]) -> Option<Sense> {}
    pub const fn is(self, key: u8, asc: u8, ascq: u8) -> bool {}
    pub const fn is_changed_medium(self) -> bool {}
    pub const fn is_no_medium(self) -> bool {}
    pub const fn is_not_ready(self) -> bool {}
    pub const fn is_becoming_ready(self) -> bool {}
    pub const fn is_format_in_progress(self) -> bool {}
    pub const fn is_busy(self) -> bool {}
    pub const fn is_long_write(self) -> bool {}
    pub const fn is_unit_attention(self) -> bool {}
    pub const fn is_unknown_operation(self) -> bool {}
    pub const fn is_unsupported(self) -> bool {}
    pub const fn is_blank_check(self) -> bool {}
    pub const fn is_invalid_address(self) -> bool {}
    pub const fn meaning(self) -> &'static str {}
}
impl fmt::Display for Sense {}

// crate::sense::key

pub const NO_SENSE: u8 = _;
pub const RECOVERED_ERROR: u8 = _;
pub const NOT_READY: u8 = _;
pub const MEDIUM_ERROR: u8 = _;
pub const HARDWARE_ERROR: u8 = _;
pub const ILLEGAL_REQUEST: u8 = _;
pub const UNIT_ATTENTION: u8 = _;
pub const DATA_PROTECT: u8 = _;
pub const BLANK_CHECK: u8 = _;
pub const ABORTED_COMMAND: u8 = _;

// crate::simulated

pub use drive::{Direction, Exchange, SimulatedDrive};
pub use error::SimulatedError;
pub use faults::Fault;
pub use medium_kind::MediumKind;
pub use timing::{Clock, Timing, VirtualClock};

// crate::simulated::drive

/// And private fields.
pub struct SimulatedDrive {}
#[derive(Debug)]
#[non_exhaustive]
pub struct Exchange<'a> {
    pub cdb: &'a Cdb,
    pub direction: Direction,
    pub requested: usize,
    pub result: Result<usize, &'a TransportError>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    None,
    In,
    Out,
}
impl SimulatedDrive {
    pub fn create(
        path: impl AsRef<Path>,
        kind: MediumKind,
    ) -> Result<SimulatedDrive, SimulatedError> {}
    pub fn create_with_capacity(
        path: impl AsRef<Path>,
        kind: MediumKind,
        capacity: u32,
    ) -> Result<SimulatedDrive, SimulatedError> {}
    pub fn open(path: impl AsRef<Path>) -> Result<SimulatedDrive, SimulatedError> {}
    pub fn empty() -> SimulatedDrive {}
    pub fn insert(&mut self, path: impl AsRef<Path>) -> Result<(), SimulatedError> {}
    pub fn eject(&mut self) -> Result<(), SimulatedError> {}
    pub fn power_cycle(&mut self) -> Result<(), SimulatedError> {}
    pub fn reset(&mut self) {}
    pub fn medium_kind(&self) -> Option<MediumKind> {}
    pub fn medium_path(&self) -> Option<&Path> {}
    pub fn inject(&mut self, fault: Fault) -> Result<(), SimulatedError> {}
    pub fn clear_faults(&mut self) {}
    pub fn set_trace(&mut self, trace: impl FnMut(&Exchange<'_>) + Send + 'static) {}
    pub fn set_long_operation_polls(&mut self, polls: u32) {}
    pub fn set_background_format_polls(&mut self, polls: Option<u32>) {}
    pub fn close(mut self) -> Result<(), SimulatedError> {}
}
impl Drop for SimulatedDrive {}
impl fmt::Debug for SimulatedDrive {}

// crate::simulated::error

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatedError {
    AlreadyExists { path: PathBuf },
    StateLeftBehind { path: PathBuf, state: PathBuf },
    DriveLocked { path: PathBuf },
    NotAMedium { path: PathBuf, reason: String },
    UnknownVersion { path: PathBuf, found: u32, known: u32 },
    Capacity { kind: super::MediumKind, capacity: u32 },
    Occupied,
    RemovalPrevented,
    UnknownKind { name: String, known: String },
    UnknownFault { text: String, reason: &'static str },
    Io { path: PathBuf, source: io::Error },
}

// crate::simulated::execute

impl Transport for SimulatedDrive {}

// crate::simulated::faults

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    WriteError { lba: u32 },
    ReadError { lba: u32 },
    LongWriteInProgress { times: u32 },
    LossOfStreaming,
    UnitAttention { after_sectors: u64, asc: u8, ascq: u8 },
    PowerCut { after_sectors: u64 },
    PowerCutWithin { operation_code: u8 },
    MediumRemoved { after_sectors: u64 },
    Refuse { operation_code: u8, key: u8, asc: u8, ascq: u8, times: Option<u32> },
    ImmediateSynchronizeRefused,
    NotReady { times: u32 },
    ReadyTooEarly { times: u32 },
    DeferredWriteError { lba: u32 },
    SilentCorruption { lba: u32 },
    LyingCapacity { last_lba: u32 },
    ShortReply { operation_code: u8, len: usize },
    WriteProtected,
    Hang { operation_code: u8, times: Option<u32> },
    MediumNoticedLate { times: u32 },
    NoProgress,
    StuckProgress,
    ImpliedImmediate,
    NoCertification,
    StreamWantsClusters,
    ZeroSpeeds,
    EndlessEvents,
    BogusLinkSize,
    LyingLength { operation_code: u8, len: u16 },
    LyingField { operation_code: u8, offset: u8, value: u32 },
    FullTransfersClaimed,
    BufferCapacityNonsense,
    PregapAsNextWritable,
    NextWritableNeedsMode,
    RefuseVariant {
        operation_code: u8,
        byte: u8,
        value: u8,
        key: u8,
        asc: u8,
        ascq: u8,
        times: Option<u32>,
    },
    Slow { operation_code: u8, seconds: u32 },
    EarlyBufferQuestion { sectors: u32 },
    EjectWantsStart,
    DiscStructureLocks,
    FormatWantsRestart,
    StrictWriteParameters,
    UnknownDataMode,
    FormatOptionsShrink,
    FakeCd,
    GarbageAtip,
    BlockDescriptors,
    OddWriteParameters,
    Recovered { operation_code: u8, asc: u8, ascq: u8, times: Option<u32> },
    Deferred { operation_code: u8, key: u8, asc: u8, ascq: u8 },
    UnknownSpeedClass,
    TwoLayersEnd,
    TestWriteConfuses,
}

// crate::simulated::faults::text

impl FromStr for Fault {
    type Err = SimulatedError;
}

// crate::simulated::medium_kind

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize
)]
#[non_exhaustive]
pub enum MediumKind {
    CdR,
    CdRw,
    DvdR,
    DvdRam,
    DvdRw,
    DvdRDl,
    DvdPlusRw,
    DvdPlusR,
    DvdPlusRDl,
    BdR,
    BdRDl,
    BdRXl,
    BdRQl,
    BdRe,
    BdReDl,
    BdReXl,
}
impl MediumKind {
    pub const ALL: [MediumKind; 16] = _;
    pub const fn name(self) -> &'static str {}
    pub const fn profile(self) -> u16 {}
    pub const fn default_capacity(self) -> u32 {}
    pub const fn is_erasable(self) -> bool {}
}
impl fmt::Display for MediumKind {}
impl FromStr for MediumKind {
    type Err = SimulatedError;
}
impl TryFrom<String> for MediumKind {
    type Error = SimulatedError;
}

// crate::simulated::status

impl From<Failure> for TransportError {}

// crate::simulated::timing

pub trait Clock: Send {
    fn now(&self) -> Duration;
    fn pass(&mut self, span: Duration);
}
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct VirtualClock();
impl Clock for VirtualClock {}
impl Waiter for VirtualClock {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    pub spin_up: Duration,
    pub seek: Duration,
    pub calibration: Duration,
    pub track_end: Duration,
    pub session_end: Duration,
    pub quick_erase: Duration,
}
impl Default for Timing {}
impl SimulatedDrive {
    pub fn set_timing(&mut self, timing: Timing, clock: impl Clock + 'static) {}
}

// crate::speed

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// And private fields.
pub struct Speed();
impl Speed {
    pub const MAX: Speed = _;
    pub const fn kilobytes_per_second(rate: u32) -> Speed {}
    pub const fn cd(times: u32) -> Speed {}
    pub const fn dvd(tenths: u32) -> Speed {}
    pub const fn bd(times: u32) -> Speed {}
    pub const fn get(self) -> u32 {}
}
impl fmt::Display for Speed {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rotation {
    ConstantLinear,
    ConstantAngular,
}
impl fmt::Display for Rotation {}

// crate::tcp

#[derive(Debug)]
/// And private fields.
pub struct TcpServer {}
#[derive(Debug)]
/// And private fields.
pub struct Connected<'a> {}
impl TcpServer {
    pub fn bind(address: SocketAddr) -> io::Result<TcpServer> {}
    pub const fn address(&self) -> SocketAddr {}
    pub fn serve(
        self,
        most: usize,
        once: bool,
        stop: impl Fn() -> bool,
        converse: impl Fn(Connected<'_>) -> io::Result<()> + Sync,
    ) -> io::Result<()> {}
}
impl Connected<'_> {
    pub fn local_address(&self) -> io::Result<SocketAddr> {}
    pub const fn greeted(&mut self) {}
    pub fn count(&self) {}
}
impl Read for Connected<'_> {}
impl Write for Connected<'_> {}

// crate::transport

#[cfg(target_os = "linux")]
pub use linux_sg::LinuxSg;
pub use outgoing::{FileStretch, Outgoing};
#[cfg(windows)]
pub use windows_spti::WindowsSpti;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// And private fields.
pub struct Cdb {}
impl Cdb {
    pub fn new(bytes: &[u8]) -> Option<Cdb> {}
    pub fn as_bytes(&self) -> &[u8] {}
    pub fn operation_code(&self) -> u8 {}
}
impl<const N: usize> From<[u8; N]> for Cdb {}
#[derive(Debug)]
pub enum Data<'a> {
    None,
    In(&'a mut [u8]),
    Out(&'a [u8]),
    File(FileStretch<'a>),
}
impl<'a> From<Outgoing<'a>> for Data<'a> {}
impl Data<'_> {
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
}
pub trait Transport: Send {
    fn execute(
        &mut self,
        cdb: &Cdb,
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<usize, TransportError>;
    fn max_transfer(&self) -> usize {}
    fn takes_files(&self) -> bool {}
}
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    CheckCondition(Sense),
    Status(u8),
    Timeout(Duration),
    HostAdapter { host: u16, driver: u16 },
    DeviceGone,
    NotPermitted { operation_code: u8 },
    Source(io::Error),
    Io(io::Error),
}

// crate::transport::linux_sg

#[derive(Debug)]
/// And private fields.
pub struct LinuxSg {}
impl LinuxSg {
    pub fn open(path: &Path) -> Result<LinuxSg, DriveError> {}
    pub fn open_for_reading(path: &Path) -> Result<LinuxSg, DriveError> {}
}
impl Transport for LinuxSg {}

// crate::transport::outgoing

#[derive(Clone, Copy, Debug)]
pub struct FileStretch<'a> {
    pub file: &'a File,
    pub offset: u64,
    pub len: usize,
}
#[derive(Clone, Copy, Debug)]
pub enum Outgoing<'a> {
    Bytes(&'a [u8]),
    File(FileStretch<'a>),
}
impl<'a> Outgoing<'a> {
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
    pub fn split_at(self, at: usize) -> (Outgoing<'a>, Outgoing<'a>) {}
    pub fn bytes(self) -> io::Result<Cow<'a, [u8]>> {}
}

// crate::transport::windows_spti

/// And private fields.
pub struct WindowsSpti {}
impl fmt::Debug for WindowsSpti {}
impl WindowsSpti {
    pub fn open(path: &Path) -> Result<WindowsSpti, DriveError> {}
    pub fn open_for_reading(path: &Path) -> Result<WindowsSpti, DriveError> {}
}
impl Transport for WindowsSpti {}

// crate::waiter

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    Loading,
    Flushing,
    ClosingTrack,
    ClosingSession,
    Blanking,
    Formatting,
    Writing,
    Other,
}
impl fmt::Display for Operation {}
pub trait Waiter: Send {
    fn wait(&mut self, span: Duration);
    fn progress(&mut self, operation: Operation, progress: Option<u16>) {}
    fn buffer(&mut self, buffer: BufferCapacity) {}
}
#[derive(Clone, Copy, Debug, Default)]
pub struct Sleep;
impl Waiter for Sleep {}
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWait;
impl Waiter for NoWait {}

