//! Declarations of tools in each generation, and schemas.

use serde_json::{Value, json};

use super::{at, exactly, user};

fn declared(parameters: &Value) -> Value {
    json!({ "contents": [user("")], "tools": [{ "functionDeclarations": [
        { "name": "add_row", "description": "Adds a row.", "parameters": parameters },
    ] }] })
}

fn row() -> Value {
    json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string", "title": "Name", "description": "What it is called" },
        "sizes": { "type": "array", "items": { "type": "number" } },
    } })
}

#[test]
fn declarations_in_pieces_are_names_texts_and_type_words() {
    let names = "add_row".len() + "Adds a row.".len();
    let schema = "name".len() * 2 + "What it is called".len() + "sizes".len() + 4;
    assert_eq!(
        at("google", "gemini-2.0-flash", &declared(&row())).tokens as usize,
        names + schema
    );
    exactly(
        "vertex",
        "gemini-2.5-flash",
        &declared(&row()),
        names + schema,
    );
    let mut free = declared(&row());
    let tool = &mut free["tools"][0]["functionDeclarations"][0];
    tool["parametersJsonSchema"] = tool["parameters"].take();
    exactly("vertex", "gemini-2.5-flash", &free, names);
}

#[test]
fn declarations_in_2_5_are_python_stubs() {
    let stub = "def add_row(
    name: str,
    sizes: list[float] | None = None,
) -> dict:
  \"\"\"Adds a row.

  Args:
    name: What it is called
    sizes: 
  \"\"\"
";
    exactly(
        "google",
        "gemini-2.5-flash",
        &declared(&row()),
        1 + stub.len(),
    );
}

#[test]
fn objects_in_2_5_are_dataclasses_before_the_function() {
    let stub = "@dataclasses.dataclass(kw_only=True)
class AddRowAt:
  \"\"\"A place

  Attributes:
    page: Which page
  \"\"\"

  page: int
def add_row(
    at: AddRowAt,
) -> dict:
  \"\"\"Adds a row.

  Args:
    at: A place
  \"\"\"
";
    let schema = json!({
        "type": "object", "required": ["at"], "properties": { "at": { "$ref": "#/$defs/place" } },
        "$defs": { "place": { "type": "object", "description": "A place", "required": ["page"],
            "properties": { "page": { "type": "integer", "description": "Which page" } } } },
    });
    // The description of what is referred to is the class's alone.
    let stub = stub.replace("    at: A place\n", "    at: \n");
    exactly(
        "google",
        "gemini-2.5-flash",
        &declared(&schema),
        1 + stub.len(),
    );
}

#[test]
fn declarations_from_3_on_are_framed_by_control_tokens() {
    let text = "declaration:add_row{description:Adds a row.,parameters:{properties:{name:{description:What it is called,type:STRING},\
        sizes:{items:{type:NUMBER},type:ARRAY}},required:[name],type:OBJECT}}";
    // Around the declaration, and around each of seven strings.
    let control = 2 + 2 * 7;
    exactly(
        "google",
        "gemini-3-flash-preview",
        &declared(&row()),
        1 + text.len() + control,
    );
    exactly(
        "google",
        "gemini-3.5-flash",
        &declared(&row()),
        1 + text.len() + control,
    );
}

#[test]
fn a_schema_of_the_answer_is_free_on_the_gemini_api_from_2_5_on() {
    let schema = json!({ "type": "OBJECT", "properties": { "ok": { "type": "BOOLEAN" } } });
    let body = |key: &str| json!({ "contents": [user("a")], "generationConfig": { key: schema } });
    exactly("google", "gemini-2.5-flash", &body("responseSchema"), 2);
    exactly(
        "vertex",
        "gemini-2.5-flash",
        &body("responseSchema"),
        1 + "ok".len() + 2,
    );
    exactly("vertex", "gemini-2.5-flash", &body("responseJsonSchema"), 1);
}

#[test]
fn schemas_that_contain_themselves_end() {
    let body = declared(&json!({
        "type": "object",
        "properties": { "a": { "$ref": "#/$defs/n" }, "b": { "$ref": "#" } },
        "$defs": { "n": { "type": "object", "properties": {
            "l": { "$ref": "#/$defs/n" }, "r": { "items": { "$ref": "#/$defs/n" }, "type": "array" },
        } } },
    }));
    // References of references: 2^40 nodes if each were shown.
    let mut definitions = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/d{}", level + 1) });
        definitions.insert(
            format!("d{level}"),
            json!({ "type": "object", "properties": { "a": next.clone(), "b": next } }),
        );
    }
    let wide = declared(&json!({ "$ref": "#/$defs/d0", "$defs": definitions }));
    for model in ["gemini-2.0-flash", "gemini-2.5-flash", "gemini-3.5-flash"] {
        assert!(at("google", model, &body).upper_bound < 10_000);
        assert!(at("google", model, &wide).upper_bound < 1_000_000);
    }
}
