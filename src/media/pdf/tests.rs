//! Documents of all kinds, sound and damaged.

use super::*;

fn document(content: &str, more: &str) -> Vec<u8> {
    format!(
        "%PDF-1.4\n1 0 obj\n<< /Type /Page /MediaBox [0 0 612 792] >>\nendobj\n2 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n{more}",
        content.len()
    )
    .into_bytes()
}

#[test]
fn lines_end_where_the_height_changes() {
    let content = r"BT /F1 12 Tf 72 700 Td (One \(1\)) Tj 0 -20 Td [(Tw) -20 (o) -400 (three)] TJ 40 0 Td ( four) Tj ET";
    let pdf = read(&document(content, ""));
    assert_eq!(pdf.text.as_deref(), Some("One (1)\nTwo three four\n"));
    assert_eq!(pdf.page, Some((612, 792)));
}

#[test]
fn codes_are_looked_up() {
    let map = "3 0 obj\n<< /Length 9 >>\nstream\n1 beginbfchar\n<0001> <0048>\nendbfchar\n1 beginbfrange\n<0002> <0003> <0061>\nendbfrange\nendstream\nendobj\n";
    let pdf = read(&document("BT <000100020003> Tj ET", map));
    assert_eq!(pdf.text.as_deref(), Some("Hab\n"));
}

/// A page whose two fonts have the same codes, a list among the ranges of the second, widths, and its fonts in a stream of
/// objects.
fn two_fonts() -> Vec<u8> {
    let objects = [
        "<< /Type /Page /Parent 7 0 R /Contents [ 8 0 R ] /MediaBox [0 0 595 842] >>",
        "<< /Type /Font /Subtype /TrueType /ToUnicode 9 0 R /FirstChar 65 /Widths [ 500 500 ] >>",
        "<< /Type /Font /Subtype /Type0 /DescendantFonts [ 4 0 R ] /ToUnicode 10 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /DW 900 /W [ 1 [ 400 500 ] 3 4 600 ] >>",
    ];
    let mut head = String::new();
    let mut body = String::new();
    for (number, object) in (1..).zip(objects) {
        head.push_str(&format!("{number} {} ", body.len()));
        body.push_str(object);
        body.push(' ');
    }
    let mut file = format!(
        "%PDF-1.5\n6 0 obj\n<< /Type /ObjStm /N 4 /First {} >>\nstream\n{head}{body}\nendstream\nendobj\n",
        head.len()
    );
    file.push_str("7 0 obj\n<< /Type /Pages /Count 1 /Kids [ 1 0 R ] /Resources << /Font << /F1 2 0 R /F2 3 0 R >> >> >>\nendobj\n");
    for (number, stream) in [
        (
            8,
            "BT /F1 10 Tf 1 0 0 1 0 700 Tm (A) Tj 5 0 Td (B) Tj 12 0 Td (A) Tj /F2 10 Tf 5 0 Td <00010002> Tj 13 0 Td <0003> Tj ET",
        ),
        (9, "1 beginbfrange\n<41> <42> <0061>\nendbfrange"),
        (
            10,
            "1 beginbfrange\n<0001> <0003> [ <0078> <00660069> <0079> ]\nendbfrange",
        ),
    ] {
        file.push_str(&format!(
            "{number} 0 obj\n<< /Length {} >>\nstream\n{stream}\nendstream\nendobj\n",
            stream.len()
        ));
    }
    file.into_bytes()
}

#[test]
fn each_font_has_codes_and_widths_of_its_own() {
    let pdf = read(&two_fonts());
    // 5 after the first A is where it ends, 12 after B is 7 further than that; 4 + 5 for two codes, then 4 more.
    assert_eq!(pdf.text.as_deref(), Some("ab axfi y\n"));
    assert_eq!(pdf.pages, Some(1));
    assert_eq!(pdf.page, Some((595, 842)));
}

#[test]
fn streams_in_base_85_are_read() {
    let packed = "8 0 obj\n<< /Filter /ASCII85Decode >>\nstream\n6<u3h+>PWG+CQBk4&TV%E,8r\"Ac?]^z\n87cUR~>\nendstream\nendobj\n";
    let objects = Objects::read(packed.as_bytes());
    let stream = objects.stream(8);
    assert!(stream.is_some_and(|stream| stream.ends_with(b"\0\0\0\0Hell")));
}

#[test]
fn encrypted_files_say_nothing() {
    let mut file = document("BT (text) Tj ET", "");
    file.extend(b"trailer << /Encrypt 9 0 R >>");
    assert_eq!(read(&file).text, None);
}

