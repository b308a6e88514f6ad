//! Text to numbers: what fact files and the conversion functors accept, and why they refuse the rest.

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not written like one.
    Shape,
    /// It is one, and does not fit 64 bits.
    Range,
}

/// A whole number as C's `strtol` sees the start of a text.
struct Scan<'a> {
    negative: bool,
    /// None where it does not fit 64 bits.
    magnitude: Option<u64>,
    digits: usize,
    rest: &'a [u8],
}

/// A `number` as fact files write it: decimal, with a sign, after blanks.
///
/// # Errors
/// Anything else before, within or after it.
pub fn number(text: &[u8]) -> Result<i64, Fault> {
    // The common case: up to eighteen digits, which cannot overflow.
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if !digits.is_empty() && digits.len() <= 18 {
        let mut value = 0_i64;
        let mut plain = true;
        for &byte in digits {
            let digit = byte.wrapping_sub(b'0');
            plain &= digit < 10;
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        }
        if plain {
            return Ok(if negative { -value } else { value });
        }
    }
    signed(&whole(scan(text, false))?)
}

/// An `unsigned` as fact files write it: decimal, `0x` or `0b`, without a minus, after blanks.
///
/// # Errors
/// Anything else before, within or after it.
pub fn unsigned(text: &[u8]) -> Result<u64, Fault> {
    natural(&whole(scan(text, true))?)
}

/// A float as C's `strtod` takes a whole text: decimal with or without point and exponent, `inf`, `infinity`, `nan`,
/// after blanks. Hexadecimal floats are not read.
///
/// # Errors
/// Anything else; a finite text too large for a float.
pub fn float(text: &[u8]) -> Result<f64, Fault> {
    let text = std::str::from_utf8(skip_blanks(text)).map_err(|_| Fault::Shape)?;
    let value: f64 = text.parse().map_err(|_| Fault::Shape)?;
    let finite = text.bytes().any(|byte| byte.is_ascii_digit());
    if finite && value.is_infinite() { Err(Fault::Range) } else { Ok(value) }
}

/// What `to_number` makes of a text: as [`number`], and `0x`, `0b`. With `lenient`, what follows the digits is ignored.
///
/// # Errors
/// No digits, a number out of range; text after it unless `lenient`.
pub fn to_number(text: &[u8], lenient: bool) -> Result<i64, Fault> {
    signed(&ended(scan(text, true), lenient)?)
}

/// What `to_unsigned` makes of a text, see [`to_number`].
///
/// # Errors
/// As [`to_number`], and a minus.
pub fn to_unsigned(text: &[u8], lenient: bool) -> Result<u64, Fault> {
    natural(&ended(scan(text, true), lenient)?)
}

/// What `to_float` makes of a text: as [`float`]. With `lenient`, the longest start of the text that is a float.
///
/// # Errors
/// As [`float`].
pub fn to_float(text: &[u8], lenient: bool) -> Result<f64, Fault> {
    match float(text) {
        Err(Fault::Shape) if lenient => {
            let text = skip_blanks(text);
            // No float is longer than its digits, and nobody writes a thousand of them.
            let longest = text.len().min(1_000);
            (1..longest).rev().find_map(|end| float(&text[..end]).ok()).ok_or(Fault::Shape)
        }
        other => other,
    }
}

