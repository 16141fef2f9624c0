//! One module per encoding, so that nobody loads one that is not used.
//!
//! Everything follows from the packs in `encoding/packs`: a module for each encoding in a pack, of which the first holds the data;
//! the same for ids, where a file of them lies beside the pack; and `loaders.js`, which imports each by a literal name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use token_headroom_encoding::pack;

use super::base64::base64_pieces;
use crate::place;

/// Writes the modules and assets; gives the files, relative to `dist`, whose sizes users pay.
pub fn write(dist: &Path) -> Result<Vec<String>> {
    let folder = dist.join("encodings");
    fs::create_dir_all(&folder)?;
    let mut written = Written::default();
    for path in packs()? {
        let bytes = fs::read(&path)?;
        let names = pack::names(&bytes).with_context(|| path.display().to_string())?;
        let (own, variants) = names.split_first().context("a pack names no encoding")?;
        ensure!(
            path.file_stem().is_some_and(|stem| stem == own.as_str()),
            "{} holds {own}",
            path.display()
        );
        let ids = path.with_extension("ids");
        let ids = ids.exists().then(|| fs::read(&ids)).transpose()?;
        fs::write(folder.join(format!("{own}.pack")), &bytes)?;
        Module::PACK.write(&folder, own, &Data::Base64(base64_pieces(&bytes)))?;
        for variant in variants {
            Module::PACK.write(&folder, variant, &Data::Of(own))?;
        }
        if let Some(ids) = &ids {
            Module::IDS.write(&folder, own, &Data::Base64(base64_pieces(ids)))?;
            for variant in variants {
                Module::IDS.write(&folder, variant, &Data::Of(own))?;
            }
        }
        written.add(own, &names, ids.is_some());
    }
    written.check()?;
    fs::write(dist.join("loaders.js"), written.loaders())?;
    Ok(written.files)
}

fn packs() -> Result<Vec<PathBuf>> {
    let folder = place::root().join("encoding/packs");
    let mut packs = Vec::new();
    for entry in fs::read_dir(folder).context("encoding/packs: run `cargo xtask vocab`")? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "pack") {
            packs.push(path);
        }
    }
    packs.sort();
    ensure!(
        !packs.is_empty(),
        "encoding/packs holds no vocabulary: run `cargo xtask vocab`"
    );
    Ok(packs)
}

#[derive(Default)]
struct Written {
    names: Vec<String>,
    with_ids: Vec<String>,
    files: Vec<String>,
}

impl Written {
    fn add(&mut self, own: &str, names: &[String], ids: bool) {
        self.names.extend_from_slice(names);
        let ends: &[&str] = if ids {
            &["js", "pack", "ids.js"]
        } else {
            &["js", "pack"]
        };
        if ids {
            self.with_ids.extend_from_slice(names);
        }
        for end in ends {
            self.files.push(format!("encodings/{own}.{end}"));
        }
    }

    /// The union that users complete from is written by hand, in an order that helps them.
    fn check(&self) -> Result<()> {
        const UNION: &str = "pkg-template/encoding-names.ts";
        let union = fs::read_to_string(place::root().join(UNION))?;
        let mut named: Vec<&str> = union.split('"').skip(1).step_by(2).collect();
        let mut packed: Vec<&str> = self.names.iter().map(String::as_str).collect();
        named.sort_unstable();
        packed.sort_unstable();
        ensure!(
            named == packed,
            "{UNION} names {named:?}, the packs hold {packed:?}"
        );
        Ok(())
    }

    /// Literal specifiers, so that every bundler sees them and makes a chunk of each.
    fn loaders(&self) -> String {
        let table = |names: &[String], end: &str| -> String {
            names
                .iter()
                .map(|name| {
                    format!("  \"{name}\": () => import(\"./encodings/{name}{end}.js\"),\n")
                })
                .collect()
        };
        format!(
            "const ENCODINGS = {{\n{}}};\nconst IDS = {{\n{}}};\nexport {{ ENCODINGS, IDS }};\n",
            table(&self.names, ""),
            table(&self.with_ids, ".ids")
        )
    }
}

/// A kind of module.
struct Module {
    /// What follows the encoding's name in the file's.
    end: &'static str,
    /// The exported object's type, and what it holds.
    interface: &'static str,
    what: &'static str,
}

/// What a module holds.
enum Data<'a> {
    Base64(String),
    /// The same as the module of this encoding.
    Of(&'a str),
}

impl Module {
    const PACK: Self = Self {
        end: "",
        interface: "EncodingModule",
        what: "The vocabulary",
    };
    const IDS: Self = Self {
        end: ".ids",
        interface: "EncodingIds",
        what: "The token ids",
    };

    fn write(&self, folder: &Path, name: &str, data: &Data<'_>) -> Result<()> {
        let end = self.end;
        let (import, require, value) = match data {
            Data::Base64(pieces) => (String::new(), String::new(), pieces.clone()),
            Data::Of(own) => (
                format!("import own from \"./{own}{end}.js\";\n"),
                format!("const own = require(\"./{own}{end}.cjs\").default;\n"),
                "own.data".to_owned(),
            ),
        };
        let value = format!("{{ name: \"{name}\", data: {value} }}");
        let esm = format!("{import}export default {value};\n");
        // Marked as transpiled, so that `default` means the same to every importer.
        let cjs = format!(
            "Object.defineProperty(exports, \"__esModule\", {{ value: true }});\n{require}exports.default = {value};\n"
        );
        let write = |extension: &str, content: &str| {
            fs::write(folder.join(format!("{name}{end}.{extension}")), content)
        };
        write("js", &esm)?;
        write("cjs", &cjs)?;
        write("d.ts", &self.declaration(name, "../types.js"))?;
        write("d.cts", &self.declaration(name, "../types.cjs"))?;
        Ok(())
    }

    fn declaration(&self, name: &str, types: &str) -> String {
        let Self {
            interface, what, ..
        } = self;
        format!(
            "import type {{ {interface} }} from \"{types}\";\n\n\
             /** {what} of {name}. */\n\
             declare const encoding: {interface};\n\
             export default encoding;\n"
        )
    }
}
