//! Files import one another in one direction: whoever reads one reads what it stands on, and never comes back to it.
//!
//! An import is a `use`, or a path that begins with `crate`, `super` or `self`. What a file re-exports it does not
//! import: a name leads to the file that defines it. Unit tests and links in comments do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{RustFile, Wrong, rust_files};

/// A file by its path in the crate: `src/store/db.rs` is `[store, db]`.
type Module = Vec<String>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn no_files_import_one_another_in_a_circle() {
    let files: BTreeMap<Module, RustFile> =
        rust_files(&["src"]).into_iter().map(|file| (module_of(&file.path), file)).collect();
    let paths: BTreeMap<Module, PathBuf> =
        files.iter().map(|(module, file)| (module.clone(), file.path.clone())).collect();
    let code: BTreeMap<Module, String> =
        files.iter().map(|(module, file)| (module.clone(), without_tests(&file.source.code))).collect();
    let imports = imports_of(&code);
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 1000, "hardly any import was found");
    let mut wrong = Wrong::default();
    for circle in circles_in(imports) {
        let names: Vec<_> = circle.iter().map(|module| paths[module].display().to_string()).collect();
        let what = format!("imports come back to it: {} -> {}", names.join(" -> "), names[0]);
        wrong.add(&paths[&circle[0]], 1, &what);
    }
    wrong.assert_none();
}

#[test]
fn a_circle_is_found_through_groups_and_re_exports() {
    let imports = |files: &[(&str, &str)]| {
        let code = files.iter().map(|(path, code)| (module_of(Path::new(path)), (*code).to_owned())).collect();
        circles_in(imports_of(&code)).into_iter().map(|circle| circle.len()).collect::<Vec<_>>()
    };
    let desk = ("src/desk/mod.rs", "mod pen;\nmod ink;\npub use pen::Pen;\n");
    for (pen, ink, circles) in [
        ("use super::ink::{Colour, Ink};", "use std::fmt;", &[][..]),
        ("use super::ink::{Colour, Ink};", "use crate::desk::Pen;", &[2]),
        ("use super::{ink::Ink, other};", "fn f(pen: &super::pen::Pen) {}", &[2]),
        ("use crate::{desk::{ink as blue}};", "use super::Pen as Quill;", &[2]),
        ("use super::{ink::Ink};", "use super::{nib::Nib, other};", &[]),
        ("use super::ink::Ink;", "#[cfg(test)]\nmod tests {\n    use super::super::Pen;\n}", &[]),
    ] {
        let ink = without_tests(ink);
        let files = [desk, ("src/desk/pen.rs", pen), ("src/desk/ink.rs", ink.as_str())];
        assert_eq!(imports(&files), circles, "{pen} {ink}");
    }
}

fn module_of(path: &Path) -> Module {
    let below = path.strip_prefix("src").unwrap().with_extension("");
    let mut parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// Unit tests stand at the end of a file.
fn without_tests(code: &str) -> String {
    code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
}

/// The names that files hand on, by the file that does, with the file that defines each.
type Exports<'a> = BTreeMap<&'a Module, BTreeMap<String, Module>>;

fn imports_of(files: &BTreeMap<Module, String>) -> Imports {
    let mut exports = Exports::new();
    // What is handed on may be handed on again.
    for _ in 0..3 {
        for (module, code) in files {
            for path in uses(code).filter(|(public, _)| *public).flat_map(|(_, tree)| expanded(tree)) {
                let target = target(files, &exports, module, &path).filter(|target| target != module);
                if let (Some(target), Some(name)) = (target, path.last()) {
                    exports.entry(module).or_default().insert(name.clone(), target);
                }
            }
        }
    }
    let mut imports = Imports::new();
    for (module, code) in files {
        let trees = uses(code).filter(|(public, _)| !public).flat_map(|(_, tree)| expanded(tree));
        let targets = trees.chain(paths(code)).filter_map(|path| target(files, &exports, module, &path));
        imports.insert(module.clone(), targets.filter(|target| target != module).collect());
    }
    imports
}

/// The file that a path in `module` leads to.
fn target(files: &BTreeMap<Module, String>, exports: &Exports<'_>, module: &Module, path: &[String]) -> Option<Module> {
    let mut at = module.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => (at, rest) = (Module::new(), &path[1..]),
        "super" | "self" => {
            while let Some(up @ ("super" | "self")) = rest.first().map(String::as_str) {
                at.truncate(at.len() - usize::from(up == "super"));
                rest = &rest[1..];
            }
        }
        child => {
            let child: Module = at.iter().cloned().chain([child.to_owned()]).collect();
            files.get(&child)?;
        }
    }
    for name in rest {
        at.push(name.clone());
        if !files.contains_key(&at) {
            at.pop();
            let defined = exports.get(&at).and_then(|names| names.get(name));
            return Some(defined.unwrap_or(&at).clone());
        }
    }
    Some(at)
}

/// Each `use` at the beginning of a line: whether it hands its names on, and what it names.
fn uses(code: &str) -> impl Iterator<Item = (bool, &str)> {
    code.match_indices("use ").filter_map(|(at, word)| {
        let before = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        let is_public = before.starts_with("pub") && (before.ends_with(") ") || before == "pub ");
        let tree = code[at + word.len()..].split(';').next().unwrap_or_default();
        (before.is_empty() || is_public).then_some((is_public, tree))
    })
}

/// `a::{b, c::d as e}` as `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<Vec<String>> {
    let parts =
        |path: &str| path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let Some((before, group)) = tree.split_once('{') else {
        return vec![parts(tree.split(" as ").next().unwrap_or_default())];
    };
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let mut depth = 0;
    let items = group.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let items = items.filter(|item| !item.trim().is_empty()).flat_map(expanded);
    items.map(|item| parts(before).into_iter().chain(item).collect()).collect()
}

/// The paths amid the code that begin with `crate`, `super` or `self`.
fn paths(code: &str) -> impl Iterator<Item = Vec<String>> {
    let words = code.split(|c: char| !(c.is_alphanumeric() || "_:".contains(c)));
    // A path before a group is of a `use`, which names what it takes.
    let whole = words.filter(|word| !word.ends_with("::"));
    whole.filter(|word| ["crate::", "super::", "self::"].iter().any(|root| word.starts_with(root))).flat_map(expanded)
}

/// Each circle once; of circles that share a file, one.
fn circles_in(mut imports: Imports) -> Vec<Vec<Module>> {
    let mut circles = Vec::new();
    loop {
        // Who imports nobody that is left stands in no circle.
        loop {
            let left: BTreeSet<Module> = imports.keys().cloned().collect();
            for imported in imports.values_mut() {
                imported.retain(|module| left.contains(module));
            }
            imports.retain(|_, imported| !imported.is_empty());
            if imports.len() == left.len() {
                break;
            }
        }
        let Some(mut at) = imports.keys().next() else { return circles };
        let mut walked = Vec::new();
        while !walked.contains(at) {
            walked.push(at.clone());
            at = imports[at].first().expect("who imports nobody is gone");
        }
        let begin = walked.iter().position(|module| module == at).expect("it was met before");
        let circle = walked.split_off(begin);
        imports.retain(|module, _| !circle.contains(module));
        circles.push(circle);
    }
}
