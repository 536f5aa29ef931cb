//! House rules that the compiler does not check. Knows the names of layers, and no layer's insides.
//!
//! A rule that cannot be kept is a rule to be changed here, with its reason, in the commit that breaks it.

mod callers;
mod circles;
mod comments;
mod links;
mod names;
pub(crate) mod reference;
mod resources;
mod source;
mod waiting;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use source::{Source, paths_from, words};

/// Each layer may use itself, the ground and the layers named after it. `docs/architecture.md` has the picture.
const ARROWS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("dns", &[]),
    ("https", &[]),
    ("private", &[]),
    ("secret", &[]),
    ("token", &[]),
    ("telemetry", &[]),
    ("words", &[]),
    ("figures", &[]),
    ("witness", &["private"]),
    ("journal", &["clock", "private"]),
    ("domain", &[]),
    ("images", &["domain"]),
    ("content", &["domain"]),
    ("message", &["content", "domain"]),
    ("smtp", &["domain"]),
    ("store", &["domain"]),
    ("templates", &["content", "domain"]),
    ("config", &["domain"]),
    ("signup", &["store", "templates", "images", "message", "content", "domain"]),
    ("accounts", &["store", "domain"]),
    ("publishing", &["content", "message", "images", "templates", "store", "domain"]),
    ("upkeep", &["accounts", "signup", "store", "domain"]),
    ("backup", &["upkeep", "store", "domain"]),
    ("delivery", &["store", "message", "smtp", "domain"]),
    ("inbound", &["signup", "store", "message", "smtp", "domain"]),
    ("web", &["accounts", "signup", "publishing", "inbound", "templates", "store", "domain"]),
    (
        "wiring",
        &["backup", "upkeep", "delivery", "inbound", "signup", "config", "templates", "smtp", "message", "domain"],
    ),
    ("doctor", &["wiring", "backup", "inbound", "upkeep", "config", "store", "smtp", "message", "domain"]),
    ("resources", &["publishing", "store", "domain"]),
    ("supervise", &[]),
    (
        "cli",
        &[
            "web", "doctor", "wiring", "resources", "backup", "inbound", "upkeep", "delivery", "publishing",
            "accounts", "signup", "config", "supervise", "templates", "images", "store", "smtp", "message", "content",
            "domain",
        ],
    ),
    ("main", &["cli"]),
];

/// What knows nothing of newsletters is open to all; it uses nothing itself.
const GROUND: &[&str] =
    &["clock", "dns", "https", "private", "secret", "token", "telemetry", "words", "figures", "witness", "journal"];

/// Who alone may name a crate.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("libsqlite3_sys", &["store"]),
    ("lettre", &["message", "smtp"]),
    ("rustls", &["smtp", "https"]),
    ("webpki", &["smtp", "https"]),
    ("aho_corasick", &["domain"]),
    ("argon2", &["accounts"]),
    ("async_imap", &["inbound"]),
    ("mail_parser", &["inbound"]),
    ("pulldown_cmark", &["content"]),
    ("tera", &["templates"]),
    ("tar", &["backup"]),
    ("flate2", &["backup"]),
    ("gif", &["images"]),
    ("moxcms", &["images"]),
    ("fluent_bundle", &["words"]),
    ("psl", &["domain"]),
    ("axum", &["web"]),
    ("tower_http", &["web"]),
    ("clap", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("sd_notify", &["supervise"]),
    ("indicatif", &["cli"]),
    ("anyhow", &["cli", "wiring", "supervise", "main"]),
];

/// Layers that compute and do nothing else, and the names that would betray them.
const PURE: &[&str] = &["domain", "content", "message"];
const IMPURE: &[&str] = &["async", "tokio", "fs", "net"];
/// Folders inside of other layers that compute and do nothing else.
const PURE_FOLDERS: &[&str] = &["src/inbound/read"];

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "common", "helper", "helpers", "services", "models", "types", "prelude", "misc"];

const LINES_MAX: usize = 560;

/// Where a statement has one text per database, how often, and why it must.
const SPLITS: &[(&str, usize, &str)] = &[
    (
        "src/store/column.rs",
        3,
        "listed!, worded! and over_rows!: lists and rows unfold from JSON by functions of other names",
    ),
    ("src/store/deliveries.rs", 2, "a claim skips the rows that another process has locked; SQLite has one writer"),
    ("src/store/transactional.rs", 1, "the same claim, of some newsletters alone"),
    (
        "src/store/settlement.rs",
        1,
        "settle!: acceptances and take-offs in one statement; each engine unfolds a JSON list by a function of another name",
    ),
];

