//! What the documents point at exists: files, headings, paths, tests, commands. Knows no document's content.
//!
//! In a document a path in backticks that begins at the top of the repository is a promise, `path::name` promises a
//! function of that name in it, and a line of a code block that begins with `coranto` is a command that is understood.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use coranto::cli::Cli;

use super::{Wrong, files, root};

/// Paths that begin with one of these begin at the top of the repository.
const TOPS: &[&str] = &["src/", "tests/", "docs/", "migrations/", "templates/", "benches/", "issues/", ".ci/"];

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Wrong::default();
    for page in pages() {
        for (line, target) in page.links() {
            let is_elsewhere = target.contains("://") || target.starts_with("mailto:");
            if is_elsewhere {
                continue;
            }
            let (file, heading) =
                target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
            let path = match file {
                "" => page.path.clone(),
                file => page.path.parent().unwrap().join(file),
            };
            if !root().join(&path).exists() {
                wrong.add(&page.path, line, &format!("{target} leads nowhere"));
            } else if let Some(heading) = heading
                && !headings(&fs::read_to_string(root().join(&path)).unwrap()).contains(heading)
            {
                wrong.add(&page.path, line, &format!("{} has no heading #{heading}", path.display()));
            }
        }
    }
    wrong.assert_none();
}

#[test]
fn every_path_that_is_named_exists() {
    let mut wrong = Wrong::default();
    for page in pages() {
        for (line, named) in page.spans().filter(|(_, span)| TOPS.iter().any(|top| span.starts_with(top))) {
            let (paths, function) = named.split_once("::").map_or((named, None), |(path, name)| (path, Some(name)));
            for path in unfold(paths) {
                let text = match path.split_once('*') {
                    Some((folder, _)) => root().join(folder).is_dir().then(String::new),
                    None if root().join(&path).is_dir() => Some(String::new()),
                    None => fs::read_to_string(root().join(&path)).ok(),
                };
                match (text, function) {
                    (None, _) => wrong.add(&page.path, line, &format!("there is no {path}")),
                    (Some(text), Some(name)) if !text.contains(&format!("fn {name}")) => {
                        wrong.add(&page.path, line, &format!("{path} has no function {name}"));
                    }
                    _ => {}
                }
            }
        }
    }
    wrong.assert_none();
}

#[test]
fn documents_that_the_code_names_exist() {
    let mut wrong = Wrong::default();
    let mut seen = 0;
    for path in files(root()).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        for (number, line) in text.lines().enumerate() {
            for (at, _) in line.match_indices("docs/") {
                let named =
                    line[at..].split(|c: char| !(c.is_ascii_alphanumeric() || "/-_.".contains(c))).next().unwrap();
                let named = named.trim_end_matches('.');
                seen += 1;
                if named.ends_with(".md") && !root().join(named).is_file() {
                    wrong.add(&path, number + 1, &format!("there is no {named}"));
                }
            }
        }
    }
    assert!(seen > 0, "no document is named anywhere in the code");
    wrong.assert_none();
}

#[test]
fn commands_in_documents_are_understood() {
    let mut wrong = Wrong::default();
    let mut seen = 0;
    for page in pages() {
        for (line, command) in page.commands() {
            seen += 1;
            if let Err(error) = Cli::command().try_get_matches_from(&command) {
                let is_help = matches!(
                    error.kind(),
                    clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion
                );
                if !is_help {
                    let why = error.to_string();
                    wrong.add(
                        &page.path,
                        line,
                        &format!("{}: {}", command.join(" "), why.lines().next().unwrap_or("")),
                    );
                }
            }
        }
    }
    assert!(seen > 0, "no document has a command");
    wrong.assert_none();
}

/// A document.
struct Page {
    path: PathBuf,
    text: String,
}