#[test]
fn text_is_bounded() {
    let map = format!(
        "3 0 obj\n<< /Length 9 >>\nstream\n1 beginbfchar\n<01> <{}>\nendbfchar\n9 beginbfrange\n{}endbfrange\nendstream\nendobj\n",
        "0061".repeat(100_000),
        "<000000> <00ffff> <0061>\n".repeat(20_000)
    );
    let content = format!("BT <{}> Tj ET", "01".repeat(300_000));
    let pdf = read(&document(&content, &map));
    assert!(pdf.text.is_some_and(|text| text.len() <= 300_000 * 8 + 1));
}

/// What is shared, repeated or circular is looked at within a bound: these finish, where each page or font by itself
/// would be hundreds of gigabytes of work.
#[test]
fn what_is_shared_is_not_read_for_each_that_shares_it() {
    let object =
        |number: usize, dictionary: &str| format!("{number} 0 obj\n{dictionary}\nendobj\n");
    let stream = |number: usize, text: &str| {
        format!("{number} 0 obj\n<< >>\nstream\n{text}\nendstream\nendobj\n")
    };
    let shown = stream(2, "BT /F1 1 Tf (A) Tj ET");
    let each = |first: usize, dictionary: &str| -> String {
        (first..first + 30_000)
            .map(|number| object(number, dictionary))
            .collect()
    };
    let list = object(1, &format!("[ {}]", "2 0 R ".repeat(10_000)));
    let lists = list + &shown + &each(3, "<< /Type /Page /Contents 1 0 R >>");
    let pdf = read(lists.as_bytes());
    assert_eq!(
        (pdf.text.as_deref(), pdf.pages),
        (Some("A\n"), Some(30_000))
    );

    let map = stream(
        1,
        &format!("1 beginbfchar\n{}endbfchar", "<41> <0062> ".repeat(20_000)),
    );
    let names: String = (0..30_000)
        .map(|name| format!("/F{name} {} 0 R ", 4 + name))
        .collect();
    let page = format!("<< /Type /Page /Contents 2 0 R /Resources << /Font << {names} >> >> >>");
    let fonts = map + &shown + &object(3, &page) + &each(4, "<< /Type /Font /ToUnicode 1 0 R >>");
    assert_eq!(read(fonts.as_bytes()).text.as_deref(), Some("b\n"));

    let circle = object(1, "<< /Type /Page /Parent 3 0 R /Contents 2 0 R >>")
        + &shown
        + &object(
            3,
            "<< /Type /Pages /Parent 1 0 R /Resources 3 0 R /Font 3 0 R /F1 3 0 R /Widths 3 0 R /ToUnicode 3 0 R >>",
        );
    assert_eq!(read(circle.as_bytes()).text.as_deref(), Some("A\n"));

    let pairs: String = (0..30_000)
        .map(|number| format!("{} {} ", number + 1, number % 2 * 400_000))
        .collect();
    let dictionary = format!("<< /Type /ObjStm /N 30000 /First {} >>", pairs.len());
    let overlapping = format!(
        "1 0 obj\n{dictionary}\nstream\n{pairs}{}\nendstream\nendobj\n",
        "x".repeat(400_000)
    );
    assert_eq!(read(overlapping.as_bytes()).text, None);
    assert!(Objects::read(&b"1 0 obj ".repeat(1 << 18)).all.len() <= 1 << 17);
}

#[test]
fn damage_is_no_obstacle() {
    for whole in [
        document("BT (a(b)c\\051) Tj <0g> Tj [ ( ET", "stream"),
        two_fonts(),
    ] {
        for end in 0..whole.len() {
            read(&whole[..end]);
        }
        // Every byte, as each of a few that mean something, and as one that means nothing.
        for at in 0..whole.len() {
            for byte in [b'9', b'<', b'[', b'(', b'/', b' ', b'-', 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                read(&damaged);
            }
        }
        // Pieces left out and put elsewhere.
        for seed in 0..10_000_usize {
            let [from, to, put] =
                [7_919, 104_729, 1_299_709].map(|prime| seed * prime % whole.len());
            let (from, to) = (from.min(to), from.max(to));
            let mut damaged = whole.clone();
            let piece: Vec<u8> = damaged.drain(from..to).collect();
            let put = put.min(damaged.len());
            damaged.splice(put..put, piece.into_iter().take(seed % 50));
            read(&damaged);
        }
    }
}