/// Where conditions are chosen, so that a statement is put together from `'static` parts, how often, and why.
const COMPOSED: &[(&str, usize, &str)] = &[(
    "src/store/subscriptions.rs",
    6,
    "a filter of readers: a condition that is always true still costs the index that would answer it",
)];

/// Where a statement names what the catalogue of the schema names, how often, and why.
const CATALOGUED: &[(&str, usize, &str)] = &[
    ("src/store/transfer/rows.rs", 6, "every table is copied, also one that a later step makes"),
    ("src/store/transfer/counters.rs", 1, "the largest number of a table, whichever it is"),
];

#[test]
fn layers_point_downwards() {
    let mut wrong = Wrong::default();
    for file in rust_files(&["src"]) {
        let Some(layer) = layer_of(&file.path) else { continue };
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == layer) else {
            wrong.add(&file.path, 1, &format!("the layer {layer} is not in ARROWS: say there what it may use"));
            continue;
        };
        let root = if layer == "main" { "coranto" } else { "crate" };
        for (line, used) in paths_from(&file.source.code, root) {
            let is_layer = ARROWS.iter().any(|(name, _)| *name == used);
            let is_ground = GROUND.contains(&used.as_str()) && !GROUND.contains(&layer.as_str());
            if is_layer && used != layer && !is_ground && !allowed.contains(&used.as_str()) {
                wrong.add(
                    &file.path,
                    line,
                    &format!("{layer} may not use {used}; it may use {allowed:?} and the ground"),
                );
            }
        }
        // `super` must not be a back door: from src/a/b.rs two of them lead out of the layer.
        let depth = file.path.components().count() - 2 + usize::from(!file.path.ends_with("mod.rs"));
        let way_out = vec!["super"; depth].join("::");
        for (at, _) in file.source.code.match_indices(&way_out) {
            if !is_in_unit_tests(&file.source.code, at) {
                wrong.add(
                    &file.path,
                    line_of(&file.source.code, at),
                    "names another layer by `super`: write `crate::`",
                );
            }
        }
    }
    wrong.assert_none();
}

#[test]
fn each_crate_has_its_home() {
    let mut wrong = Wrong::default();
    for file in rust_files(&["src"]) {
        let Some(layer) = layer_of(&file.path) else { continue };
        for (line, word) in words(&file.source.code) {
            if let Some((name, homes)) = HOMES.iter().find(|(name, _)| *name == word)
                && !homes.contains(&layer.as_str())
            {
                wrong.add(&file.path, line, &format!("{name} is named in {homes:?} alone, not in {layer}"));
            }
            let is_pure =
                PURE.contains(&layer.as_str()) || PURE_FOLDERS.iter().any(|folder| file.path.starts_with(folder));
            if is_pure && IMPURE.contains(&word) {
                wrong.add(&file.path, line, &format!("{layer} is pure, and `{word}` is not"));
            }
        }
    }
    wrong.assert_none();
}

#[test]
fn sql_lives_in_the_store() {
    const VERBS: &[&str] = &[
        "SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH ", "CREATE TABLE ", "CREATE INDEX ", "DROP ",
        "PRAGMA ", "BEGIN ",
    ];
    let mut wrong = Wrong::default();
    for file in rust_files(&["src"]) {
        if layer_of(&file.path).is_none_or(|layer| layer == "store") {
            continue;
        }
        for (line, text) in &file.source.strings {
            let begins = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if VERBS.iter().any(|verb| begins.starts_with(verb)) {
                wrong.add(&file.path, *line, "SQL lives in src/store");
            }
        }
    }
    wrong.assert_none();
}

#[test]
fn every_store_function_is_tested() {
    let tests = rust_files(&["tests/it"]).iter().map(|file| file.source.code.clone()).collect::<String>();
    // rustfmt may break a path or a chain of calls over lines.
    let tests = tests.split_whitespace().collect::<String>();
    let mut wrong = Wrong::default();
    let mut seen = 0;
    for file in rust_files(&["src/store"]) {
        let module = file.path.file_stem().unwrap().to_str().unwrap();
        for (at, start) in file.source.code.match_indices("pub async fn ") {
            let rest = &file.source.code[at + start.len()..];
            let name = rest.split(['(', '<']).next().unwrap().trim();
            let is_method = !file.source.code[..at].ends_with('\n');
            let called = |call: String| tests.contains(&call);
            let tested = match is_method {
                true => called(format!(".{name}(")) || called(format!("::{name}(")) || called(format!(".{name}::<")),
                false => called(format!("{module}::{name}(")),
            };
            seen += 1;
            if !tested {
                let line = line_of(&file.source.code, at);
                wrong.add(&file.path, line, &format!("no test under tests/it calls {module}::{name}(...)"));
            }
        }
    }
    assert!(seen > 0, "no store function was found at all");
    wrong.assert_none();
}