/// Every document. Issues are mail and no documents.
fn pages() -> Vec<Page> {
    let is_issue = |path: &PathBuf| path.starts_with("issues") || path.starts_with("tests/fixtures");
    let is_page = |path: &PathBuf| path.extension().is_some_and(|end| end == "md") && !is_issue(path);
    let read = |path: PathBuf| Page { text: fs::read_to_string(root().join(&path)).unwrap(), path };
    let pages: Vec<_> = files(root()).into_iter().filter(is_page).map(read).collect();
    assert!(pages.len() > 5, "the documents are not where they were");
    pages
}

impl Page {
    /// Lines with their number, and whether they are in a code block.
    fn lines(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        let mut in_code = false;
        self.text.lines().enumerate().map(move |(number, line)| {
            let is_fence = line.trim_start().starts_with("```");
            in_code ^= is_fence;
            (number + 1, line, in_code || is_fence)
        })
    }

    /// What stands in the brackets behind `]`.
    fn links(&self) -> Vec<(usize, &str)> {
        let prose = self.lines().filter(|(_, _, in_code)| !in_code);
        let inside = |line: &str, at: usize| line[..at].matches('`').count() % 2 == 1;
        prose
            .flat_map(|(number, line, _)| {
                let starts = line.match_indices("](").filter(move |(at, _)| !inside(line, *at));
                starts.filter_map(move |(at, _)| line[at + 2..].split(')').next().map(|target| (number, target)))
            })
            .collect()
    }

    /// What stands in backticks.
    fn spans(&self) -> impl Iterator<Item = (usize, &str)> {
        let prose = self.lines().filter(|(_, _, in_code)| !in_code);
        prose.flat_map(|(number, line, _)| line.split('`').skip(1).step_by(2).map(move |span| (number, span)))
    }

    /// The commands in code blocks, without what is behind them.
    fn commands(&self) -> Vec<(usize, Vec<String>)> {
        let mut commands: Vec<(usize, String)> = Vec::new();
        let mut goes_on = false;
        for (number, line, _) in self.lines().filter(|(_, _, in_code)| *in_code) {
            let line = line.strip_prefix("$ ").unwrap_or(line);
            let (text, more) = line.strip_suffix(" \\").map_or((line, false), |text| (text, true));
            if goes_on && let Some((_, command)) = commands.last_mut() {
                command.push_str(text);
            } else if line.starts_with("coranto ") {
                commands.push((number, text.to_owned()));
            } else {
                continue;
            }
            goes_on = more;
        }
        commands.into_iter().map(|(number, command)| (number, words(&command))).collect()
    }
}

/// A command's words, as a shell takes them: quotation marks hold together, a comment or another command ends it.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            '#' | '&' | '|' | '>' | ';' if !quoted && words.last().is_some_and(String::is_empty) => break,
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `src/{a,b}.rs` is two paths.
fn unfold(path: &str) -> Vec<String> {
    match path
        .split_once('{')
        .and_then(|(before, rest)| rest.split_once('}').map(|(list, after)| (before, list, after)))
    {
        Some((before, list, after)) => list.split(',').map(|one| format!("{before}{}{after}", one.trim())).collect(),
        None => vec![path.to_owned()],
    }
}

/// A page's headings as links name them.
fn headings(text: &str) -> BTreeSet<String> {
    let slug = |heading: &str| {
        let kept =
            heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
        kept.replace(' ', "-")
    };
    let page = Page { path: Path::new("").to_owned(), text: text.to_owned() };
    let prose = page.lines().filter(|(_, _, in_code)| !in_code);
    prose
        .filter(|(_, line, _)| line.starts_with('#'))
        .map(|(_, line, _)| slug(line.trim_start_matches('#').trim()))
        .collect()
}

#[test]
fn commands_are_cut_as_a_shell_cuts_them() {
    assert_eq!(words("coranto new \"First things\"  # a file"), ["coranto", "new", "First things"]);
    assert_eq!(words("coranto check && coranto serve"), ["coranto", "check"]);
    assert_eq!(unfold("src/{a,b}.rs"), ["src/a.rs", "src/b.rs"]);
    assert!(headings("## Who is to blame?\n").contains("who-is-to-blame"));
}
