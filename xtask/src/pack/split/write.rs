//! The two halves as modules.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use sha2::{Digest, Sha256};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, FunctionSection, GlobalType, ImportSection, MemoryType, Module,
    NameMap, NameSection, RawSection, RefType, SectionId, TableType, ValType,
};
use wasmparser::ExternalKind;

use super::layout::Layout;
use super::linked::{FIRST_SLOT, Linked, Target};
use super::order::order;
use super::reach::Reached;

/// What the second half imports beside functions, which have numbers for names.
const STACK: &str = "stack";
const TABLE: &str = "table";

/// Writes the half that `first` reaches, and where it `is_split` the other, which imports the functions that it needs, and the memory
/// under a name that only these two have.
pub fn write(
    linked: &Linked<'_>,
    first: &Reached,
    layout: &Layout,
    is_split: bool,
) -> Result<Vec<Vec<u8>>> {
    let (early, late): (Vec<u32>, Vec<u32>) =
        (0..linked.functions.len() as u32).partition(|&index| first.functions[index as usize]);
    let (early, late) = (ordered(linked, &early), ordered(linked, &late));
    // In a set: one import for all calls of a function.
    let shared: BTreeSet<u32> = late
        .iter()
        .flat_map(|&index| linked.relocations_in(&linked.bodies[index as usize]))
        .filter_map(|relocation| match relocation.target {
            Target::Function(index) if first.functions[index as usize] => Some(index),
            _ => None,
        })
        .collect();

    let mut exports = ExportSection::new();
    let mut imports = ImportSection::new();
    if is_split {
        let memory = &agreement(linked, layout, [&early, &late]);
        exports.export(memory, ExportKind::Memory, 0);
        exports.export(TABLE, ExportKind::Table, 0);
        exports.export(STACK, ExportKind::Global, 0);
        imports.import(MODULE, memory, EntityType::Memory(ANY_MEMORY));
        imports.import(MODULE, TABLE, EntityType::Table(ANY_TABLE));
        imports.import(MODULE, STACK, EntityType::Global(STACK_POINTER));
    }

    let early_indices = numbered(&early);
    // In the order of the first half: names and indices of its exports then both count up, which gzip packs best.
    let mut shared: Vec<u32> = shared.into_iter().collect();
    shared.sort_by_key(|index| early_indices[index]);
    for (name, index) in shared.iter().enumerate() {
        let ty = linked.functions[*index as usize];
        let name = name.to_string();
        exports.export(&name, ExportKind::Func, early_indices[index]);
        imports.import(MODULE, &name, EntityType::Function(ty));
    }
    let late_indices = numbered(shared.iter().chain(&late));
    let first = Half {
        linked,
        layout,
        number: 0,
        functions: early,
        indices: early_indices,
    };
    let mut halves = vec![first.write(None, exports)?];
    if is_split {
        let second = Half {
            linked,
            layout,
            number: 1,
            functions: late,
            indices: late_indices,
        };
        halves.push(second.write(Some(imports), ExportSection::new())?);
    }
    Ok(halves)
}

/// Halves of different builds must not meet: what one imports as 17 would be another function of the other, and its data would stand
/// elsewhere. So this is a digest of what was linked and of where everything went.
fn agreement(linked: &Linked<'_>, layout: &Layout, functions: [&[u32]; 2]) -> String {
    let mut digest = Sha256::new_with_prefix(linked.bytes);
    let numbers = layout
        .addresses
        .iter()
        .chain(functions.into_iter().flatten());
    for number in numbers {
        digest.update(number.to_le_bytes());
    }
    let digest = digest.finalize();
    digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn ordered(linked: &Linked<'_>, functions: &[u32]) -> Vec<u32> {
    let bodies = functions
        .iter()
        .map(|&index| &linked.bodies[index as usize]);
    let bodies: Vec<&[u8]> = bodies.map(|place| &linked.bytes[place.clone()]).collect();
    let order = order(&bodies).into_iter();
    order.map(|at| functions[at]).collect()
}

/// Short: it stands before every import.
const MODULE: &str = "";
const ANY_MEMORY: MemoryType = MemoryType {
    minimum: 0,
    maximum: None,
    memory64: false,
    shared: false,
    page_size_log2: None,
};
const ANY_TABLE: TableType = TableType {
    element_type: RefType::FUNCREF,
    table64: false,
    minimum: 0,
    maximum: None,
    shared: false,
};
const STACK_POINTER: GlobalType = GlobalType {
    val_type: ValType::I32,
    mutable: true,
    shared: false,
};

fn numbered<'a>(functions: impl IntoIterator<Item = &'a u32>) -> HashMap<u32, u32> {
    functions.into_iter().copied().zip(0..).collect()
}