#[test]
fn statements_with_two_texts_are_counted() {
    counted("Sql::Split", SPLITS);
}

#[test]
fn statements_put_together_from_parts_are_counted() {
    counted(".condition(", COMPOSED);
}

#[test]
fn statements_that_name_what_the_catalogue_names_are_counted() {
    counted(".composed(", CATALOGUED);
}

/// `what` stands in the files of `known` as often as they say, and nowhere else.
fn counted(what: &str, known: &[(&str, usize, &str)]) {
    let mut wrong = Wrong::default();
    for file in rust_files(&["src"]).iter().filter(|file| !file.path.ends_with("store/db.rs")) {
        let found = file.source.code.matches(what).count();
        let allowed = known.iter().find(|(path, ..)| file.path == Path::new(path)).map_or(0, |(_, count, _)| *count);
        if found != allowed {
            let text =
                format!("{found} times {what}, and its list says {allowed}: argue for it there, with its reason");
            wrong.add(&file.path, 1, &text);
        }
    }
    for (path, ..) in known {
        assert!(root().join(path).is_file(), "the list of {what} names {path}, which is gone");
    }
    wrong.assert_none();
}

#[test]
fn both_databases_have_the_same_steps() {
    let names = |engine: &str| {
        let folder = root().join("migrations").join(engine);
        let names = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        names.collect::<BTreeSet<_>>()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(sqlite, postgres, "migrations/sqlite and migrations/postgres differ in file names");
    let embedded = fs::read_to_string(root().join("src/store/migrate.rs")).unwrap();
    for name in &sqlite {
        assert!(embedded.contains(name.as_str()), "src/store/migrate.rs does not embed migrations/*/{name}");
    }
}

#[test]
fn rust_files_keep_the_house_style() {
    let mut wrong = Wrong::default();
    for file in rust_files(&["src", "tests", "benches"]) {
        let lines = file.text.lines().count();
        if !file.text.starts_with("//!") {
            wrong.add(&file.path, 1, "a file begins with `//!`: what it owns, what it must not know");
        }
        if lines > LINES_MAX {
            wrong.add(
                &file.path,
                LINES_MAX,
                &format!("{lines} lines; {LINES_MAX} at most: which noun could move out?"),
            );
        }
        let stem = file.path.file_stem().unwrap().to_str().unwrap();
        let folder = file.path.parent().and_then(Path::file_name).unwrap_or_default().to_str().unwrap();
        let name = if stem == "mod" { folder } else { stem };
        if EMPTY_NAMES.contains(&name) {
            wrong.add(&file.path, 1, &format!("`{name}` says nothing of what is inside"));
        }
        for (number, line) in file.source.code.lines().enumerate() {
            let bare = line.split_whitespace().collect::<String>();
            if bare.contains("#[allow") || bare.contains("#![allow") {
                wrong.add(
                    &file.path,
                    number + 1,
                    "write #[expect(..., reason = \"...\")]: it says when it is no longer needed",
                );
            }
            if bare.contains("todo!(") || bare.contains("unimplemented!(") {
                wrong.add(&file.path, number + 1, "unfinished");
            }
            let module = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let declared = module.strip_prefix("mod ").map(|rest| rest.trim_end_matches([';', '{', ' ']));
            if declared.is_some_and(|name| EMPTY_NAMES.contains(&name)) {
                wrong.add(&file.path, number + 1, "this module's name says nothing of what is inside");
            }
        }
        for (line, word) in words(&file.source.comments) {
            if UNFINISHED.contains(&word) {
                wrong.add(&file.path, line, &format!("{word}: finish it, or file an issue and leave no mark"));
            }
        }
    }
    wrong.assert_none();
}

/// Marks of work left over.
const UNFINISHED: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

#[test]
fn other_files_have_no_leftovers_and_name_no_machine() {
    // What a clone is called on the machine that wrote a file is no part of the project; nor is where its packages came from.
    // A clone in the folder for passing files is named by nobody.
    let here = root().parent().and_then(Path::to_str).unwrap().to_owned() + "/";
    let is_somebodys = here.len() > 4 && here != "/tmp/";
    let mut wrong = Wrong::default();
    for path in files(root()) {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        let is_rust = path.extension().is_some_and(|end| end == "rs");
        for (number, line) in text.lines().enumerate() {
            let names_machine =
                (is_somebodys && line.contains(&here)) || MACHINE_FOLDERS.iter().any(|folder| line.contains(folder));
            if names_machine && !path.ends_with("tidy.rs") {
                wrong.add(&path, number + 1, "names a folder of someone's machine");
            }
            // A snapshot says what the program said, which may be that an issue has such a mark.
            let is_snapshot = path.extension().is_some_and(|end| end == "snap");
            if !is_rust && !is_snapshot && words(line).any(|(_, word)| UNFINISHED.contains(&word)) {
                wrong.add(&path, number + 1, "unfinished: finish it, or file an issue and leave no mark");
            }
            // Nothing is fetched but by cargo and apt, each from where it is set up to look.
            let is_tool = path.starts_with(".ci") || path.extension().is_some_and(|end| end == "sh");
            let is_source = path.ends_with("Cargo.lock") && line.starts_with("source = ");
            if is_tool && names_host(line) {
                wrong.add(&path, number + 1, "a script names a host to fetch from");
            }
            if is_source && line != "source = \"registry+https://github.com/rust-lang/crates.io-index\"" {
                wrong.add(&path, number + 1, "a package from elsewhere than crates.io");
            }
        }
        let is_machine_file =
            ["config.toml", ".npmrc", "pip.conf", "sources.list"].iter().any(|name| path.ends_with(name));
        if is_machine_file && !path.starts_with("tests") {
            wrong.add(&path, 1, "where packages come from is the machine's business");
        }
    }
    wrong.assert_none();
}

/// Whether a line has the address of a host that is neither this one nor made up (RFC 2606).
fn names_host(line: &str) -> bool {
    let is_own = |rest: &str| ["127.0.0.1", "localhost"].iter().any(|own| rest.starts_with(own));
    let mut hosts = line.split("http").skip(1).filter_map(|rest| rest.split_once("://"));
    hosts.any(|(_, rest)| !is_own(rest) && !rest.contains("example"))
}

const MACHINE_FOLDERS: &[&str] = &["/root/", "/work/", "/home/runner", "/Users/"];

#[test]
fn every_dependency_has_its_reason() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut wrong = Wrong::default();
    let mut inside = false;
    for (number, line) in manifest.lines().enumerate() {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.trim_end_matches(']').ends_with("dependencies");
            continue;
        }
        if !inside || line.is_empty() || line.starts_with('#') {
            continue;
        }
        let reason = line.rsplit_once(" # ").map_or("", |(_, reason)| reason);
        if reason.split_whitespace().count() < 2 {
            wrong.add(
                Path::new("Cargo.toml"),
                number + 1,
                "a dependency bears its reason behind it: `name = ... # why`",
            );
        }
    }
    wrong.assert_none();
}

