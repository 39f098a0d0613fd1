//! What all structures are read with: big-endian fields one behind another.

use nom::bytes::complete::take;
use nom::{IResult, Parser};

use crate::Error;

/// `N` bytes.
pub(crate) fn array<const N: usize>(input: &[u8]) -> IResult<&[u8], [u8; N]> {
    let (rest, bytes) = take(N).parse(input)?;
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    Ok((rest, array))
}

/// Runs a parser over the beginning of `input`.
pub(crate) fn run<'a, T>(
    structure: &'static str,
    input: &'a [u8],
    parser: impl FnOnce(&'a [u8]) -> IResult<&'a [u8], T>,
) -> Result<T, Error> {
    match parser(input) {
        Ok((_, value)) => Ok(value),
        Err(_) => Err(Error::Truncated { structure, available: input.len() }),
    }
}
