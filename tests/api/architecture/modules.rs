//! Which module knows which, parsed from the files of `src`: the paths of `use` trees, of code, and of what macros
//! and attributes are given.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, UseTree};

/// A module by its place in the crate: `db/plan_items/write`; the crate itself is empty.
type Module = Vec<String>;

/// What each module knows, and by which path it names it.
#[derive(Default)]
pub struct Modules(BTreeMap<Module, BTreeMap<Module, String>>);

impl Modules {
    /// Those in a folder.
    pub fn of(source: &Path) -> Modules {
        let files =
            super::files(source).into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs"));
        let texts = files.map(|file| {
            let place = file.strip_prefix(source).unwrap().with_extension("");
            (place.to_str().unwrap().to_owned(), std::fs::read_to_string(file).unwrap())
        });
        Modules::read(texts)
    }

    /// Those of these files, each with its place without the ending. Tests are no part of the program.
    fn read(files: impl Iterator<Item = (String, String)>) -> Modules {
        let sources: BTreeMap<Module, syn::File> = files
            .map(|(place, text)| {
                let parts = place.split('/').filter(|part| !["lib", "mod"].contains(part));
                let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
                (parts.map(str::to_owned).collect::<Module>(), parsed)
            })
            .filter(|(module, _)| module.last().is_none_or(|name| name != "tests"))
            .collect();
        let all: BTreeSet<&Module> = sources.keys().collect();
        let known = sources.iter().map(|(module, file)| {
            let mut reader =
                Reader { all: &all, here: module.clone(), imported: BTreeMap::new(), known: BTreeMap::new() };
            reader.visit_file(file);
            // Once more, now that it is clear what its imports stand for.
            reader.visit_file(file);
            reader.known.remove(module);
            (module.clone(), reader.known)
        });
        Modules(known.collect())
    }

    /// The shortest way from each module back to itself, where there is one, written out; by module.
    pub fn circles(&self) -> BTreeMap<String, String> {
        let circle = |module| Some((name(module), self.circle(module)?));
        self.0.keys().filter_map(circle).collect()
    }

    fn circle(&self, start: &Module) -> Option<String> {
        let mut before: BTreeMap<&Module, &Module> = BTreeMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(module) = next.pop_front() {
            for (known, _) in self.0.get(module).into_iter().flatten() {
                if before.contains_key(known) {
                    continue;
                }
                before.insert(known, module);
                if known == start {
                    return Some(self.written_out(start, &before));
                }
                next.push_back(known);
            }
        }
        None
    }

    fn written_out(&self, start: &Module, before: &BTreeMap<&Module, &Module>) -> String {
        let (mut told, mut module) = (name(start), start);
        loop {
            let by = before[module];
            told = format!("{} -({})-> {told}", name(by), self.0[by][module]);
            module = by;
            if module == start {
                return told;
            }
        }
    }
}

fn name(module: &Module) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("/") }
}

/// Reads one file.
struct Reader<'a> {
    all: &'a BTreeSet<&'a Module>,
    /// The module that is being read: that of the file, or one that stands in it.
    here: Module,
    /// What the names stand for that are imported here.
    imported: BTreeMap<String, Module>,
    known: BTreeMap<Module, String>,
}

impl Reader<'_> {
    /// What a path names, from the crate on; nothing when it leads out of the crate.
    fn resolved(&self, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let mut whole = match first.as_str() {
            "crate" | "taizhang" => Module::new(),
            "self" => self.here.clone(),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                let above = &self.here[..self.here.len().checked_sub(ups)?];
                return Some([above, &path[ups..]].concat());
            }
            name => match self.imported.get(name) {
                Some(imported) => imported.clone(),
                None => {
                    let child = [&self.here[..], &path[..1]].concat();
                    self.all.contains(&child).then_some(child)?
                }
            },
        };
        whole.extend_from_slice(rest);
        Some(whole)
    }

    /// Notes the module in which a path ends.
    fn note(&mut self, path: &[String]) {
        let Some(whole) = self.resolved(path) else { return };
        let module =
            (0..=whole.len()).rev().map(|len| whole[..len].to_vec()).find(|known| self.all.contains(known));
        self.known.entry(module.unwrap_or_default()).or_insert_with(|| path.join("::"));
    }

    fn import(&mut self, before: &[String], tree: &UseTree) {
        let with = |part: &syn::Ident| [before, &[part.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.import(&with(&path.ident), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(before, tree)),
            UseTree::Glob(_) => self.note(before),
            UseTree::Name(name) if name.ident == "self" => {
                self.import_as(before, before.last().cloned().unwrap_or_default());
            }
            UseTree::Name(name) => self.import_as(&with(&name.ident), name.ident.to_string()),
            UseTree::Rename(renamed) => self.import_as(&with(&renamed.ident), renamed.rename.to_string()),
        }
    }

    fn import_as(&mut self, path: &[String], name: String) {
        self.note(path);
        if let Some(whole) = self.resolved(path) {
            self.imported.insert(name, whole);
        }
    }

    /// Notes the paths in what a macro or an attribute is given.
    fn read_tokens(&mut self, tokens: &str) {
        let joined = tokens.replace(" ::", "::").replace(":: ", "::");
        let is_of_path = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == ':';
        for path in joined.split(|sign| !is_of_path(sign)) {
            let parts: Vec<String> = path.trim_matches(':').split("::").map(str::to_owned).collect();
            if parts.len() > 1 {
                self.note(&parts);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.here.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        if parts.len() > 1 {
            self.note(&parts);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.read_tokens(&call.tokens.to_string());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.read_tokens(&list.tokens.to_string());
        }
    }

    /// Who may see something says nothing of what is known here.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}

fn is_for_tests(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let circles = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(place, text)| ((*place).to_owned(), (*text).to_owned()));
        Modules::read(files).circles().into_values().collect::<Vec<_>>()
    };
    let found = |files: &[(&str, &str)]| !circles(files).is_empty();
    assert_eq!(
        circles(&[
            ("a", "use crate::b::{c::{self, Other}, One};"),
            ("b/mod", ""),
            ("b/c", "fn f(x: super::super::a::X) {}")
        ]),
        [
            "a -(crate::b::c)-> b/c -(super::super::a::X)-> a",
            "b/c -(super::super::a::X)-> a -(crate::b::c)-> b/c"
        ],
    );
    // A parent that uses its child, and a child that uses its parent.
    let child = ("a/b", "use super::Thing;");
    assert!(found(&[("a/mod", "mod b; fn f() { b::f() }"), child]));
    assert!(found(&[("a", "mod b; use b::f;"), child]));
    assert!(!found(&[("a/mod", "mod b; pub struct Thing;"), child]));
    // By a module that was imported, in a macro, in an attribute, in a module that stands in the file.
    let back = ("c", "use crate::a;");
    assert!(found(&[("a", "use crate::b; fn f() { b::c::f() }"), ("b", ""), ("b/c", "use crate::a::X;")]));
    assert!(found(&[("a", "fn f() { json!({ \"x\": [crate::c::f()] }) }"), back]));
    assert!(found(&[("a", "#[schema(value_type = Option<crate::c::T>)] struct S;"), back]));
    assert!(found(&[("a", "mod inner { use super::super::c::T; }"), back]));
    // Not by comments, tests and visibility.
    assert!(!found(&[("a", "/// As [`crate::c`].\n#[cfg(test)] mod tests { use crate::c; }"), back]));
    assert!(!found(&[
        ("a/mod", "mod b; use b::f;"),
        ("a/b", "pub(super) fn f() {} pub(in crate::a) fn g() {}")
    ]));
}
