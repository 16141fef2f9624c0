//! A module as the linker leaves it under `--emit-relocs`: what it holds, and what refers to what.
//!
//! The format is that of <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, KnownCustom, Linking, Name,
    Parser, Payload, RelocationType, SymbolInfo,
};

/// What the linker wrote, by the indices of the module.
#[derive(Default)]
pub struct Linked<'a> {
    pub bytes: &'a [u8],
    /// Sections that are kept as they are.
    pub types: &'a [u8],
    pub tables: &'a [u8],
    pub memories: &'a [u8],
    pub globals: &'a [u8],
    pub features: &'a [u8],
    /// The type of each function.
    pub functions: Vec<u32>,
    /// Where the body of each function is, without its length.
    pub bodies: Vec<Range<usize>>,
    pub names: Vec<&'a str>,
    pub exports: Vec<(&'a str, ExternalKind, u32)>,
    /// The functions of the table, from slot [`FIRST_SLOT`].
    pub slots: Vec<u32>,
    pub segments: Vec<Segment<'a>>,
    /// In the order of their places.
    pub relocations: Vec<Relocation>,
}

/// No function is at address 0.
pub const FIRST_SLOT: u32 = 1;

/// One datum of the program: a static, a table of methods, a text.
pub struct Segment<'a> {
    pub address: u32,
    /// A power of two.
    pub alignment: u32,
    pub place: Range<usize>,
    pub data: &'a [u8],
}

/// A place that holds the number of something.
#[derive(Clone, Copy)]
pub struct Relocation {
    /// Where in the file.
    pub place: usize,
    pub encoding: Encoding,
    pub target: Target,
}

/// How a place holds its number; the linker pads the variable ones to five bytes.
#[derive(Clone, Copy)]
pub enum Encoding {
    Unsigned,
    Signed,
    Word,
}

/// What a place refers to.
#[derive(Clone, Copy)]
pub enum Target {
    /// A function, by its index.
    Function(u32),
    /// A function, by its slot in the table.
    Slot(u32),
    /// So many bytes from the start of a segment.
    Address(usize, i64),
}

/// What a symbol stands for, if it is anything that can move.
#[derive(Clone, Copy)]
enum Symbol {
    Function(u32),
    Data(usize, u32),
    Fixed,
}

