use mmc_device::Sense;
use mmc_device::command::buffer_capacity::BufferCapacity;
use mmc_device::command::configuration::Configuration;
use mmc_device::command::disc_info::DiscInformation;
use mmc_device::command::format_capacities::FormatCapacities;
use mmc_device::command::inquiry::Inquiry;
use mmc_device::command::mode::{Capabilities, WriteParameters};
use mmc_device::command::read_capacity::Capacity;
use mmc_device::command::toc::{Atip, FullToc, LastSession, Toc};
use mmc_device::command::track_info::TrackInformation;
use mmc_device::command::{event_status, performance};

/// Drives shorten and garble replies: every parser takes anything.
pub(crate) fn run(bytes: &[u8]) {
    let _ = Sense::parse(bytes);
    let _ = Atip::parse(bytes);
    let _ = BufferCapacity::parse(bytes);
    let _ = Capabilities::parse(bytes);
    let _ = Capacity::parse(bytes);
    let _ = Configuration::parse(bytes);
    let _ = DiscInformation::parse(bytes);
    let _ = FormatCapacities::parse(bytes);
    let _ = FullToc::parse(bytes);
    let _ = Inquiry::parse(bytes);
    let _ = LastSession::parse(bytes);
    let _ = event_status::parse(bytes);
    let _ = Toc::parse(bytes);
    let _ = TrackInformation::parse(bytes);
    let _ = WriteParameters::parse(bytes);
    let _ = performance::parse(bytes);
}
