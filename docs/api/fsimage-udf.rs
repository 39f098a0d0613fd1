// crate

pub use charspec::CharSpec;
pub use crc::crc;
pub use descriptor::Descriptor;
pub use dstring::DString;
pub use entity_id::{
    DomainFlags, DomainSuffix, EntityId, ImplementationSuffix, OsClass, Revision,
    UdfSuffix,
};
pub use error::Error;
pub use extent_ad::ExtentAd;
pub use lb_addr::LbAddr;
pub use long_ad::LongAd;
pub use short_ad::{ExtentType, ShortAd};
pub use tag::{Tag, TagId};
pub use time::Timestamp;

// crate::attribute

pub use alternate_permissions::AlternatePermissions;
pub use any::Attribute;
pub use application_use::ApplicationUse;
pub use character_set_information::CharacterSetInformation;
pub use device_specification::DeviceSpecification;
pub use file_times::FileTimes;
pub use generic::{AttributeType, ExtendedAttribute, ExtendedAttributes};
pub use header::ExtendedAttributeHeaderDescriptor;
pub use implementation_use::ImplementationUse;
pub use information_times::InformationTimes;
pub use space::ExtendedAttributeSpace;

// crate::attribute::alternate_permissions

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AlternatePermissions {
    pub owner: u16,
    pub group: u16,
    pub permission: u16,
}
impl AlternatePermissions {
    pub fn parse(
        attribute: &ExtendedAttribute<'_>,
    ) -> Result<AlternatePermissions, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::any

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attribute<'a> {
    CharacterSetInformation(CharacterSetInformation<'a>),
    AlternatePermissions(AlternatePermissions),
    FileTimes(FileTimes),
    InformationTimes(InformationTimes),
    DeviceSpecification(DeviceSpecification<'a>),
    ImplementationUse(ImplementationUse<'a>),
    ApplicationUse(ApplicationUse<'a>),
    Other(ExtendedAttribute<'a>),
}
impl<'a> Attribute<'a> {
    pub fn parse(attribute: &ExtendedAttribute<'a>) -> Result<Attribute<'a>, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::application_use

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationUse<'a> {
    pub application_identifier: EntityId,
    pub application_use: &'a [u8],
    pub rest: &'a [u8],
}
impl<'a> ApplicationUse<'a> {
    pub fn parse(
        attribute: &ExtendedAttribute<'a>,
    ) -> Result<ApplicationUse<'a>, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn encode_checked(
        application_identifier: EntityId,
        content: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
    pub fn checked(&self) -> Result<&'a [u8], Error> {}
}

// crate::attribute::character_set_information

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CharacterSetInformation<'a> {
    pub set_type: u8,
    pub escape_sequences: &'a [u8],
}
impl<'a> CharacterSetInformation<'a> {
    pub fn parse(
        attribute: &ExtendedAttribute<'a>,
    ) -> Result<CharacterSetInformation<'a>, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::device_specification

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceSpecification<'a> {
    pub major: u32,
    pub minor: u32,
    pub implementation_use: &'a [u8],
}
impl<'a> DeviceSpecification<'a> {
    pub fn parse(
        attribute: &ExtendedAttribute<'a>,
    ) -> Result<DeviceSpecification<'a>, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::file_times

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileTimes {
    pub creation: Option<Timestamp>,
    pub deletion: Option<Timestamp>,
    pub effective: Option<Timestamp>,
    pub last_backup: Option<Timestamp>,
}
impl FileTimes {
    pub fn parse(attribute: &ExtendedAttribute<'_>) -> Result<FileTimes, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::generic

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeType(pub u32);
impl AttributeType {
    pub const CHARACTER_SET_INFORMATION: AttributeType = _;
    pub const ALTERNATE_PERMISSIONS: AttributeType = _;
    pub const FILE_TIMES: AttributeType = _;
    pub const INFORMATION_TIMES: AttributeType = _;
    pub const DEVICE_SPECIFICATION: AttributeType = _;
    pub const IMPLEMENTATION_USE: AttributeType = _;
    pub const APPLICATION_USE: AttributeType = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedAttribute<'a> {
    pub attribute_type: AttributeType,
    pub subtype: u8,
    pub data: &'a [u8],
}
impl<'a> ExtendedAttribute<'a> {
    pub const FIXED: usize = _;
    pub fn parse(bytes: &'a [u8]) -> Result<(ExtendedAttribute<'a>, &'a [u8]), Error> {}
    pub const fn size(&self) -> usize {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct ExtendedAttributes<'a>();
impl<'a> ExtendedAttributes<'a> {
    pub const fn new(bytes: &'a [u8]) -> ExtendedAttributes<'a> {}
}
impl<'a> Iterator for ExtendedAttributes<'a> {
    type Item = Result<ExtendedAttribute<'a>, Error>;
}
impl FusedIterator for ExtendedAttributes<'_> {}

// crate::attribute::header

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedAttributeHeaderDescriptor {
    pub tag: Tag,
    pub implementation_attributes: u32,
    pub application_attributes: u32,
}
impl ExtendedAttributeHeaderDescriptor {
    pub const SIZE: usize = _;
    pub const NONE: u32 = _;
}
impl Descriptor for ExtendedAttributeHeaderDescriptor {}

// crate::attribute::implementation_use

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImplementationUse<'a> {
    pub implementation_identifier: EntityId,
    pub implementation_use: &'a [u8],
    pub rest: &'a [u8],
}
impl<'a> ImplementationUse<'a> {
    pub fn parse(
        attribute: &ExtendedAttribute<'a>,
    ) -> Result<ImplementationUse<'a>, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn encode_checked(
        implementation_identifier: EntityId,
        content: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
    pub fn checked(&self) -> Result<&'a [u8], Error> {}
}

// crate::attribute::information_times

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct InformationTimes {
    pub creation: Option<Timestamp>,
    pub modification: Option<Timestamp>,
    pub expiration: Option<Timestamp>,
    pub effective: Option<Timestamp>,
}
impl InformationTimes {
    pub fn parse(attribute: &ExtendedAttribute<'_>) -> Result<InformationTimes, Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::space

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedAttributeSpace<'a> {
    pub header: ExtendedAttributeHeaderDescriptor,
    pub attributes: &'a [u8],
}
impl<'a> ExtendedAttributeSpace<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<ExtendedAttributeSpace<'a>, Error> {}
    pub const fn iter(&self) -> ExtendedAttributes<'a> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn arrange(tag: Tag, attributes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {}
}
impl<'a> IntoIterator for &ExtendedAttributeSpace<'a> {
    type Item = Result<ExtendedAttribute<'a>, Error>;
    type IntoIter = ExtendedAttributes<'a>;
}

// crate::attribute::udf

pub use any::UdfAttribute;
pub use dvd_cgms_info::DvdCgmsInfo;
pub use free_ea_space::FreeEaSpace;
pub use mac_finder_info::{MacFinderInfo, ResourceFork};
pub use mac_volume_info::MacVolumeInfo;
pub use os2_ea_length::Os2EaLength;
pub use os400_dir_info::Os400DirInfo;
pub use vat_lv_extension::VatLvExtension;

// crate::attribute::udf::any

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UdfAttribute<'a> {
    FreeEaSpace(FreeEaSpace),
    DvdCgmsInfo(DvdCgmsInfo),
    Os2EaLength(Os2EaLength),
    Os2Ea(&'a [u8]),
    MacVolumeInfo(MacVolumeInfo),
    MacFinderInfo(MacFinderInfo),
    MacUniqueIdTable(&'a [u8]),
    MacResourceFork(&'a [u8]),
    Os400DirInfo(Os400DirInfo),
    VatLvExtension(VatLvExtension),
    Other(ImplementationUse<'a>),
}
impl<'a> UdfAttribute<'a> {
    pub const OS2_EA: &'static [u8] = _;
    pub const MAC_UNIQUE_ID_TABLE: &'static [u8] = _;
    pub const MAC_RESOURCE_FORK: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'a>) -> Result<UdfAttribute<'a>, Error> {}
}

// crate::attribute::udf::dvd_cgms_info

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DvdCgmsInfo {
    pub cgms_information: u8,
    pub data_structure_type: u8,
    pub protection_system_information: [u8; 4],
}
impl DvdCgmsInfo {
    pub const IDENTIFIER: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<DvdCgmsInfo, Error> {}
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::udf::free_ea_space

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FreeEaSpace {
    pub length: usize,
}
impl FreeEaSpace {
    pub const IDENTIFIER: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<FreeEaSpace, Error> {}
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::udf::mac_finder_info

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MacFinderInfo {
    pub parent_directory: u32,
    pub finder_information: [u8; 32],
    pub resource_fork: Option<ResourceFork>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceFork {
    pub data_length: u32,
    pub allocated_length: u32,
}
impl MacFinderInfo {
    pub const IDENTIFIER: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<MacFinderInfo, Error> {}
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::udf::mac_volume_info

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MacVolumeInfo {
    pub last_modification: Timestamp,
    pub last_backup: Timestamp,
    pub finder_information: [u8; 32],
}
impl MacVolumeInfo {
    pub const IDENTIFIER: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<MacVolumeInfo, Error> {}
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::udf::os2_ea_length

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Os2EaLength {
    pub length: u32,
}
impl Os2EaLength {
    pub const IDENTIFIER: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<Os2EaLength, Error> {}
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::udf::os400_dir_info

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Os400DirInfo {
    pub directory_info: [u8; 44],
}
impl Os400DirInfo {
    pub const IDENTIFIER: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<Os400DirInfo, Error> {}
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::attribute::udf::vat_lv_extension

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VatLvExtension {
    pub verification_id: u64,
    pub files: u32,
    pub directories: u32,
    pub logical_volume_identifier: DString<128>,
}
impl VatLvExtension {
    pub const IDENTIFIER: &'static [u8] = _;
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<VatLvExtension, Error> {}
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {}
}

// crate::charspec

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CharSpec {
    pub set_type: u8,
    pub information: [u8; 63],
}
impl CharSpec {
    pub const OSTA_CS0: CharSpec = _;
}

// crate::crc

pub fn crc(bytes: &[u8]) -> u16 {}

// crate::cs0

pub const COMPRESSION_8: u8 = _;
pub const COMPRESSION_16: u8 = _;
pub const COMPRESSION_8_DELETED: u8 = _;
pub const COMPRESSION_16_DELETED: u8 = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Cs0Error {
    CompressionId(u8),
    OddLength(usize),
    Surrogate { unit: u16, position: usize },
    Forbidden(u32),
    TooLong { needed: usize, most: usize },
    Length { length: u8, most: usize },
}
pub fn units(bytes: &[u8]) -> Result<Vec<u16>, Cs0Error> {}
pub fn decode(bytes: &[u8]) -> Result<String, Cs0Error> {}
pub fn encode(text: &str, most: usize) -> Result<Vec<u8>, Cs0Error> {}

// crate::descriptor

pub trait Descriptor: Sized {
    const ID: TagId;
    fn tag(&self) -> &Tag;
    fn parse(block: &[u8]) -> Result<Self, Error>;
    fn encode(&self, block: &mut [u8]) -> Result<(), Error>;
}

// crate::dstring

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DString<const N: usize>(pub [u8; N]);
impl<const N: usize> DString<N> {
    pub fn new(text: &str) -> Result<DString<N>, Cs0Error> {}
    pub fn truncated(text: &str) -> Result<(DString<N>, bool), Cs0Error> {}
    pub fn text(&self) -> Result<String, Cs0Error> {}
    pub fn is_empty(&self) -> bool {}
}
impl<const N: usize> Default for DString<N> {}
impl<const N: usize> fmt::Debug for DString<N> {}

// crate::entity_id

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntityId {
    pub flags: u8,
    pub identifier: [u8; 23],
    pub suffix: [u8; 8],
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Revision(pub u16);
impl Revision {
    pub const V1_02: Revision = _;
    pub const V1_50: Revision = _;
    pub const V2_00: Revision = _;
    pub const V2_01: Revision = _;
    pub const V2_50: Revision = _;
    pub const V2_60: Revision = _;
}
impl fmt::Display for Revision {}
impl FromStr for Revision {
    type Err = String;
}
bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)] pub struct DomainFlags : u8 {
    const HARD_WRITE_PROTECT = 1; const SOFT_WRITE_PROTECT = 2; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OsClass(pub u8);
impl OsClass {
    pub const UNDEFINED: OsClass = _;
    pub const DOS: OsClass = _;
    pub const OS2: OsClass = _;
    pub const MAC_OS: OsClass = _;
    pub const UNIX: OsClass = _;
    pub const WINDOWS_9X: OsClass = _;
    pub const WINDOWS_NT: OsClass = _;
    pub const OS400: OsClass = _;
    pub const BEOS: OsClass = _;
    pub const WINDOWS_CE: OsClass = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DomainSuffix {
    pub revision: Revision,
    pub flags: DomainFlags,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UdfSuffix {
    pub revision: Revision,
    pub os_class: OsClass,
    pub os: u8,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImplementationSuffix {
    pub os_class: OsClass,
    pub os: u8,
    pub use_area: [u8; 6],
}
impl EntityId {
    pub const UDF_COMPLIANT: &'static [u8] = _;
    pub const LV_INFO: &'static [u8] = _;
    pub const VIRTUAL_PARTITION: &'static [u8] = _;
    pub const SPARABLE_PARTITION: &'static [u8] = _;
    pub const METADATA_PARTITION: &'static [u8] = _;
    pub const VIRTUAL_ALLOCATION_TABLE: &'static [u8] = _;
    pub const SPARING_TABLE: &'static [u8] = _;
    pub const NSR02: &'static [u8] = _;
    pub const NSR03: &'static [u8] = _;
    pub const NONE: EntityId = _;
    pub fn new(text: &[u8]) -> EntityId {}
    pub fn domain(suffix: DomainSuffix) -> EntityId {}
    pub fn udf(text: &[u8], suffix: UdfSuffix) -> EntityId {}
    pub fn implementation(text: &[u8], suffix: ImplementationSuffix) -> EntityId {}
    pub fn text(&self) -> &[u8] {}
    pub fn is(&self, text: &[u8]) -> bool {}
    pub fn domain_suffix(&self) -> DomainSuffix {}
    pub fn udf_suffix(&self) -> UdfSuffix {}
    pub fn implementation_suffix(&self) -> ImplementationSuffix {}
}
impl fmt::Debug for EntityId {}

// crate::error

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    Truncated { structure: &'static str, available: usize },
    BlockTooSmall { structure: &'static str, needed: usize, block: usize },
    Checksum { found: u8, calculated: u8 },
    HeaderChecksum { found: u16, calculated: u16 },
    Crc { found: u16, calculated: u16 },
    CrcLength { length: u16, available: usize },
    TagId { expected: TagId, found: TagId },
    Location { recorded: u32, actual: u32 },
    Identifier { structure: &'static str },
    Length { structure: &'static str, field: &'static str, value: u64, most: u64 },
    Value { structure: &'static str, field: &'static str, value: u64 },
}

// crate::extent_ad

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtentAd {
    pub length: u32,
    pub location: u32,
}

// crate::file

pub use allocation_descriptors::{AllocationDescriptor, AllocationDescriptors};
pub use allocation_extent::AllocationExtentDescriptor;
pub use ext_ad::ExtAd;
pub use extended_file_entry::ExtendedFileEntry;
pub use file_entry::FileEntry;
pub use file_identifier::{FileCharacteristics, FileIdentifierDescriptor};
pub use file_set::FileSetDescriptor;
pub use file_type::FileType;
pub use icb_entry::IcbEntry;
pub use icb_tag::{AllocationType, IcbFlags, IcbTag, Strategy};
pub use indirect_entry::IndirectEntry;
pub use partition_integrity::PartitionIntegrityEntry;
pub use path_component::{ComponentType, PathComponent, PathComponents};
pub use permissions::Permissions;
pub use terminal_entry::TerminalEntry;
pub use unallocated_space_entry::UnallocatedSpaceEntry;

// crate::file::allocation_descriptors

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllocationDescriptor {
    Short(ShortAd),
    Long(LongAd),
    Extended(ExtAd),
}
impl AllocationDescriptor {
    pub const fn length(&self) -> u32 {}
    pub const fn extent_type(&self) -> ExtentType {}
    pub const fn block(&self) -> u32 {}
    pub const fn partition(&self) -> Option<u16> {}
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct AllocationDescriptors<'a> {}
impl<'a> AllocationDescriptors<'a> {
    pub const fn new(kind: AllocationType, area: &'a [u8]) -> AllocationDescriptors<'a> {}
    pub const fn rest(&self) -> &'a [u8] {}
}
impl Iterator for AllocationDescriptors<'_> {
    type Item = AllocationDescriptor;
}
impl FusedIterator for AllocationDescriptors<'_> {}

// crate::file::allocation_extent

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AllocationExtentDescriptor<'a> {
    pub tag: Tag,
    pub previous: u32,
    pub allocation_descriptors: &'a [u8],
}
impl<'a> AllocationExtentDescriptor<'a> {
    pub const ID: TagId = _;
    pub const FIXED: usize = _;
    pub fn parse(extent: &'a [u8]) -> Result<AllocationExtentDescriptor<'a>, Error> {}
    pub fn parse_behind(
        tag: Tag,
        extent: &'a [u8],
    ) -> Result<AllocationExtentDescriptor<'a>, Error> {}
    pub fn encode(&self, extent: &mut [u8]) -> Result<(), Error> {}
}

// crate::file::ext_ad

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtAd {
    pub length_and_type: u32,
    pub recorded_length: u32,
    pub information_length: u32,
    pub location: LbAddr,
    pub implementation_use: [u8; 2],
}
impl ExtAd {
    pub const fn length(&self) -> u32 {}
    pub const fn extent_type(&self) -> ExtentType {}
    pub fn bytes(&self) -> [u8; 20] {}
}

// crate::file::extended_file_entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedFileEntry<'a> {
    pub tag: Tag,
    pub icb_tag: IcbTag,
    pub uid: u32,
    pub gid: u32,
    pub permissions: Permissions,
    pub link_count: u16,
    pub record_format: u8,
    pub record_display_attributes: u8,
    pub record_length: u32,
    pub information_length: u64,
    pub object_size: u64,
    pub logical_blocks_recorded: u64,
    pub access_time: Timestamp,
    pub modification_time: Timestamp,
    pub creation_time: Timestamp,
    pub attribute_time: Timestamp,
    pub checkpoint: u32,
    pub extended_attribute_icb: LongAd,
    pub stream_directory_icb: LongAd,
    pub implementation_identifier: EntityId,
    pub unique_id: u64,
    pub extended_attributes: &'a [u8],
    pub allocation_descriptors: &'a [u8],
}
impl<'a> ExtendedFileEntry<'a> {
    pub const ID: TagId = _;
    pub const FIXED: usize = _;
    pub fn parse(block: &'a [u8]) -> Result<ExtendedFileEntry<'a>, Error> {}
    pub fn parse_behind(
        tag: Tag,
        block: &'a [u8],
    ) -> Result<ExtendedFileEntry<'a>, Error> {}
    pub const fn size(&self) -> usize {}
    pub const fn allocation(&self) -> AllocationDescriptors<'a> {}
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {}
    pub fn encode_around(
        &self,
        block: &mut [u8],
        length: usize,
    ) -> Result<Range<usize>, Error> {}
}

// crate::file::file_entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileEntry<'a> {
    pub tag: Tag,
    pub icb_tag: IcbTag,
    pub uid: u32,
    pub gid: u32,
    pub permissions: Permissions,
    pub link_count: u16,
    pub record_format: u8,
    pub record_display_attributes: u8,
    pub record_length: u32,
    pub information_length: u64,
    pub logical_blocks_recorded: u64,
    pub access_time: Timestamp,
    pub modification_time: Timestamp,
    pub attribute_time: Timestamp,
    pub checkpoint: u32,
    pub extended_attribute_icb: LongAd,
    pub implementation_identifier: EntityId,
    pub unique_id: u64,
    pub extended_attributes: &'a [u8],
    pub allocation_descriptors: &'a [u8],
}
impl<'a> FileEntry<'a> {
    pub const ID: TagId = _;
    pub const FIXED: usize = _;
    pub fn parse(block: &'a [u8]) -> Result<FileEntry<'a>, Error> {}
    pub fn parse_behind(tag: Tag, block: &'a [u8]) -> Result<FileEntry<'a>, Error> {}
    pub const fn size(&self) -> usize {}
    pub const fn allocation(&self) -> AllocationDescriptors<'a> {}
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {}
    pub fn encode_around(
        &self,
        block: &mut [u8],
        length: usize,
    ) -> Result<Range<usize>, Error> {}
}

// crate::file::file_identifier

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct
    FileCharacteristics : u8 { const HIDDEN = 1; const DIRECTORY = 1 << 1; const DELETED
    = 1 << 2; const PARENT = 1 << 3; const METADATA = 1 << 4; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentifierDescriptor<'a> {
    pub tag: Tag,
    pub version: u16,
    pub characteristics: FileCharacteristics,
    pub icb: LongAd,
    pub implementation_use: &'a [u8],
    pub identifier: &'a [u8],
}
impl<'a> FileIdentifierDescriptor<'a> {
    pub const ID: TagId = _;
    pub const FIXED: usize = _;
    pub const MAX_IDENTIFIER: usize = _;
    pub const MAX_SIZE: usize = _;
    pub const fn padded(implementation_use: usize, identifier: usize) -> usize {}
    pub fn size_of(head: &[u8]) -> Result<usize, Error> {}
    pub fn parse(bytes: &'a [u8]) -> Result<FileIdentifierDescriptor<'a>, Error> {}
    pub fn parse_behind(
        tag: Tag,
        bytes: &'a [u8],
    ) -> Result<FileIdentifierDescriptor<'a>, Error> {}
    pub const fn size(&self) -> usize {}
    pub fn encode(&self, output: &mut [u8]) -> Result<usize, Error> {}
}

// crate::file::file_set

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileSetDescriptor {
    pub tag: Tag,
    pub recording_time: Timestamp,
    pub interchange_level: u16,
    pub maximum_interchange_level: u16,
    pub character_set_list: u32,
    pub maximum_character_set_list: u32,
    pub file_set_number: u32,
    pub file_set_descriptor_number: u32,
    pub logical_volume_identifier_character_set: CharSpec,
    pub logical_volume_identifier: DString<128>,
    pub file_set_character_set: CharSpec,
    pub file_set_identifier: DString<32>,
    pub copyright_file_identifier: DString<32>,
    pub abstract_file_identifier: DString<32>,
    pub root_directory_icb: LongAd,
    pub domain_identifier: EntityId,
    pub next: LongAd,
    pub system_stream_directory_icb: LongAd,
}
impl Descriptor for FileSetDescriptor {}

// crate::file::file_type

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileType(pub u8);
impl FileType {
    pub const UNSPECIFIED: FileType = _;
    pub const UNALLOCATED_SPACE: FileType = _;
    pub const PARTITION_INTEGRITY: FileType = _;
    pub const INDIRECT: FileType = _;
    pub const DIRECTORY: FileType = _;
    pub const BYTES: FileType = _;
    pub const BLOCK_DEVICE: FileType = _;
    pub const CHARACTER_DEVICE: FileType = _;
    pub const EXTENDED_ATTRIBUTES: FileType = _;
    pub const FIFO: FileType = _;
    pub const SOCKET: FileType = _;
    pub const TERMINAL: FileType = _;
    pub const SYMBOLIC_LINK: FileType = _;
    pub const STREAM_DIRECTORY: FileType = _;
    pub const VIRTUAL_ALLOCATION_TABLE: FileType = _;
    pub const REAL_TIME: FileType = _;
    pub const METADATA: FileType = _;
    pub const METADATA_MIRROR: FileType = _;
    pub const METADATA_BITMAP: FileType = _;
}
impl fmt::Display for FileType {}

// crate::file::icb_entry

#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IcbEntry<'a> {
    File(FileEntry<'a>),
    Extended(ExtendedFileEntry<'a>),
    Indirect(IndirectEntry),
    Terminal(TerminalEntry),
    UnallocatedSpace(UnallocatedSpaceEntry<'a>),
    PartitionIntegrity(Box<PartitionIntegrityEntry>),
}
impl<'a> IcbEntry<'a> {
    pub fn parse(block: &'a [u8]) -> Result<Option<IcbEntry<'a>>, Error> {}
    pub fn tag(&self) -> &Tag {}
    pub fn icb_tag(&self) -> &IcbTag {}
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {}
}

// crate::file::icb_tag

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Strategy(pub u16);
impl Strategy {
    pub const DIRECT: Strategy = _;
    pub const CHAIN: Strategy = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllocationType {
    Short,
    Long,
    Extended,
    Embedded,
    Reserved(u8),
}
bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct IcbFlags : u16
    { const SORTED = 1 << 3; const NON_RELOCATABLE = 1 << 4; const ARCHIVE = 1 << 5;
    const SETUID = 1 << 6; const SETGID = 1 << 7; const STICKY = 1 << 8; const CONTIGUOUS
    = 1 << 9; const SYSTEM = 1 << 10; const TRANSFORMED = 1 << 11; const MULTI_VERSIONS =
    1 << 12; const STREAM = 1 << 13; const _ = ! 0; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IcbTag {
    pub prior_direct_entries: u32,
    pub strategy: Strategy,
    pub strategy_parameter: u16,
    pub maximum_entries: u16,
    pub file_type: FileType,
    pub parent: LbAddr,
    pub flags: IcbFlags,
}
impl IcbTag {
    pub const SIZE: usize = _;
    pub const fn direct(file_type: FileType, flags: IcbFlags) -> IcbTag {}
}

// crate::file::indirect_entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndirectEntry {
    pub tag: Tag,
    pub icb_tag: IcbTag,
    pub indirect_icb: LongAd,
}
impl Descriptor for IndirectEntry {}

// crate::file::partition_integrity

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartitionIntegrityEntry {
    pub tag: Tag,
    pub icb_tag: IcbTag,
    pub recording_time: Timestamp,
    pub integrity_type: IntegrityType,
    pub implementation_identifier: EntityId,
    pub implementation_use: [u8; 256],
}
impl Descriptor for PartitionIntegrityEntry {}

// crate::file::path_component

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ComponentType(pub u8);
impl ComponentType {
    pub const AGREED_ROOT: ComponentType = _;
    pub const ROOT: ComponentType = _;
    pub const PARENT: ComponentType = _;
    pub const CURRENT: ComponentType = _;
    pub const NAME: ComponentType = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathComponent<'a> {
    pub component_type: ComponentType,
    pub version: u16,
    pub identifier: &'a [u8],
}
impl<'a> PathComponent<'a> {
    pub const FIXED: usize = _;
    pub fn parse(bytes: &'a [u8]) -> Result<(PathComponent<'a>, &'a [u8]), Error> {}
    pub const fn size(&self) -> usize {}
    pub fn encode(&self, path: &mut Vec<u8>) -> Result<(), Error> {}
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct PathComponents<'a>();
impl<'a> PathComponents<'a> {
    pub const fn new(path: &'a [u8]) -> PathComponents<'a> {}
}
impl<'a> Iterator for PathComponents<'a> {
    type Item = Result<PathComponent<'a>, Error>;
}
impl FusedIterator for PathComponents<'_> {}

// crate::file::permissions

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct Permissions :
    u32 { const OTHER_EXECUTE = 1; const OTHER_WRITE = 1 << 1; const OTHER_READ = 1 << 2;
    const OTHER_CHANGE_ATTRIBUTES = 1 << 3; const OTHER_DELETE = 1 << 4; const
    GROUP_EXECUTE = 1 << 5; const GROUP_WRITE = 1 << 6; const GROUP_READ = 1 << 7; const
    GROUP_CHANGE_ATTRIBUTES = 1 << 8; const GROUP_DELETE = 1 << 9; const OWNER_EXECUTE =
    1 << 10; const OWNER_WRITE = 1 << 11; const OWNER_READ = 1 << 12; const
    OWNER_CHANGE_ATTRIBUTES = 1 << 13; const OWNER_DELETE = 1 << 14; }
}

// crate::file::terminal_entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TerminalEntry {
    pub tag: Tag,
    pub icb_tag: IcbTag,
}
impl Descriptor for TerminalEntry {}

// crate::file::unallocated_space_entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnallocatedSpaceEntry<'a> {
    pub tag: Tag,
    pub icb_tag: IcbTag,
    pub allocation_descriptors: &'a [u8],
}
impl<'a> UnallocatedSpaceEntry<'a> {
    pub const ID: TagId = _;
    pub const FIXED: usize = _;
    pub fn parse(block: &'a [u8]) -> Result<UnallocatedSpaceEntry<'a>, Error> {}
    pub const fn allocation(&self) -> AllocationDescriptors<'a> {}
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {}
}

// crate::lb_addr

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LbAddr {
    pub block: u32,
    pub partition: u16,
}

// crate::long_ad

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LongAd {
    pub length_and_type: u32,
    pub block: u32,
    pub partition: u16,
    pub implementation_use: [u8; 6],
}
impl LongAd {
    pub const fn length(&self) -> u32 {}
    pub const fn extent_type(&self) -> ExtentType {}
}

// crate::partition

pub use space_bitmap::SpaceBitmapDescriptor;
pub use sparing_table::{SparingEntry, SparingTable};
pub use translation::{
    BlockRun, MetadataTranslation, PhysicalTranslation, Replica, Run, Translation,
};
pub use virtual_allocation_table::{VatForm, VatHeader, VirtualAllocationTable};

// crate::partition::space_bitmap

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpaceBitmapDescriptor {
    pub tag: Tag,
    pub number_of_bits: u32,
    pub bitmap: Vec<u8>,
}
impl SpaceBitmapDescriptor {
    pub fn is_free(&self, block: u32) -> Option<bool> {}
    pub fn free_blocks(&self) -> u32 {}
}
impl Descriptor for SpaceBitmapDescriptor {}

// crate::partition::sparing_table

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SparingTable {
    pub tag: Tag,
    pub identifier: EntityId,
    pub sequence_number: u32,
    pub entries: Vec<SparingEntry>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SparingEntry {
    pub original: u32,
    pub mapped: u32,
}
impl SparingEntry {
    pub const FREE: u32 = _;
    pub const DEFECTIVE: u32 = _;
    pub const fn is_in_use(&self) -> bool {}
}
impl Descriptor for SparingTable {}

// crate::partition::translation

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockRun {
    pub start: u32,
    pub count: u32,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replica {
    Main,
    Mirror,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translation {
    Physical(PhysicalTranslation),
    Sparable {
        physical: PhysicalTranslation,
        packet_length: u16,
        packets: Vec<SparingEntry>,
    },
    Virtual { below: Box<Translation>, entries: Vec<u32> },
    Metadata(MetadataTranslation),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhysicalTranslation {
    pub start: u32,
    pub length: u32,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataTranslation {
    pub main: Vec<Run>,
    pub mirror: Vec<Run>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    pub first: u32,
    pub count: u32,
    pub start: Option<u32>,
}
impl Translation {
    pub fn locate(&self, block: u32, replica: Replica) -> Option<BlockRun> {}
    pub fn has_mirror(&self) -> bool {}
    pub fn contains(&self, block: u32, count: u32) -> bool {}
}

// crate::partition::virtual_allocation_table

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VirtualAllocationTable {
    pub header: VatHeader,
    pub previous: u32,
    pub entries: Vec<u32>,
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VatHeader {
    Revision150 { identifier: EntityId },
    Revision200 {
        logical_volume_identifier: DString<128>,
        files: u32,
        directories: u32,
        minimum_read_revision: Revision,
        minimum_write_revision: Revision,
        maximum_write_revision: Revision,
        implementation_use: Vec<u8>,
    },
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VatForm {
    Revision150,
    Revision200,
}
impl VirtualAllocationTable {
    pub const UNUSED: u32 = _;
    pub const NONE: u32 = _;
    pub fn parse(
        content: &[u8],
        form: VatForm,
    ) -> Result<VirtualAllocationTable, Error> {}
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {}
}

// crate::read

pub use anchor::{recognised, remains};
pub use entry::{Content, Directory, Entry, EntryKind, File, Identifier, Stretch, Times};
pub use error::Error;
pub use finding::Finding;
pub use free_space::FreeSpace;
pub use guard::DirectoryGuard;
pub use hierarchy::DirectoryBuffer;
pub use volume::{OpenOptions, Volume};

// crate::read::anchor

pub fn recognised(source: &dyn ReadSectors, session: Sector) -> Option<StandardId> {}
pub fn remains(source: &dyn ReadSectors, session: Sector) -> bool {}

// crate::read::entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// And private fields.
pub struct Directory {}
impl Directory {
    pub const fn icb(&self) -> LbAddr {}
    pub const fn len(&self) -> u64 {}
    pub const fn is_empty(&self) -> bool {}
}
#[derive(Clone, Copy, Debug)]
pub struct Identifier<'a> {
    pub name: &'a [u8],
    pub identifier: &'a [u8],
    pub characteristics: FileCharacteristics,
    pub icb: LongAd,
    pub implementation_use: &'a [u8],
}
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub name: &'a [u8],
    pub identifier: &'a [u8],
    pub characteristics: FileCharacteristics,
    pub kind: EntryKind<'a>,
    pub icb: LbAddr,
    pub unique_id: u64,
    pub file_type: FileType,
    pub flags: IcbFlags,
    pub permissions: Permissions,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub links: u16,
    pub len: u64,
    pub blocks_recorded: u64,
    pub times: Times,
    pub extended_attributes: &'a [u8],
    pub streams: Option<LbAddr>,
}
impl Entry<'_> {
    pub const fn mode(&self) -> u32 {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'a> {
    Directory(Directory),
    File(File<'a>),
    Symlink(&'a [u8]),
    CharacterDevice { major: u32, minor: u32 },
    BlockDevice { major: u32, minor: u32 },
    Fifo,
    Socket,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File<'a> {
    Embedded(&'a [u8]),
    Extents,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    pub access: Timestamp,
    pub modify: Timestamp,
    pub creation: Option<Timestamp>,
    pub attribute: Timestamp,
    pub deletion: Option<Timestamp>,
    pub effective: Option<Timestamp>,
    pub last_backup: Option<Timestamp>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    pub position: Option<u64>,
    pub len: u64,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Embedded(Vec<u8>),
    Extents(Vec<Stretch>),
}
impl Content {
    pub fn len(&self) -> u64 {}
    pub fn is_empty(&self) -> bool {}
}

// crate::read::error

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    NoVolume { session: Sector, detail: String },
    Read(ReadError),
    Unsupported { sector: Sector, structure: &'static str, what: String },
    Corrupt { sector: Sector, structure: &'static str, detail: String },
}
impl Error {
    pub fn sector(&self) -> Sector {}
    pub fn structure(&self) -> &'static str {}
}

// crate::read::finding

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub sector: Sector,
    pub offset: u32,
    pub clause: &'static str,
    pub message: String,
    pub is_damage: bool,
}
impl fmt::Display for Finding {}

// crate::read::free_space

#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FreeSpace {
    Bitmap(SpaceBitmapDescriptor),
    Table(Vec<Range<u32>>),
}
impl FreeSpace {
    pub fn blocks(&self) -> u32 {}
    pub fn is_free(&self, block: u32) -> bool {}
}

// crate::read::guard

#[derive(Clone, Debug)]
/// And private fields.
pub struct DirectoryGuard {}
impl DirectoryGuard {
    #[must_use]
    pub fn enter(&mut self, directory: &Directory) -> bool {}
}

// crate::read::hierarchy

#[derive(Debug, Default)]
/// And private fields.
pub struct DirectoryBuffer {}
impl DirectoryBuffer {
    pub fn new() -> DirectoryBuffer {}
}
impl<R: ReadSectors> Volume<R> {
    pub fn directory_guard(&self) -> DirectoryGuard {}
    pub fn root_directory(&self) -> Directory {}
    pub fn system_streams(&self) -> Option<LbAddr> {}
    pub fn entry(
        &self,
        icb: LbAddr,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<(), Error> {}
    pub fn root_entry(
        &self,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<(), Error> {}
    pub fn stream_directory(&self, icb: LbAddr) -> Result<Directory, Error> {}
    pub fn directory(&self, icb: LbAddr) -> Result<Directory, Error> {}
    pub fn identifiers(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Identifier<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {}
    pub fn read_directory(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {}
    pub fn find(
        &self,
        directory: &Directory,
        name: &[u8],
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {}
    pub fn read_streams(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {}
    pub fn lookup(
        &self,
        path: &[u8],
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<bool, Error> {}
}

// crate::read::item

impl<R: ReadSectors> Volume<R> {
    pub fn content(&self, icb: LbAddr) -> Result<Content, Error> {}
    pub fn external_attributes(&self, icb: LbAddr) -> Result<Vec<u8>, Error> {}
}

// crate::read::volume

#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    pub session: Sector,
    pub vat: Option<u32>,
    pub end: Option<Sector>,
    pub anchor_copy: Option<Sector>,
}
#[derive(Debug)]
/// And private fields.
pub struct Volume<R> {}
impl<R: ReadSectors> Volume<R> {
    pub fn open(source: R, session: Sector) -> Result<Volume<R>, Error> {}
    pub fn open_with(source: R, options: &OpenOptions) -> Result<Volume<R>, Error> {}
    pub fn source(&self) -> &R {}
    pub fn block_size(&self) -> u32 {}
    pub fn revision(&self) -> Revision {}
    pub fn label(&self) -> String {}
    pub fn primary(&self) -> Option<&PrimaryVolumeDescriptor> {}
    pub fn information(&self) -> Option<&LvInformation> {}
    pub fn logical_volume(&self) -> &LogicalVolumeDescriptor {}
    pub fn partitions(&self) -> &[PartitionDescriptor] {}
    pub fn integrity(&self) -> Option<&LogicalVolumeIntegrityDescriptor> {}
    pub fn file_set(&self) -> &FileSetDescriptor {}
    pub fn virtual_allocation_table(&self) -> Option<&VirtualAllocationTable> {}
    pub fn states(&self) -> Vec<u32> {}
    pub fn findings(&self) -> Vec<Finding> {}
    pub fn space_bitmap(
        &self,
        number: u16,
    ) -> Result<Option<SpaceBitmapDescriptor>, Error> {}
    pub fn unallocated_space(&self, number: u16) -> Result<Option<FreeSpace>, Error> {}
    pub fn freed_space(&self, number: u16) -> Result<Option<FreeSpace>, Error> {}
}

// crate::short_ad

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShortAd {
    pub length_and_type: u32,
    pub position: u32,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtentType {
    Recorded,
    NotRecorded,
    NotAllocated,
    Continuation,
}
impl ExtentType {
    pub const fn of(length_and_type: u32) -> ExtentType {}
}
impl ShortAd {
    pub const fn length(&self) -> u32 {}
    pub const fn extent_type(&self) -> ExtentType {}
}

// crate::tag

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagId(pub u16);
impl TagId {
    pub const SPARING_TABLE: TagId = _;
    pub const PRIMARY_VOLUME: TagId = _;
    pub const ANCHOR_VOLUME_POINTER: TagId = _;
    pub const VOLUME_POINTER: TagId = _;
    pub const IMPLEMENTATION_USE_VOLUME: TagId = _;
    pub const PARTITION: TagId = _;
    pub const LOGICAL_VOLUME: TagId = _;
    pub const UNALLOCATED_SPACE: TagId = _;
    pub const TERMINATING: TagId = _;
    pub const LOGICAL_VOLUME_INTEGRITY: TagId = _;
    pub const FILE_SET: TagId = _;
    pub const FILE_IDENTIFIER: TagId = _;
    pub const ALLOCATION_EXTENT: TagId = _;
    pub const INDIRECT_ENTRY: TagId = _;
    pub const TERMINAL_ENTRY: TagId = _;
    pub const FILE_ENTRY: TagId = _;
    pub const EXTENDED_ATTRIBUTE_HEADER: TagId = _;
    pub const UNALLOCATED_SPACE_ENTRY: TagId = _;
    pub const SPACE_BITMAP: TagId = _;
    pub const PARTITION_INTEGRITY: TagId = _;
    pub const EXTENDED_FILE_ENTRY: TagId = _;
}
impl fmt::Display for TagId {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    pub id: TagId,
    pub version: u16,
    pub serial: u16,
    pub crc_length: u16,
    pub location: u32,
}
impl Tag {
    pub const SIZE: usize = _;
    pub fn open(block: &[u8]) -> Result<(Tag, &[u8]), Error> {}
    pub fn open_as(block: &[u8], expected: TagId) -> Result<(Tag, &[u8]), Error> {}
    pub fn check_location(&self, actual: u32) -> Result<(), Error> {}
    pub fn seal(&self, block: &mut [u8]) -> Result<(), Error> {}
}

// crate::time

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Timestamp {
    pub type_and_zone: u16,
    pub year: i16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub centiseconds: u8,
    pub hundreds_of_microseconds: u8,
    pub microseconds: u8,
}
impl Timestamp {
    pub const ZONE_UNKNOWN: i16 = _;
    pub fn zone(&self) -> Option<i16> {}
    pub fn to_unix(&self) -> Option<(i64, u32)> {}
    pub fn from_unix(seconds: i64, micros: u32, zone: i16) -> Option<Timestamp> {}
}

// crate::volume

pub use anchor::AnchorVolumeDescriptorPointer;
pub use any::VolumeDescriptor;
pub use implementation_use::{
    ImplementationUse, ImplementationUseVolumeDescriptor, LvInformation,
};
pub use integrity::{
    IntegrityType, LogicalVolumeIntegrityDescriptor, LvidImplementationUse,
};
pub use logical::LogicalVolumeDescriptor;
pub use partition::{
    AccessType, PartitionDescriptor, PartitionFlags, PartitionHeaderDescriptor,
};
pub use partition_map::{MetadataFlags, PartitionMap};
pub use pointer::VolumeDescriptorPointer;
pub use primary::{PrimaryVolumeDescriptor, PrimaryVolumeFlags};
pub use recognition::{StandardId, VolumeStructureDescriptor};
pub use terminating::TerminatingDescriptor;
pub use unallocated_space::UnallocatedSpaceDescriptor;

// crate::volume::anchor

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnchorVolumeDescriptorPointer {
    pub tag: Tag,
    pub main: ExtentAd,
    pub reserve: ExtentAd,
}
impl Descriptor for AnchorVolumeDescriptorPointer {}

// crate::volume::any

#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VolumeDescriptor {
    Primary(Box<PrimaryVolumeDescriptor>),
    Anchor(AnchorVolumeDescriptorPointer),
    Pointer(VolumeDescriptorPointer),
    ImplementationUse(Box<ImplementationUseVolumeDescriptor>),
    Partition(Box<PartitionDescriptor>),
    LogicalVolume(Box<LogicalVolumeDescriptor>),
    UnallocatedSpace(UnallocatedSpaceDescriptor),
    Terminating(TerminatingDescriptor),
    Integrity(Box<LogicalVolumeIntegrityDescriptor>),
}
impl VolumeDescriptor {
    pub fn parse(block: &[u8]) -> Result<Option<VolumeDescriptor>, Error> {}
    pub fn tag(&self) -> &Tag {}
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {}
}

// crate::volume::implementation_use

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImplementationUseVolumeDescriptor {
    pub tag: Tag,
    pub sequence_number: u32,
    pub implementation_identifier: EntityId,
    pub implementation_use: ImplementationUse,
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ImplementationUse {
    LvInformation(LvInformation),
    Other([u8; 460]),
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LvInformation {
    pub character_set: CharSpec,
    pub logical_volume_identifier: DString<128>,
    pub information: [DString<36>; 3],
    pub implementation_identifier: EntityId,
    pub implementation_use: [u8; 128],
}
impl Descriptor for ImplementationUseVolumeDescriptor {}

// crate::volume::integrity

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IntegrityType(pub u32);
impl IntegrityType {
    pub const OPEN: IntegrityType = _;
    pub const CLOSE: IntegrityType = _;
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogicalVolumeIntegrityDescriptor {
    pub tag: Tag,
    pub recording_time: Timestamp,
    pub integrity_type: IntegrityType,
    pub next: ExtentAd,
    pub unique_id: u64,
    pub free_space: Vec<u32>,
    pub sizes: Vec<u32>,
    pub implementation_use: LvidImplementationUse,
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LvidImplementationUse {
    pub implementation_identifier: EntityId,
    pub files: u32,
    pub directories: u32,
    pub minimum_read_revision: Revision,
    pub minimum_write_revision: Revision,
    pub maximum_write_revision: Revision,
    pub rest: Vec<u8>,
}
impl Descriptor for LogicalVolumeIntegrityDescriptor {}

// crate::volume::logical

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogicalVolumeDescriptor {
    pub tag: Tag,
    pub sequence_number: u32,
    pub descriptor_character_set: CharSpec,
    pub identifier: DString<128>,
    pub block_size: u32,
    pub domain_identifier: EntityId,
    pub file_set: LongAd,
    pub implementation_identifier: EntityId,
    pub implementation_use: [u8; 128],
    pub integrity_sequence: ExtentAd,
    pub partition_maps: Vec<PartitionMap>,
}
impl Descriptor for LogicalVolumeDescriptor {}

// crate::volume::partition

bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)] pub struct PartitionFlags : u16 {
    const ALLOCATED = 1; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccessType(pub u32);
impl AccessType {
    pub const PSEUDO_OVERWRITABLE: AccessType = _;
    pub const READ_ONLY: AccessType = _;
    pub const WRITE_ONCE: AccessType = _;
    pub const REWRITABLE: AccessType = _;
    pub const OVERWRITABLE: AccessType = _;
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartitionHeaderDescriptor {
    pub unallocated_space_table: ShortAd,
    pub unallocated_space_bitmap: ShortAd,
    pub partition_integrity_table: ShortAd,
    pub freed_space_table: ShortAd,
    pub freed_space_bitmap: ShortAd,
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PartitionDescriptor {
    pub tag: Tag,
    pub sequence_number: u32,
    pub flags: PartitionFlags,
    pub number: u16,
    pub contents: EntityId,
    pub header: PartitionHeaderDescriptor,
    pub access_type: AccessType,
    pub start: u32,
    pub length: u32,
    pub implementation_identifier: EntityId,
    pub implementation_use: [u8; 128],
}
impl Descriptor for PartitionDescriptor {}

// crate::volume::partition_map

bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)] pub struct MetadataFlags : u8 {
    const DUPLICATE_METADATA = 1; }
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PartitionMap {
    Physical { volume_sequence_number: u16, partition_number: u16 },
    Virtual { identifier: EntityId, volume_sequence_number: u16, partition_number: u16 },
    Sparable {
        identifier: EntityId,
        volume_sequence_number: u16,
        partition_number: u16,
        packet_length: u16,
        table_size: u32,
        tables: Vec<u32>,
    },
    Metadata {
        identifier: EntityId,
        volume_sequence_number: u16,
        partition_number: u16,
        file: u32,
        mirror_file: u32,
        bitmap_file: u32,
        allocation_unit: u32,
        alignment_unit: u16,
        flags: MetadataFlags,
    },
    Other(Vec<u8>),
}
impl PartitionMap {
    pub const fn partition_number(&self) -> Option<u16> {}
    pub fn parse(input: &[u8]) -> Result<(PartitionMap, &[u8]), Error> {}
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {}
}

// crate::volume::pointer

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeDescriptorPointer {
    pub tag: Tag,
    pub sequence_number: u32,
    pub next: ExtentAd,
}
impl Descriptor for VolumeDescriptorPointer {}

// crate::volume::primary

bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)] pub struct PrimaryVolumeFlags :
    u16 { const VOLUME_SET_IDENTIFICATION = 1; }
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PrimaryVolumeDescriptor {
    pub tag: Tag,
    pub sequence_number: u32,
    pub number: u32,
    pub volume_identifier: DString<32>,
    pub volume_sequence_number: u16,
    pub maximum_volume_sequence_number: u16,
    pub interchange_level: u16,
    pub maximum_interchange_level: u16,
    pub character_set_list: u32,
    pub maximum_character_set_list: u32,
    pub volume_set_identifier: DString<128>,
    pub descriptor_character_set: CharSpec,
    pub explanatory_character_set: CharSpec,
    pub volume_abstract: ExtentAd,
    pub volume_copyright_notice: ExtentAd,
    pub application_identifier: EntityId,
    pub recording_time: Timestamp,
    pub implementation_identifier: EntityId,
    pub implementation_use: [u8; 64],
    pub predecessor: u32,
    pub flags: PrimaryVolumeFlags,
}
impl Descriptor for PrimaryVolumeDescriptor {}

// crate::volume::recognition

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StandardId(pub [u8; 5]);
impl StandardId {
    pub const CD001: StandardId = _;
    pub const BEA01: StandardId = _;
    pub const NSR02: StandardId = _;
    pub const NSR03: StandardId = _;
    pub const BOOT2: StandardId = _;
    pub const TEA01: StandardId = _;
}
impl fmt::Debug for StandardId {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeStructureDescriptor {
    pub structure_type: u8,
    pub standard: StandardId,
    pub version: u8,
}
impl VolumeStructureDescriptor {
    pub const SIZE: usize = _;
    pub const fn new(standard: StandardId) -> VolumeStructureDescriptor {}
    pub fn parse(bytes: &[u8]) -> Result<Option<VolumeStructureDescriptor>, Error> {}
    pub fn encode(&self, bytes: &mut [u8]) -> Result<(), Error> {}
}

// crate::volume::terminating

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TerminatingDescriptor {
    pub tag: Tag,
}
impl Descriptor for TerminatingDescriptor {}

// crate::volume::unallocated_space

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnallocatedSpaceDescriptor {
    pub tag: Tag,
    pub sequence_number: u32,
    pub extents: Vec<ExtentAd>,
}
impl Descriptor for UnallocatedSpaceDescriptor {}

// crate::write

pub use allocation::{DataExtent, MAX_EXTENT};
pub use directory::{DirectoryWriter, IcbAddress, Lies};
pub use entry::{Contents, Entry, EntryTimes, Streams};
pub use files::MetadataFile;
pub use form::{Form, IcbBlock, StructurePartition};
pub use names::{IdentifierChanges, Identifiers, NoUniqueIdentifier, record_identifiers};
pub use space::SpaceBitmap;
pub use symlink::SymlinkData;
pub use volume::{
    Access, Counts, INTEGRITY_BLOCKS, MetadataFiles, SEQUENCE_BLOCKS, VolumeIdentifiers,
    VolumeStructures,
};
pub const BLOCK_SIZE: usize = _;

// crate::write::allocation

pub const MAX_EXTENT: u64 = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataExtent {
    pub block: u32,
    pub len: u64,
}

// crate::write::directory

#[derive(Clone, Debug)]
/// And private fields.
pub struct DirectoryWriter {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    Embedded(u32),
    From(u32),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcbAddress {
    pub block: u32,
    pub unique_id: u64,
}
impl DirectoryWriter {
    pub fn new(form: Form) -> DirectoryWriter {}
    pub fn begin(&mut self, lies: Lies) {}
    pub fn push_parent(&mut self, parent: IcbAddress) -> Result<(), Error> {}
    pub fn push(
        &mut self,
        identifier: &[u8],
        characteristics: FileCharacteristics,
        icb: IcbAddress,
    ) -> Result<(), Error> {}
    pub fn push_stream(
        &mut self,
        identifier: &[u8],
        is_metadata: bool,
        icb: IcbAddress,
    ) -> Result<(), Error> {}
    pub fn finish(&self) -> &[u8] {}
}

// crate::write::entry

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub file_type: FileType,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub links: u16,
    pub modified: Timestamp,
    pub times: EntryTimes,
    pub unique_id: u64,
    pub device: Option<(u32, u32)>,
    pub streams: Option<Streams>,
    pub is_stream: bool,
    pub flags: IcbFlags,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    pub directory: u32,
    pub len: u64,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntryTimes {
    pub access: Option<Timestamp>,
    pub attribute: Option<Timestamp>,
    pub creation: Option<Timestamp>,
    pub deletion: Option<Timestamp>,
    pub effective: Option<Timestamp>,
    pub last_backup: Option<Timestamp>,
}
impl EntryTimes {
    pub fn attributes_len(&self, form: Form) -> usize {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents<'a> {
    Embedded(&'a [u8]),
    Structures(DataExtent),
    Data(&'a [DataExtent]),
}
impl Entry {
    pub fn allocation_extents(
        form: Form,
        attributes: usize,
        lengths: impl Iterator<Item = u64>,
    ) -> u64 {}
    pub fn append(
        &self,
        form: Form,
        at: impl Into<IcbBlock>,
        contents: Contents<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
}

// crate::write::files

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataFile {
    Main,
    Mirror,
    Bitmap,
}
impl VolumeStructures {
    pub fn append_file_set(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn append_metadata_icb(
        &self,
        file: MetadataFile,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
}

// crate::write::form

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// And private fields.
pub struct Form {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StructurePartition {
    Physical,
    Metadata,
    Virtual,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcbBlock {
    pub icb: u32,
    pub behind: u32,
}
impl From<u32> for IcbBlock {}
impl Form {
    pub const REVISIONS: [Revision; 6] = _;
    pub fn new(
        revision: Revision,
        structures: StructurePartition,
    ) -> Result<Form, Error> {}
    pub fn revision(self) -> Revision {}
    pub fn has_metadata_partition(self) -> bool {}
    pub fn has_virtual_partition(self) -> bool {}
    pub fn structure_partition(self) -> u16 {}
    pub fn is_third_edition(self) -> bool {}
    pub fn tag_version(self) -> u16 {}
    pub fn room(self) -> usize {}
    pub fn minimum_read_revision(self) -> Revision {}
}

// crate::write::names

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct
    IdentifierChanges : u8 { const CHARACTERS_REPLACED = 1; const TRUNCATED = 2; const
    MADE_UNIQUE = 4; }
}
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct Identifiers {}
impl Identifiers {
    pub fn identifier(&self, index: usize) -> &[u8] {}
    pub fn directory_len(&self) -> usize {}
    pub fn changes(&self, index: usize) -> IdentifierChanges {}
    pub fn shown(&self, index: usize) -> String {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoUniqueIdentifier;
impl fmt::Display for NoUniqueIdentifier {}
impl std::error::Error for NoUniqueIdentifier {}
pub fn record_identifiers<'n>(
    names: impl ExactSizeIterator<Item = &'n [u8]> + Clone,
) -> Result<Identifiers, NoUniqueIdentifier> {}

// crate::write::space

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceBitmap {
    pub blocks: u32,
    pub free: Vec<Range<u32>>,
}
impl SpaceBitmap {
    pub fn len(blocks: u32) -> u64 {}
    pub fn free_blocks(&self) -> u32 {}
    pub fn append(
        &self,
        form: Form,
        location: u32,
        part: Range<u32>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
}

// crate::write::symlink

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymlinkData {
    pub bytes: Vec<u8>,
    pub changed: Option<String>,
}
impl SymlinkData {
    pub fn new(target: &[u8]) -> SymlinkData {}
}

// crate::write::virtual_allocation

impl VolumeStructures {
    pub fn virtual_allocation_table(
        &self,
        entries: Vec<u32>,
        previous: u32,
    ) -> VirtualAllocationTable {}
    pub fn append_vat_icb(
        &self,
        block: u32,
        table: &[u8],
        content: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
    pub fn vat_blocks(&self, len: usize) -> u32 {}
}

// crate::write::volume

pub const SEQUENCE_BLOCKS: u32 = _;
pub const INTEGRITY_BLOCKS: u32 = _;
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeIdentifiers {
    pub volume: DString<32>,
    pub logical_volume: DString<128>,
    pub volume_set: DString<128>,
    pub file_set: DString<32>,
    pub application: Option<EntityId>,
    pub copyright_file: DString<32>,
    pub abstract_file: DString<32>,
    pub information: [DString<36>; 3],
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    ReadOnly,
    WriteOnce,
    Overwritable { bitmap: u32, space: SpaceBitmap },
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataFiles {
    pub icb: u32,
    pub start: u32,
    pub blocks: u32,
    pub mirror_icb: u32,
    pub mirror_start: u32,
    pub free: u32,
    pub bitmap: Option<(u32, u32)>,
}
impl MetadataFiles {
    pub const UNIT: u32 = _;
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub files: u32,
    pub directories: u32,
    pub next_unique_id: u64,
}
#[derive(Clone, Debug)]
pub struct VolumeStructures {
    pub form: Form,
    pub identifiers: VolumeIdentifiers,
    pub recorded: Timestamp,
    pub access: Access,
    pub main: u32,
    pub reserve: u32,
    pub integrity: u32,
    pub partition_number: u16,
    pub partition_start: u32,
    pub partition_blocks: u32,
    pub metadata: Option<MetadataFiles>,
    pub file_set: u32,
    pub root: u32,
    pub counts: Counts,
}
impl VolumeStructures {
    pub fn append_recognition(form: Form, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn append_anchor(&self, location: u32, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn append_sequence(
        &self,
        location: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
    pub fn append_integrity(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
}

