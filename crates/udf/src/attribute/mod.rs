//! Extended attributes (ECMA-167 4/14.10, UDF 3.3.4): in file entries, or in a file of their own that a file
//! entry leads to.

mod alternate_permissions;
mod any;
mod application_use;
mod character_set_information;
mod device_specification;
mod file_times;
mod generic;
mod header;
mod implementation_use;
mod information_times;
mod space;
mod times;
pub mod udf;

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
