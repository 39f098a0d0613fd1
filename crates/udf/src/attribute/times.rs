use nom::Parser;
use nom::number::complete::le_u32;

use super::generic::{length_field, push};
use super::{AttributeType, ExtendedAttribute};
use crate::nom_ext::run;
use crate::{Error, Timestamp};

/// The data of file times and of information times: a length, a field with one bit for each time that is
/// there, and the times in the order of the bits (ECMA-167 4/14.10.5, 4/14.10.6). Gives the times of the bits
/// asked for.
pub(super) fn parse<const N: usize>(
    structure: &'static str,
    attribute: &ExtendedAttribute<'_>,
    attribute_type: AttributeType,
    bits: [u32; N],
) -> Result<[Option<Timestamp>; N], Error> {
    let data = attribute.data_of(attribute_type, structure)?;
    let (length, existence) = run(structure, data, |input| (le_u32, le_u32).parse(input))?;
    let area = data.get(8..).unwrap_or_default();
    let wanted = usize::try_from(length).unwrap_or(usize::MAX);
    let Some(area) = area.get(..wanted) else {
        let (field, value, most) = ("data length", length.into(), area.len() as u64);
        return Err(Error::Length { structure, field, value, most });
    };
    let mut times = [None; N];
    for (time, bit) in times.iter_mut().zip(bits) {
        if existence >> bit & 1 == 1 {
            let before = (existence & ((1 << bit) - 1)).count_ones() as usize;
            let bytes = area.get(before * 12..).unwrap_or_default();
            *time = Some(run(structure, bytes, Timestamp::parse)?);
        }
    }
    Ok(times)
}

/// Appends an attribute with the times that are given; the bits are in ascending order.
pub(super) fn encode<const N: usize>(
    structure: &'static str,
    attribute_type: AttributeType,
    times: [(u32, Option<Timestamp>); N],
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut existence = 0u32;
    let mut bytes = [[0; 12]; N];
    let mut number = 0;
    for (bit, time) in times {
        if let (Some(time), Some(place)) = (time, bytes.get_mut(number)) {
            existence |= 1 << bit;
            *place = time.bytes();
            number += 1;
        }
    }
    let area = bytes.get(..number).unwrap_or_default().as_flattened();
    let length = length_field(structure, "data length", area.len())?;
    push(attribute_type, &[&length.to_le_bytes(), &existence.to_le_bytes(), area], out)
}
