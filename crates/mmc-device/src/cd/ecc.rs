//! The product code of a sector (ECMA-130 annex A): 1118 words of data and P parity as 26 rows of 43, of which each
//! column is a P codeword, and each diagonal, with its parity behind the rows, a Q codeword. The two bytes of a word
//! belong to codes of their own, so a row is 86 bytes side by side.

/// Bytes of a row.
const ROW: usize = 86;
/// Rows of data, and of data with P parity.
const DATA_ROWS: usize = 24;
const ROWS: usize = 26;
/// Words of a diagonal.
const DIAGONAL: usize = 43;
/// Bytes of the Q parity's first half: one word of each diagonal.
const Q_HALF: usize = 2 * ROWS;
/// Bytes of data, P parity and Q parity.
pub(super) const DATA: usize = ROW * DATA_ROWS;
pub(super) const PROTECTED: usize = ROW * ROWS + 2 * Q_HALF;

/// In GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1: twice a value.
const fn double(value: u8) -> u8 {
    value << 1 ^ if value & 0x80 != 0 { 0x1D } else { 0 }
}

/// Logarithm and power to the base 2 of each value; that of 0 is not used.
const LOG_AND_POWER: ([u8; 256], [u8; 256]) = {
    let (mut log, mut power) = ([0; 256], [1; 256]);
    let (mut value, mut exponent) = (1u8, 0);
    while exponent < 255 {
        power[exponent] = value;
        log[value as usize] = exponent as u8;
        value = double(value);
        exponent += 1;
    }
    (log, power)
};

/// Each value divided by 3.
const THIRD: [u8; 256] = {
    let mut table = [0; 256];
    let (log, power) = &LOG_AND_POWER;
    let mut value = 1;
    while value < 256 {
        table[value] = power[(log[value] as usize + 255 - log[3] as usize) % 255];
        value += 1;
    }
    table
};

/// The two sums of codewords side by side: of their symbols, and of their symbols times 2 to the power of how many
/// symbols come behind.
struct Sums<const N: usize> {
    plain: [u8; N],
    weighted: [u8; N],
}

impl<const N: usize> Sums<N> {
    fn zero() -> Sums<N> {
        Sums { plain: [0; N], weighted: [0; N] }
    }

    /// Takes the next symbol of each codeword.
    fn add(&mut self, symbols: &[u8; N]) {
        for ((plain, weighted), symbol) in self.plain.iter_mut().zip(&mut self.weighted).zip(symbols) {
            *plain ^= symbol;
            // As `double`, in what vectors of bytes can do.
            let over = if weighted.cast_signed() < 0 { 0x1D } else { 0 };
            *weighted = weighted.wrapping_add(*weighted) ^ over ^ symbol;
        }
    }

    /// The two symbols that make both sums zero, given that they come next.
    fn parity<const M: usize>(&self) -> [[u8; M]; 2] {
        let (mut first, mut second) = ([0; M], [0; M]);
        let sums = self.plain.iter().zip(&self.weighted);
        for ((first, second), (plain, weighted)) in first.iter_mut().zip(&mut second).zip(sums) {
            *first = THIRD[usize::from(double(double(*weighted)) ^ plain)];
            *second = *first ^ plain;
        }
        [first, second]
    }
}

/// Whole vectors of bytes for a row. What is behind it counts as well, and is not used.
const WIDE_ROW: usize = 96;
/// Whole vectors of bytes for one word of each diagonal.
const WIDE_Q: usize = 64;

/// Fills in the parity behind the data.
pub(super) fn protect(bytes: &mut [u8; PROTECTED]) {
    let mut columns = Sums::<WIDE_ROW>::zero();
    for row in (0..DATA_ROWS).filter_map(|row| bytes[row * ROW..].first_chunk()) {
        columns.add(row);
    }
    let [first, second] = columns.parity::<ROW>();
    bytes[DATA..DATA + ROW].copy_from_slice(&first);
    bytes[DATA + ROW..DATA + 2 * ROW].copy_from_slice(&second);
    let [first, second] = diagonals(bytes).parity::<Q_HALF>();
    bytes[ROW * ROWS..ROW * ROWS + Q_HALF].copy_from_slice(&first);
    bytes[ROW * ROWS + Q_HALF..].copy_from_slice(&second);
}

/// The sums over the data of all diagonals. That of number `n` has of column `m` the word in row `n + m`.
fn diagonals(bytes: &[u8; PROTECTED]) -> Sums<WIDE_Q> {
    // Column by column the words of all diagonals, side by side.
    let mut columns = [[0; WIDE_Q]; DIAGONAL];
    let (rows, _) = bytes[..ROW * ROWS].as_chunks::<ROW>();
    for (row, words) in rows.iter().enumerate() {
        let (words, _) = words.as_chunks::<2>();
        let mut diagonal = row;
        for (column, word) in columns.iter_mut().zip(words) {
            let (places, _) = column.as_chunks_mut::<2>();
            places[diagonal] = *word;
            diagonal = if diagonal == 0 { ROWS - 1 } else { diagonal - 1 };
        }
    }
    let mut sums = Sums::zero();
    for column in &columns {
        sums.add(column);
    }
    sums
}

