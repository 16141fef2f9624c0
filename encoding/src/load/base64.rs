//! Base64 as rank files use it: the standard alphabet, padded.

/// Appends the bytes that `text` stands for; `false` when it is not base64.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (chunks, []) = text.as_chunks::<4>() else {
        return false;
    };
    let Some((last, full)) = chunks.split_last() else {
        return true;
    };
    for chunk in full {
        let Some(bits) = bits(chunk) else {
            return false;
        };
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    let padding = last.iter().rev().take_while(|&&byte| byte == b'=').count();
    let mut last = *last;
    if padding > 2 {
        return false;
    }
    for byte in last.iter_mut().rev().take(padding) {
        *byte = b'A';
    }
    let Some(bits) = bits(&last) else {
        return false;
    };
    out.extend_from_slice(&bits.to_be_bytes()[1..4 - padding]);
    bits & ((1 << (8 * padding)) - 1) == 0
}

fn bits(chunk: &[u8; 4]) -> Option<u32> {
    chunk.iter().try_fold(0, |bits, &byte| {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(bits << 6 | u32::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(text.as_bytes(), &mut out).then_some(out)
    }

    /// The test vectors of RFC 4648, section 10.
    #[test]
    fn padded_base64_is_read_and_nothing_else() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(decoded("+/+/"), Some(vec![0xfb, 0xff, 0xbf]));
        for text in [
            "Zg", "Zg=", "Z===", "====", "Zh==", "Zg==Zg==", "Zm9-", "Z m9",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
