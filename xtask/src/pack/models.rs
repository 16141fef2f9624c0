//! The catalogue as plain data: a module for each provider, so that bundlers keep those that are used.
//!
//! Everything follows from `src/models/data`. Files of `pkg-template` are written from it too: for the compiler, names to complete from and
//! what the modules declare; and for those who only count, which vocabulary a model needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use crate::place;

const NAMES: &str = "pkg-template/model-names.ts";
const DECLARATIONS: &str = "pkg-template/model-data.d.ts";
const ENCODINGS: &str = "pkg-template/model-encodings.ts";
const OWN_ENCODINGS: &str = "pkg-template/model-own-encodings.ts";
const WRITTEN: &str = "// Written by `cargo xtask pack` from src/models/data.\n";

/// Writes the modules, and brings what is written from the same data up to date.
pub fn write(dist: &Path) -> Result<()> {
    let providers = providers()?;
    let mut index = String::new();
    for Provider {
        name,
        source,
        models,
        ..
    } in &providers
    {
        // Said once: it is the same for almost every row.
        let (source, said) = (source.to_string(), format!("\"source\":{source}"));
        let rows: String = models
            .iter()
            .map(|model| format!("  {},\n", model.to_string().replace(&said, "source")))
            .collect();
        let module = format!("const source = {source};\nexport const models = [\n{rows}];\n");
        fs::write(dist.join(format!("models-{name}.js")), module)?;
        index += &format!("export {{ models as {name} }} from \"./models-{name}.js\";\n");
    }
    fs::write(dist.join("model-data.js"), index)?;
    for (file, content) in generated(&providers) {
        let path = place::root().join(file);
        if fs::read_to_string(&path).is_ok_and(|present| present == content) {
            continue;
        }
        println!("writing {file}");
        fs::write(path, content)?;
    }
    Ok(())
}

/// A data file.
struct Provider {
    name: String,
    source: Value,
    /// As `CatalogueModel` of `pkg-template/model-types.ts`.
    models: Vec<Value>,
    /// Of each model, whether its encoding is another vocabulary, which stands in for its own.
    stand_ins: Vec<bool>,
}

fn providers() -> Result<Vec<Provider>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(place::root().join("src/models/data"))? {
        files.push(entry?.path());
    }
    files.sort();
    let read = |path: &Path| -> Result<Provider> {
        let file: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        let stem = path.file_stem().context("a data file has a name")?;
        let name = stem.to_string_lossy().into_owned();
        ensure!(
            name.bytes().all(|byte| byte.is_ascii_lowercase()),
            "{name} becomes the name of an export: lower-case letters only"
        );
        let rows = file["models"].as_array().context("a list of models")?;
        let models = rows
            .iter()
            .map(|row| model(row, &file))
            .collect::<Result<_>>()?;
        let stand_ins = rows
            .iter()
            .map(|row| row.get("vocabulary").is_some())
            .collect();
        let source = file["source"].clone();
        Ok(Provider {
            name,
            source,
            models,
            stand_ins,
        })
    };
    files
        .iter()
        .map(|path| read(path).with_context(|| path.display().to_string()))
        .collect()
}

fn model(row: &Value, file: &Value) -> Result<Value> {
    let mut names = row["names"].as_array().context("names")?.clone();
    ensure!(!names.is_empty(), "a row has no name: {row}");
    let name = names.remove(0);
    let own = |key: &str| match row.get(key) {
        Some(value) => value.clone(),
        None => file[key].clone(),
    };
    let limit = present(&[
        ("kind", row["kind"].clone()),
        ("window", row["context"].clone()),
        ("maxInput", row["input"].clone()),
        ("maxOutput", row["output"].clone()),
    ]);
    let price = match &row["price"] {
        Value::Array(pair) => json!({ "input": pair.first(), "output": pair.get(1) }),
        price => price.clone(),
    };
    Ok(present(&[
        ("name", name),
        ("aliases", Value::Array(names)),
        ("provider", own("provider")),
        ("encoding", row["encoding"].clone()),
        ("framing", row["framing"].clone()),
        ("limit", limit),
        ("price", price),
        ("retires", row["retires"].clone()),
        ("note", row["note"].clone()),
        ("source", own("source")),
        ("date", own("date")),
    ]))
}