impl<'a> Linked<'a> {
    /// Reads what [`LINK`](super::super::wasm) asks of the linker.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut linked = Self {
            bytes,
            ..Self::default()
        };
        let mut symbols = Vec::new();
        // What relocations count their places from, by the number of the section.
        let mut starts = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if let Some((_, range)) = payload.as_section() {
                starts.push(range.start);
            }
            match payload {
                Payload::TypeSection(section) => linked.types = &bytes[section.range()],
                Payload::TableSection(section) => linked.tables = &bytes[section.range()],
                Payload::MemorySection(section) => linked.memories = &bytes[section.range()],
                Payload::GlobalSection(section) => linked.globals = &bytes[section.range()],
                Payload::FunctionSection(section) => {
                    linked.functions = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        linked
                            .exports
                            .push((export.name, export.kind, export.index));
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        ensure!(linked.slots.is_empty(), "expected one element segment");
                        let ElementKind::Active { offset_expr, .. } = element.kind else {
                            bail!("expected an active element segment");
                        };
                        ensure!(constant(&offset_expr)? == FIRST_SLOT);
                        let ElementItems::Functions(items) = element.items else {
                            bail!("expected functions in the table");
                        };
                        linked.slots = items.into_iter().collect::<Result<_, _>>()?;
                    }
                }
                Payload::CodeSectionEntry(body) => linked.bodies.push(body.range()),
                Payload::DataSection(section) => {
                    for segment in section {
                        let segment = segment?;
                        let DataKind::Active { offset_expr, .. } = segment.kind else {
                            bail!("expected active data");
                        };
                        let end = segment.range.end;
                        linked.segments.push(Segment {
                            address: constant(&offset_expr)?,
                            alignment: 1,
                            place: end - segment.data.len()..end,
                            data: segment.data,
                        });
                    }
                }
                Payload::ImportSection(_) => bail!("the core imports nothing"),
                Payload::StartSection { .. } => bail!("the core starts nothing"),
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            match part? {
                                Linking::SegmentInfo(infos) => linked.align(infos)?,
                                Linking::SymbolTable(infos) => {
                                    for info in infos {
                                        symbols.push(symbol(&info?));
                                    }
                                }
                                _ => {}
                            }
                        }
                    }
                    KnownCustom::Reloc(section) => {
                        let start = starts[section.section_index() as usize];
                        for entry in section.entries() {
                            linked.relocate(&entry?, start, &symbols)?;
                        }
                    }
                    KnownCustom::Name(names) => {
                        for name in names {
                            if let Name::Function(names) = name? {
                                linked.names = vec![""; linked.functions.len()];
                                for naming in names {
                                    let naming = naming?;
                                    linked.names[naming.index as usize] = naming.name;
                                }
                            }
                        }
                    }
                    _ if section.name() == "target_features" => linked.features = section.data(),
                    _ => {}
                },
                _ => {}
            }
        }
        ensure!(
            linked.bodies.len() == linked.functions.len(),
            "a function without a body"
        );
        linked
            .relocations
            .sort_by_key(|relocation| relocation.place);
        Ok(linked)
    }

    /// The relocations within a part of the file.
    pub fn relocations_in(&self, part: &Range<usize>) -> &[Relocation] {
        let start = self
            .relocations
            .partition_point(|found| found.place < part.start);
        let end = self
            .relocations
            .partition_point(|found| found.place < part.end);
        &self.relocations[start..end]
    }

    fn align(&mut self, infos: wasmparser::SegmentMap<'a>) -> Result<()> {
        for (segment, info) in self.segments.iter_mut().zip(infos) {
            segment.alignment = 1 << info?.alignment;
        }
        Ok(())
    }

    fn relocate(
        &mut self,
        entry: &wasmparser::RelocationEntry,
        start: usize,
        symbols: &[Symbol],
    ) -> Result<()> {
        use RelocationType as T;
        let encoding = match entry.ty {
            T::FunctionIndexLeb | T::MemoryAddrLeb => Encoding::Unsigned,
            T::TableIndexSleb | T::MemoryAddrSleb => Encoding::Signed,
            T::TableIndexI32 | T::MemoryAddrI32 => Encoding::Word,
            // Types, the one table and the globals stay what they are.
            T::TypeIndexLeb | T::TableNumberLeb | T::GlobalIndexLeb => return Ok(()),
            other => bail!("unknown relocation {other:?}"),
        };
        let symbol = symbols
            .get(entry.index as usize)
            .context("no such symbol")?;
        let target = match (entry.ty, *symbol) {
            (T::FunctionIndexLeb, Symbol::Function(index)) => Target::Function(index),
            (T::TableIndexSleb | T::TableIndexI32, Symbol::Function(index)) => Target::Slot(index),
            (_, Symbol::Data(segment, offset)) if segment < self.segments.len() => {
                Target::Address(segment, i64::from(offset) + entry.addend)
            }
            // What is zero at first, and the ends of the data, have no bytes to move.
            (_, Symbol::Data(..) | Symbol::Fixed) => return Ok(()),
            (ty, Symbol::Function(_)) => bail!("a function at {ty:?}"),
        };
        self.relocations.push(Relocation {
            place: start + entry.offset as usize,
            encoding,
            target,
        });
        Ok(())
    }
}

fn symbol(info: &SymbolInfo<'_>) -> Symbol {
    match *info {
        SymbolInfo::Func { index, .. } => Symbol::Function(index),
        SymbolInfo::Data {
            symbol: Some(found),
            ..
        } => Symbol::Data(found.index as usize, found.offset),
        _ => Symbol::Fixed,
    }
}

/// The value of `i32.const`.
fn constant(expression: &ConstExpr<'_>) -> Result<u32> {
    match expression.get_operators_reader().read()? {
        wasmparser::Operator::I32Const { value } => Ok(value.cast_unsigned()),
        other => bail!("expected a constant address, found {other:?}"),
    }
}
