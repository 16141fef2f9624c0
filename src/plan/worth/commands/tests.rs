use super::*;

#[test]
fn commands_touch_the_files_they_name() {
    let cases = [
        ("cat a.py", "a.py"),
        ("cd /x && cat a.py b.py", "/x/a.py /x/b.py"),
        ("nl -ba src/a.py | sed -n '10,20p'", "src/a.py:10-20"),
        ("sed -n '5,$p' a", "a:5-"),
        ("sed -n 3p a", "a:3-3"),
        ("sed -n '/x/,/y/p' a", "a~"),
        ("sed 's/a/b/' a", "a~"),
        ("head -n 30 a", "a:1-30"),
        ("head -5 a", "a:1-5"),
        ("head a", "a:1-10"),
        ("tail -n +7 a", "a:7-"),
        ("tail -20 a", "a~"),
        ("cat a | head -40", "a:1-40"),
        ("cat -n a | grep x", "a~"),
        ("grep -n 'def x' a.py", "a.py~"),
        ("grep -A 5 -e x a.py", "a.py~"),
        ("awk -F , '{print $1}' a", "a~"),
        ("echo '--- a'; cat a", "a"),
        ("LANG=C sudo -E timeout 5 cat a", "a"),
        ("cat a > b", ">b"),
        ("cat <<'EOF' > a.py\nprint(1)\nEOF", ">a.py"),
        ("cat > a.py << EOF\nx\nEOF\npython a.py", ">a.py"),
        ("echo x >> /x/../a", ">/a"),
        ("echo x | tee -a a b", ">a >b"),
        ("sed -i 's/a/b/' a b", ">a >b"),
        ("sed -i.bak -e s/a/b/ a", ">a"),
        ("sed -i '' 's/a/b/' a", ">a"),
        ("perl -pi -e 's/a/b/' a", ">a"),
        ("sed -i 's/a/b/' a && cat a", "a >a"),
        ("mv a b", ">a >b >b/a"),
        ("cp a d/", ">d >d/a"),
        ("rm -f a", ">a"),
        (
            "git apply <<'EOF'\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\nEOF",
            ">x.py",
        ),
        ("git checkout -- a b", ">a >b"),
        (
            "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: d/a\n*** End Patch\nEOF",
            ">d/a",
        ),
        ("cat a > /dev/null", ""),
        // Not only a file, or not known which.
        ("cat a && pytest", ""),
        ("pytest > log.txt; cat log.txt", ">log.txt"),
        ("cat *.py", ""),
        ("cat $x", ""),
        ("ls -la", ""),
        ("grep -rn x", ""),
        ("git diff a", ""),
        ("for f in a; do cat $f; done", ""),
        ("cat", ""),
    ];
    for (script, expected) in cases {
        assert_eq!(
            Shell::default().run(script, None).to_string(),
            expected,
            "{script:?}"
        );
    }
}

#[test]
fn relative_paths_are_of_the_directory_that_is_known() {
    let mut shell = Shell::default();
    assert_eq!(shell.run("cat a", Some("/w")).to_string(), "/w/a");
    assert_eq!(shell.run("cd /x; cat a", None).to_string(), "/x/a");
    assert_eq!(shell.run("cat a", None).to_string(), "/x/a");
    assert_eq!(shell.run("cd y && cat a", None).to_string(), "/x/y/a");
    let lost = shell.run("cat a", None).to_string();
    shell.run("cd -", None);
    assert_ne!(shell.run("cat a", None).to_string(), lost);
}