fn present(fields: &[(&str, Value)]) -> Value {
    let present = fields.iter().filter(|(_, value)| !value.is_null());
    let fields: Map<String, Value> = present
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    Value::Object(fields)
}

/// Files of `pkg-template` that follow from the data, with their content.
fn generated(providers: &[Provider]) -> [(&'static str, String); 4] {
    let names: String = providers
        .iter()
        .flat_map(|provider| &provider.models)
        .map(|model| format!("  | {}\n", model["name"]))
        .collect();
    let names = format!(
        "{WRITTEN}\n/** Models of the catalogue, for completion; any other name is allowed when the options describe it. */\n\
         export type ModelName =\n{names}  | (string & {{}});\n"
    );
    let declarations: String = providers
        .iter()
        .map(|Provider { name, .. }| {
            format!(
                "/** Models of `{name}`. */\nexport declare const {name}: readonly CatalogueModel[];\n"
            )
        })
        .collect();
    let declarations = format!(
        "{WRITTEN}import type {{ CatalogueModel }} from \"./model-types.js\";\n\n{declarations}"
    );
    [
        (NAMES, names),
        (DECLARATIONS, declarations),
        (ENCODINGS, encodings(providers)),
        (OWN_ENCODINGS, own_encodings(providers)),
    ]
}

/// The models by encoding, under the name that is their own.
fn encodings(providers: &[Provider]) -> String {
    let models = providers.iter().flat_map(|provider| &provider.models);
    let lines = by_encoding(models.map(|model| (model, text(&model["name"]).to_owned())));
    format!(
        "{WRITTEN}\n/** Encodings, and the models of the catalogue that count in them, with spaces around each. */\n\
         export const MODELS_BY_ENCODING: readonly (readonly [encoding: string, models: string])[] = [\n{lines}];\n"
    )
}

/// The models by the encoding that is their own vocabulary, under all their names.
fn own_encodings(providers: &[Provider]) -> String {
    let models = providers
        .iter()
        .flat_map(|provider| provider.models.iter().zip(&provider.stand_ins))
        .filter(|(_, stands_in)| !**stands_in);
    let lines = by_encoding(models.map(|(model, _)| {
        let aliases = model["aliases"].as_array().into_iter().flatten();
        let names = std::iter::once(&model["name"]).chain(aliases);
        (model, names.map(text).collect::<Vec<_>>().join(" "))
    }));
    format!(
        "{WRITTEN}import type {{ EncodingName }} from \"./encoding-names.js\";\n\n\
         /** Encodings, and all names of the models whose own vocabulary they are, with spaces around each. */\n\
         export const MODELS_BY_OWN_ENCODING: readonly (readonly [encoding: EncodingName, names: string])[] = [\n{lines}];\n"
    )
}

/// A line for each encoding: as lists the names would take longer to read than most processes need.
fn by_encoding<'a>(models: impl Iterator<Item = (&'a Value, String)>) -> String {
    let mut named = BTreeMap::<&str, String>::new();
    for (model, names) in models {
        let line = named
            .entry(text(&model["encoding"]))
            .or_insert(" ".to_owned());
        *line += &format!("{names} ");
    }
    named
        .iter()
        .map(|(encoding, names)| format!("  [\"{encoding}\", \"{names}\"],\n"))
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
// A failed expectation is a failed test.
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn names_and_declarations_are_those_of_the_data() {
        for (file, content) in generated(&providers().expect("the data files")) {
            let present = fs::read_to_string(place::root().join(file)).expect("a written file");
            assert_eq!(present, content, "{file}: run `cargo xtask pack`");
        }
    }

    #[test]
    fn a_row_says_what_it_has_and_its_file_the_rest() {
        let file = json!({ "provider": "maker", "source": "its page", "date": "2026-11-20" });
        let row = json!({
            "names": ["m", "m-1"], "encoding": "e", "framing": "f", "kind": "split", "context": 10,
            "input": 6, "output": 4, "price": [1, 2.5], "image": "tiles", "date": "2026-11-21",
        });
        assert_eq!(
            model(&row, &file).expect("a row"),
            json!({
                "name": "m", "aliases": ["m-1"], "provider": "maker", "encoding": "e", "framing": "f",
                "limit": { "kind": "split", "window": 10, "maxInput": 6, "maxOutput": 4 },
                "price": { "input": 1, "output": 2.5 }, "source": "its page", "date": "2026-11-21",
            })
        );
    }
}
