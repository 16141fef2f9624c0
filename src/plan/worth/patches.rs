//! The files that a patch names.

/// What stands before a file's name in a patch, in the format of `apply_patch` and in a unified diff.
const HEADS: [&str; 6] = [
    "*** Update File: ",
    "*** Add File: ",
    "*** Delete File: ",
    "*** Move to: ",
    "+++ b/",
    "--- a/",
];

/// The paths that `patch` changes; a path may come twice.
pub(super) fn files(patch: &str) -> impl Iterator<Item = &str> {
    let named = |line| HEADS.iter().find_map(|head| str::strip_prefix(line, head));
    patch
        .lines()
        .filter_map(named)
        // A diff may have a time behind the name.
        .map(|path| path.split('\t').next().unwrap_or_default().trim())
        .filter(|path| !path.is_empty())
}

/// Whether `text` is a patch, not only a text that could name a file.
pub(super) fn is_patch(text: &str) -> bool {
    text.contains("*** Begin Patch")
        || text.contains("\n+++ b/") && text.contains("--- ") && text.contains("\n@@ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_name_the_files_they_change() {
        let cases: [(&str, &[&str], bool); 4] = [
            (
                "*** Begin Patch\n*** Update File: a.rs\n@@\n-x\n+y\n*** Add File: b c.rs\n*** Delete File: d\n*** Move to: e",
                &["a.rs", "b c.rs", "d", "e"],
                true,
            ),
            (
                "diff --git a/x b/x\n--- a/x\t2024\n+++ b/x\t2024\n@@ -1 +1 @@\n",
                &["x", "x"],
                true,
            ),
            (
                "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+x",
                &["new"],
                true,
            ),
            ("text about *** Update File: x\n+++ c/y", &[], false),
        ];
        for (patch, expected, is) in cases {
            assert_eq!(files(patch).collect::<Vec<_>>(), expected);
            assert_eq!(is_patch(patch), is, "{patch}");
        }
    }
}
