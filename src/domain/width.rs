//! Full-width forms, as Chinese input methods produce them. Only these: compatibility folding
//! (NFKC) would also turn `5²` into `52`, which is no way to read a number.

/// The text with full-width letters, digits and signs as ASCII (`１２．５％` becomes `12.5%`) and
/// ideographic spaces as plain ones; everything else stays as it is.
pub(super) fn narrow(text: &str) -> String {
    text.chars().map(narrow_char).collect()
}

fn narrow_char(c: char) -> char {
    // U+FF01..=U+FF5E mirror the printable ASCII characters in order, 0xFEE0 further up.
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_is_folded_and_nothing_else() {
        assert_eq!(narrow("１２，３４５．６％　户"), "12,345.6% 户");
        assert_eq!(narrow("５²㎡—～"), "5²㎡—~");
    }
}