/// A Rust file, read and taken apart.
struct RustFile {
    /// From the project's folder.
    path: PathBuf,
    text: String,
    source: Source,
}

fn rust_files(folders: &[&str]) -> Vec<RustFile> {
    let mut found = Vec::new();
    for folder in folders {
        for below in files(&root().join(folder)) {
            if below.extension().is_some_and(|end| end == "rs") {
                let path = Path::new(folder).join(below);
                let text = fs::read_to_string(root().join(&path)).unwrap();
                found.push(RustFile { source: Source::parse(&text), path, text });
            }
        }
    }
    assert!(!found.is_empty(), "no Rust file under {folders:?}");
    found
}

/// The files below a folder, but not what builds and demos leave.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(folder.join(&below)).unwrap() {
            let path = below.join(entry.unwrap().file_name());
            let made = [".git", "target", "coranto-demo", "tests/judges/node_modules"];
            let is_made = made.iter().any(|name| path == Path::new(name));
            if folder.join(&path).is_dir() {
                open.extend((!is_made).then_some(path));
            } else if !is_made && path.extension().is_none_or(|end| end != "new") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `src/store/db.rs` is of the layer `store`, `src/clock.rs` of `clock`; the crate's map is of none.
fn layer_of(path: &Path) -> Option<String> {
    let first = path.strip_prefix("src").ok()?.iter().next()?.to_str()?;
    let layer = first.trim_end_matches(".rs");
    (layer != "lib").then(|| layer.to_owned())
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

/// Unit tests stand at the end of a file, one module deeper.
fn is_in_unit_tests(code: &str, at: usize) -> bool {
    code[..at].contains("#[cfg(test)]")
}

fn place(path: &Path, line: usize) -> String {
    format!("  {}:{line}", path.display())
}

/// What breaks a rule, all of it at once.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn add(&mut self, path: &Path, line: usize, what: &str) {
        self.0.push(format!("{}: {what}", place(path, line)));
    }

    #[track_caller]
    fn assert_none(self) {
        assert!(self.0.is_empty(), "{} places break a house rule:\n{}\n", self.0.len(), self.0.join("\n"));
    }
}
