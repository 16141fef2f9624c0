use super::*;

fn told(name: &str, arguments: &str) -> String {
    let made = ToolCall {
        id: String::new(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    let parsed = json::parsed(arguments);
    let touches = Tools::default().touches(&made, parsed.as_ref());
    let touched = match &touches {
        Touches::Files(touched) => Cow::Borrowed(touched),
        Touches::Script(known) => ran(&made, known, &mut Shell::default()),
    };
    touched.to_string()
}

#[test]
fn tools_touch_the_files_their_arguments_name() {
    let cases = [
        ("Read", r#"{"file_path":"/a.go"}"#, "/a.go"),
        (
            "Read",
            r#"{"file_path":"/a.go","offset":10,"limit":5}"#,
            "/a.go:10-14",
        ),
        (
            "Read",
            r#"{"file_path":"/a.go","offset":"10"}"#,
            "/a.go:10-",
        ),
        (
            "read_file",
            r#"{"path":"a","start_line":2,"end_line":9}"#,
            "a:2-9",
        ),
        ("read_file", r#"{"path":"a","page":2}"#, "a~"),
        ("mcp__fs__readTextFile", r#"{"path":"a","head":null}"#, "a"),
        ("read_multiple_files", r#"{"paths":["a","b"]}"#, "a b"),
        (
            "get_file_contents",
            r#"{"owner":"o","repo":"r","path":"a"}"#,
            "o:r:/a",
        ),
        (
            "str_replace_editor",
            r#"{"command":"view","path":"a","view_range":[1,-1]}"#,
            "a:1-",
        ),
        (
            "str_replace_editor",
            r#"{"command":"str_replace","path":"a","old_str":"x"}"#,
            ">a",
        ),
        (
            "file_editor",
            r#"{"command":"create","path":"a","file_text":"x"}"#,
            ">a",
        ),
        ("Grep", r#"{"pattern":"x","path":"src/a.rs"}"#, "src/a.rs~"),
        (
            "Edit",
            r#"{"file_path":"/a","old_string":"x","new_string":"y"}"#,
            ">/a",
        ),
        ("MultiEdit", r#"{"file_path":"/a","edits":[]}"#, ">/a"),
        (
            "NotebookEdit",
            r#"{"notebook_path":"/n.ipynb"}"#,
            ">/n.ipynb",
        ),
        ("write_file", r#"{"path":"a","content":"x"}"#, ">a"),
        (
            "apply_patch",
            "*** Begin Patch\n*** Update File: a\n*** End Patch",
            ">a",
        ),
        (
            "apply_patch",
            r#"{"input":"*** Begin Patch\n*** Add File: a\n*** End Patch"}"#,
            ">a",
        ),
        ("Bash", r#"{"command":"cat a"}"#, "a"),
        (
            "shell",
            r#"{"command":["bash","-lc","cat a"],"workdir":"/w"}"#,
            "/w/a",
        ),
        ("shell", r#"{"command":["cat","it's"]}"#, "it's"),
        ("execute_bash", r#"{"command":"sed -i s/a/b/ x"}"#, ">x"),
        ("TodoWrite", r#"{"todos":[]}"#, ""),
        ("get_weather", r#"{"city":"Paris"}"#, ""),
        ("open", r#"{"path":"https://example.com"}"#, ""),
        ("Glob", r#"{"pattern":"**/*.rs","path":"src"}"#, ""),
        ("submit", "{}", ""),
        ("Read", "not json", ""),
    ];
    for (name, arguments, expected) in cases {
        assert_eq!(told(name, arguments), expected, "{name} {arguments}");
    }
}