/// Whether all codewords are without error.
pub(super) fn is_whole(bytes: &[u8; PROTECTED]) -> bool {
    let mut again = *bytes;
    protect(&mut again);
    again == *bytes
}

/// More errors than the parity can locate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more errors than the parity of the sector can correct (ECMA-130 annex A)")]
pub struct Uncorrectable;

/// Times that both sets of codewords are gone through: what one corrects helps the other.
const ROUNDS: usize = 16;

/// Corrects what the codewords can, and gives the number of bytes that were changed. Each codeword corrects one
/// symbol; through both sets far more can be restored.
pub(super) fn correct(bytes: &mut [u8; PROTECTED]) -> Result<usize, Uncorrectable> {
    let before = *bytes;
    for _ in 0..ROUNDS {
        let mut changed = false;
        for codeword in (0..ROW).map(Codeword::P).chain((0..Q_HALF).map(Codeword::Q)) {
            changed |= codeword.correct(bytes);
        }
        if !changed {
            break;
        }
    }
    if !is_whole(bytes) {
        *bytes = before;
        return Err(Uncorrectable);
    }
    Ok(bytes.iter().zip(&before).filter(|(now, before)| now != before).count())
}

#[derive(Clone, Copy)]
enum Codeword {
    P(usize),
    Q(usize),
}

impl Codeword {
    fn symbols(self) -> usize {
        match self {
            Codeword::P(_) => ROWS,
            Codeword::Q(_) => DIAGONAL + 2,
        }
    }

    /// Where its symbol of this number lies.
    fn place(self, symbol: usize) -> usize {
        match self {
            Codeword::P(column) => symbol * ROW + column,
            Codeword::Q(diagonal) if symbol < DIAGONAL => {
                (diagonal / 2 + symbol) % ROWS * ROW + 2 * symbol + diagonal % 2
            }
            Codeword::Q(diagonal) => ROW * ROWS + (symbol - DIAGONAL) * Q_HALF + diagonal,
        }
    }

    /// Corrects a single error; whether it did.
    fn correct(self, bytes: &mut [u8; PROTECTED]) -> bool {
        let (mut plain, mut weighted) = (0, 0);
        for symbol in 0..self.symbols() {
            plain ^= bytes[self.place(symbol)];
            weighted = double(weighted) ^ bytes[self.place(symbol)];
        }
        if plain == 0 || weighted == 0 {
            return false;
        }
        let (log, _) = &LOG_AND_POWER;
        let behind =
            (usize::from(log[usize::from(weighted)]) + 255 - usize::from(log[usize::from(plain)])) % 255;
        let Some(symbol) = (self.symbols() - 1).checked_sub(behind) else { return false };
        bytes[self.place(symbol)] ^= plain;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn protected(seed: u32) -> [u8; PROTECTED] {
        let mut bytes = [0; PROTECTED];
        let mut value = seed | 1;
        for byte in &mut bytes[..DATA] {
            value = value.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (value >> 24) as u8;
        }
        protect(&mut bytes);
        bytes
    }

    #[test]
    fn both_sums_of_every_codeword_are_zero() {
        // Annex A: each codeword times (1, 1, ... 1) and (a^n-1, ... a, 1) is zero.
        let bytes = protected(1);
        for codeword in (0..ROW).map(Codeword::P).chain((0..Q_HALF).map(Codeword::Q)) {
            let symbols: Vec<u8> =
                (0..codeword.symbols()).map(|symbol| bytes[codeword.place(symbol)]).collect();
            assert_eq!(symbols.iter().fold(0, |sum, symbol| sum ^ symbol), 0);
            assert_eq!(symbols.iter().fold(0, |sum, symbol| double(sum) ^ symbol), 0);
        }
    }

    #[test]
    fn a_burst_is_corrected() {
        let whole = protected(7);
        let mut bytes = whole;
        for byte in &mut bytes[300..300 + ROW] {
            *byte = !*byte;
        }
        assert_eq!(correct(&mut bytes), Ok(ROW));
        assert_eq!(bytes, whole);
        for byte in &mut bytes[..1000] {
            *byte ^= 0x55;
        }
        let broken = bytes;
        assert_eq!(correct(&mut bytes), Err(Uncorrectable));
        assert_eq!(bytes, broken);
    }

    proptest! {
        #[test]
        fn scattered_errors_are_corrected(seed: u32, errors in vec((0..PROTECTED, 1u8..), 0..5)) {
            // No other codeword has the two parity symbols of a Q codeword: of both, neither can be corrected.
            let q_parity = errors.iter().filter_map(|(at, _)| at.checked_sub(ROW * ROWS));
            let mut diagonals: Vec<usize> = q_parity.map(|at| at % Q_HALF).collect();
            let all = diagonals.len();
            diagonals.sort_unstable();
            diagonals.dedup();
            prop_assume!(diagonals.len() == all);
            let whole = protected(seed);
            let mut bytes = whole;
            for (at, error) in errors {
                bytes[at] ^= error;
            }
            prop_assert!(correct(&mut bytes).is_ok());
            prop_assert_eq!(bytes, whole);
        }
    }
}