struct Half<'a> {
    linked: &'a Linked<'a>,
    layout: &'a Layout,
    number: usize,
    /// Its own functions, by their indices in the linked module.
    functions: Vec<u32>,
    /// The indices of all functions that it knows.
    indices: HashMap<u32, u32>,
}

impl Half<'_> {
    fn write(&self, imports: Option<ImportSection>, mut exports: ExportSection) -> Result<Vec<u8>> {
        let linked = self.linked;
        let own = |index: &u32| self.functions.contains(index);
        for (name, kind, index) in &linked.exports {
            if *kind == ExternalKind::Func && own(index) {
                exports.export(name, ExportKind::Func, self.indices[index]);
            } else if *kind == ExternalKind::Memory && imports.is_none() {
                exports.export(name, ExportKind::Memory, 0);
            }
        }
        let mut functions = FunctionSection::new();
        for &index in &self.functions {
            functions.function(linked.functions[index as usize]);
        }
        let raw = |id: SectionId, data| RawSection { id: id as u8, data };
        let mut module = Module::new();
        module.section(&raw(SectionId::Type, linked.types));
        if let Some(imports) = &imports {
            module.section(imports);
        }
        module.section(&functions);
        if imports.is_none() {
            module
                .section(&raw(SectionId::Table, linked.tables))
                .section(&raw(SectionId::Memory, linked.memories))
                .section(&raw(SectionId::Global, linked.globals));
        }
        module
            .section(&exports)
            .section(&self.elements())
            .section(&self.code()?)
            .section(&self.data()?)
            .section(&self.names())
            .section(&CustomSection {
                name: "target_features".into(),
                data: linked.features.into(),
            });
        Ok(module.finish())
    }

    fn elements(&self) -> ElementSection {
        let [early, _] = &self.layout.slots;
        let first = FIRST_SLOT as usize + self.number * early.len();
        let slots = self.layout.slots[self.number].iter();
        let functions: Vec<u32> = slots.map(|function| self.indices[function]).collect();
        let mut elements = ElementSection::new();
        let offset = ConstExpr::i32_const(first as i32);
        elements.active(None, &offset, Elements::Functions(functions.into()));
        elements
    }

    fn code(&self) -> Result<CodeSection> {
        let mut code = CodeSection::new();
        for &index in &self.functions {
            code.raw(&self.moved(&self.linked.bodies[index as usize])?);
        }
        Ok(code)
    }

    /// All data in one piece; between them is zero.
    fn data(&self) -> Result<DataSection> {
        let segments = &self.layout.segments[self.number];
        let address = |index: &usize| self.layout.addresses[*index];
        let mut section = DataSection::new();
        let Some(start) = segments.first().map(address) else {
            return Ok(section);
        };
        let mut data = Vec::new();
        for index in segments {
            data.resize((address(index) - start) as usize, 0);
            data.extend(self.moved(&self.linked.segments[*index].place)?);
        }
        section.active(0, &ConstExpr::i32_const(start.cast_signed()), data);
        Ok(section)
    }

    fn names(&self) -> NameSection {
        let mut known: Vec<_> = self.indices.iter().collect();
        known.sort_by_key(|(_, index)| **index);
        let mut functions = NameMap::new();
        for (before, index) in known {
            functions.append(*index, self.linked.names[*before as usize]);
        }
        let mut names = NameSection::new();
        names.functions(&functions);
        names
    }

    fn moved(&self, part: &std::ops::Range<usize>) -> Result<Vec<u8>> {
        let index = |function| self.indices.get(&function).copied();
        self.layout.moved(self.linked, part, index)
    }
}