fn whole(scan: Scan<'_>) -> Result<Scan<'_>, Fault> {
    ended(scan, false)
}

fn ended(scan: Scan<'_>, lenient: bool) -> Result<Scan<'_>, Fault> {
    if scan.digits == 0 || !(lenient || scan.rest.is_empty()) { Err(Fault::Shape) } else { Ok(scan) }
}

fn signed(scan: &Scan<'_>) -> Result<i64, Fault> {
    let magnitude = i128::from(scan.magnitude.ok_or(Fault::Range)?);
    i64::try_from(if scan.negative { -magnitude } else { magnitude }).map_err(|_| Fault::Range)
}

fn natural(scan: &Scan<'_>) -> Result<u64, Fault> {
    if scan.negative {
        return Err(Fault::Shape);
    }
    scan.magnitude.ok_or(Fault::Range)
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    &text[text.iter().take_while(|byte| blank(byte)).count()..]
}

fn scan(text: &[u8], prefixes: bool) -> Scan<'_> {
    let mut rest = skip_blanks(text);
    let negative = rest.first() == Some(&b'-');
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let mut radix = 10;
    if prefixes && let [b'0', mark, tail @ ..] = rest {
        let asked = match mark {
            b'x' | b'X' => 16,
            b'b' | b'B' => 2,
            _ => 10,
        };
        if asked != 10 && tail.first().is_some_and(|&byte| char::from(byte).is_digit(asked)) {
            (radix, rest) = (asked, tail);
        }
    }
    let mut magnitude = Some(0_u64);
    let mut digits = 0;
    while let Some(digit) = rest.get(digits).and_then(|&byte| char::from(byte).to_digit(radix)) {
        magnitude = magnitude.and_then(|value| value.checked_mul(u64::from(radix))?.checked_add(u64::from(digit)));
        digits += 1;
    }
    Scan { negative, magnitude, digits, rest: &rest[digits..] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_files_are_decimal_and_whole() {
        assert_eq!(number(b"-12"), Ok(-12));
        assert_eq!(number(b"+7"), Ok(7));
        assert_eq!(number(b" \t7"), Ok(7));
        assert_eq!(number(b"9223372036854775807"), Ok(i64::MAX));
        assert_eq!(number(b"-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(number(b"9223372036854775808"), Err(Fault::Range));
        for text in ["", "-", "+", "0x10", "7 ", "1.0", "--1", "a", "1a", "0000000000000000000000000001x"] {
            assert_eq!(number(text.as_bytes()), Err(Fault::Shape), "{text}");
        }
        assert_eq!(number(b"0000000000000000000000000001"), Ok(1));
    }

    #[test]
    fn unsigned_take_prefixes_and_no_minus() {
        assert_eq!(unsigned(b"0xfF"), Ok(255));
        assert_eq!(unsigned(b"0b101"), Ok(5));
        assert_eq!(unsigned(b"18446744073709551615"), Ok(u64::MAX));
        assert_eq!(unsigned(b"18446744073709551616"), Err(Fault::Range));
        for text in ["-1", "0x", "0b2", "", "1u"] {
            assert_eq!(unsigned(text.as_bytes()), Err(Fault::Shape), "{text}");
        }
    }

    #[test]
    fn floats_are_what_strtod_takes() {
        for (text, value) in [("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), (" -2.5", -2.5), ("inf", f64::INFINITY)] {
            assert_eq!(float(text.as_bytes()), Ok(value));
        }
        assert!(float(b"nan").is_ok_and(f64::is_nan));
        assert_eq!(float(b"-Infinity"), Ok(f64::NEG_INFINITY));
        assert_eq!(float(b"1e400"), Err(Fault::Range));
        for text in ["", "1 ", "e3", "1e", "x", "0x10"] {
            assert_eq!(float(text.as_bytes()), Err(Fault::Shape), "{text}");
        }
    }

    #[test]
    fn conversions_are_strict_unless_asked() {
        assert_eq!(to_number(b" -0x1f", false), Ok(-31));
        assert_eq!(to_number(b"5abc", false), Err(Fault::Shape));
        assert_eq!(to_number(b"5abc", true), Ok(5));
        assert_eq!(to_number(b"abc", true), Err(Fault::Shape));
        assert_eq!(to_unsigned(b"0b11", false), Ok(3));
        assert_eq!(to_float(b"2.5 kg", true), Ok(2.5));
        assert_eq!(to_float(b"2.5 kg", false), Err(Fault::Shape));
        assert_eq!(to_float(b"kg", true), Err(Fault::Shape));
    }
}
