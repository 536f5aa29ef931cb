//! A comment says what its item does not: no line that repeats a name, no code that only a list elsewhere explains.

use std::collections::BTreeSet;

use super::source::words;
use super::{Wrong, rust_files};

/// Words that say nothing of an item by themselves.
const EMPTY_WORDS: &str = "a an and are as at be been by for from has have in is it its of on one or that the their them \
                           they this to was which with";

/// Short of a reason to raise it, this stays nothing: a comment is deleted, or says more.
const REPEATS_MAX: usize = 0;

#[test]
fn comments_do_not_repeat_their_item() {
    let empty: BTreeSet<String> = EMPTY_WORDS.split_whitespace().flat_map(parts).collect();
    let (mut looked, mut repeats) = (0, Vec::new());
    for file in rust_files(&["src"]) {
        let lines: Vec<&str> = file.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(said) = doc(line).filter(|_| is_alone(&lines, at)) else { continue };
            looked += 1;
            let item = lines[at + 1..].iter().find(|line| !line.trim_start().starts_with("#[")).copied().unwrap_or("");
            let named: BTreeSet<String> = words(item).flat_map(|(_, name)| parts(name)).collect();
            let says = words(said).flat_map(|(_, word)| parts(word));
            if says.into_iter().all(|word| empty.contains(&word) || named.contains(&word)) {
                repeats.push((file.path.clone(), at + 1, said.to_owned()));
            }
        }
    }
    assert!(looked > 3000, "only {looked} comments of one line were found");
    if repeats.len() > REPEATS_MAX {
        let mut wrong = Wrong::default();
        for (path, line, said) in &repeats {
            wrong.add(path, *line, &format!("{said:?} repeats its item: delete it, or say why"));
        }
        wrong.assert_none();
    }
}

/// A sentence is understood where it is read; the number of a case needs the list.
#[test]
fn tests_are_named_by_sentences() {
    let mut wrong = Wrong::default();
    for file in rust_files(&["src", "tests"]) {
        for (at, line) in file.text.lines().enumerate() {
            let Some(name) = line.trim_start().trim_start_matches("async ").strip_prefix("fn ") else { continue };
            let mut parts = name.split('_');
            let is_code = parts.next().is_some_and(|first| first.len() == 2)
                && parts.next().is_some_and(|number| number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()));
            if is_code {
                wrong.add(&file.path, at + 1, "a test's name is a sentence, not the number of a case");
            }
        }
    }
    wrong.assert_none();
}

fn doc(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("/// ")
}

fn is_alone(lines: &[&str], at: usize) -> bool {
    let is_doc = |line: Option<&&str>| line.is_some_and(|line| line.trim_start().starts_with("///"));
    !is_doc(lines.get(at + 1)) && !is_doc(at.checked_sub(1).and_then(|before| lines.get(before)))
}

/// The words of a name in any case, without the ending of a plural.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && was_lower) {
            parts.push(String::new());
        }
        was_lower = c.is_lowercase();
        if c != '_' {
            parts.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.into_iter().map(|part| part.strip_suffix('s').map(str::to_owned).unwrap_or(part)).collect()
}
