// crate

pub use address::{SECTOR_SIZE, Sector, SectorCount};
pub use extent::Extent;
pub use file::FileSectors;
pub use memory::MemorySectors;
pub use raw::{RawLayout, RawSectors, read_bytes};
pub use read::{RAW_SECTOR_SIZE, ReadError, ReadSectors};
pub use reader::SectorReader;
pub use window::Window;

// crate::address

pub const SECTOR_SIZE: usize = _;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
/// And private fields.
pub struct Sector();
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
/// And private fields.
pub struct SectorCount();
impl Sector {
    pub const ZERO: Sector = _;
    pub const fn new(number: u32) -> Sector {}
    pub const fn get(self) -> u32 {}
    pub const fn byte_offset(self) -> u64 {}
    pub const fn checked_add(self, count: SectorCount) -> Option<Sector> {}
    pub const fn checked_sub(self, count: SectorCount) -> Option<Sector> {}
    pub const fn since(self, earlier: Sector) -> Option<SectorCount> {}
    pub const fn align_up(self, unit: SectorCount) -> Option<Sector> {}
}
impl SectorCount {
    pub const ZERO: SectorCount = _;
    pub const fn new(count: u32) -> SectorCount {}
    pub const fn get(self) -> u32 {}
    pub const fn bytes(self) -> u64 {}
    pub const fn for_bytes(bytes: u64) -> Option<SectorCount> {}
    pub const fn checked_add(self, other: SectorCount) -> Option<SectorCount> {}
    pub const fn checked_sub(self, other: SectorCount) -> Option<SectorCount> {}
    pub const fn align_up(self, unit: SectorCount) -> Option<SectorCount> {}
}
impl fmt::Display for Sector {}
impl fmt::Display for SectorCount {}

// crate::extent

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Extent {
    pub start: Sector,
    pub len: SectorCount,
}
impl Extent {
    pub const fn new(start: Sector, len: SectorCount) -> Extent {}
    pub const fn end(self) -> Option<Sector> {}
    pub const fn contains(self, sector: Sector) -> bool {}
    pub fn intersect(self, other: Extent) -> Option<Extent> {}
}

// crate::file

#[derive(Debug)]
/// And private fields.
pub struct FileSectors {}
impl FileSectors {
    pub fn open(path: impl AsRef<Path>) -> io::Result<FileSectors> {}
    pub fn new(mut file: File) -> io::Result<FileSectors> {}
    pub fn bytes(&self) -> u64 {}
    pub fn file(&self) -> &File {}
}
impl ReadSectors for FileSectors {}

// crate::memory

#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct MemorySectors();
impl MemorySectors {
    pub fn new(mut bytes: Vec<u8>) -> MemorySectors {}
}
impl ReadSectors for MemorySectors {}

// crate::raw

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RawLayout {
    Full,
    WithSubchannel,
    Mode2,
    UserData,
}
impl RawLayout {
    pub const fn sector_bytes(self) -> usize {}
    pub fn detect(below: &dyn ReadSectors) -> Result<Option<RawLayout>, ReadError> {}
    pub fn detect_at(
        below: &dyn ReadSectors,
        start: u64,
    ) -> Result<Option<RawLayout>, ReadError> {}
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct RawSectors<R> {}
impl<R: ReadSectors> RawSectors<R> {
    pub fn new(below: R, layout: RawLayout) -> RawSectors<R> {}
    pub fn within(below: R, layout: RawLayout, offset: u64, len: u64) -> RawSectors<R> {}
    pub fn layout(&self) -> RawLayout {}
}
impl<R: ReadSectors> ReadSectors for RawSectors<R> {}
pub fn read_bytes(
    below: &dyn ReadSectors,
    offset: u64,
    into: &mut [u8],
) -> Result<(), ReadError> {}

// crate::read

pub const RAW_SECTOR_SIZE: usize = _;
pub trait ReadSectors: Send + Sync {
    fn sectors(&self) -> SectorCount;
    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError>;
    fn read_raw(&self, start: Sector, into: &mut [u8]) -> Result<bool, ReadError> {}
    fn data_end(&self) -> SectorCount {}
}
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    OutOfRange { start: Sector, count: SectorCount, available: SectorCount },
    Io { start: Sector, source: io::Error },
    Device { start: Sector, source: Box<dyn Error + Send + Sync> },
}
impl ReadError {
    pub fn sector(&self) -> Sector {}
}
impl fmt::Display for ReadError {}
impl Error for ReadError {}

// crate::reader

#[derive(Clone, Debug)]
/// And private fields.
pub struct SectorReader<S> {}
impl<S: ReadSectors> SectorReader<S> {
    pub fn new(source: S) -> SectorReader<S> {}
    pub fn get_ref(&self) -> &S {}
}
impl<S: ReadSectors> Read for SectorReader<S> {}
impl<S: ReadSectors> Seek for SectorReader<S> {}

// crate::window

#[derive(Clone, Debug)]
/// And private fields.
pub struct Window<R> {}
impl<R: ReadSectors> Window<R> {
    pub fn new(below: R, offset: SectorCount, len: SectorCount) -> Window<R> {}
}
impl<R: ReadSectors> ReadSectors for Window<R> {}

