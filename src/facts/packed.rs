//! Compressed files.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// The bytes of a file; of one that is compressed (gzip) those that it holds, if they are at most `most`.
///
/// # Errors
/// Why it cannot be unpacked.
pub fn unpacked(bytes: Cow<'_, [u8]>, most: usize) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    let mut text = Vec::new();
    let mut reader = MultiGzDecoder::new(&*bytes).take(limit.saturating_add(1));
    reader.read_to_end(&mut text).map_err(|error| format!("it is compressed (gzip) and damaged: {error}"))?;
    if text.len() > most {
        Err(format!("it is compressed, and holds more than {most} bytes"))
    } else {
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    fn unpack(bytes: &[u8], most: usize) -> Result<Vec<u8>, String> {
        unpacked(Cow::Borrowed(bytes), most).map(Cow::into_owned)
    }

    #[test]
    fn what_is_packed_is_unpacked_and_all_else_left_alone() {
        assert_eq!(unpack(b"a\tb", 10), Ok(b"a\tb".to_vec()));
        assert_eq!(unpack(&packed(b"a\tb"), 10), Ok(b"a\tb".to_vec()));
        // Files that were packed apart and put one behind the other are one.
        assert_eq!(unpack(&[packed(b"a\n"), packed(b"b\n")].concat(), 10), Ok(b"a\nb\n".to_vec()));
        assert_eq!(unpack(&packed(&[b'x'; 1000]), 999), Err("it is compressed, and holds more than 999 bytes".into()));
        let mut half = packed(b"some text that is long enough");
        half.truncate(half.len() / 2);
        assert!(unpack(&half, 100).is_err_and(|reason| reason.starts_with("it is compressed (gzip) and damaged: ")));
    }
}
