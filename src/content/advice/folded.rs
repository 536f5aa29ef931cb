//! One line for each kind of hint: a list of eighty is not read. Knows no rule.

use crate::content::problem::Problem;

/// Hints that come in numbers, and say the same each time.
const FOLDED: &[&str] = &[
    "alt-file-name", "alt-missing", "capitals", "field-empty", "heading-empty", "html", "html-dropped", "html-unknown",
    "image-size", "image-svg", "link-empty", "link-generic", "link-mismatch", "link-shortener", "link-unfollowed",
    "link-user", "markup-shown", "note-unused", "placeholder", "quotes",
];
/// Lines that are named; more help nobody.
const LINES_MAX: usize = 8;

/// Keeps the first hint of each kind, which says how many more there are and where. Errors stay, each by itself.
pub fn fold(problems: Vec<Problem>) -> Vec<Problem> {
    let mut kept: Vec<(Problem, Vec<usize>)> = Vec::with_capacity(problems.len());
    for problem in problems {
        let folds = !problem.is_error() && FOLDED.contains(&problem.code);
        let first = kept.iter_mut().find(|(first, _)| folds && !first.is_error() && first.code == problem.code);
        match first {
            Some((_, lines)) => lines.push(problem.line),
            None => kept.push((problem, Vec::new())),
        }
    }
    kept.into_iter().map(|(problem, lines)| told(problem, &lines)).collect()
}

fn told(mut problem: Problem, lines: &[usize]) -> Problem {
    let mut named = lines.to_vec();
    named.dedup();
    let more = named.len() > LINES_MAX;
    named.truncate(LINES_MAX);
    let named = named.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let rest = if more { "..." } else { "" };
    let line = if named.contains(',') { "lines" } else { "line" };
    if !lines.is_empty() {
        problem.message.push_str(&format!(" ({} more: {line} {named}{rest})", lines.len()));
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::problem::Position;

    #[test]
    fn a_kind_has_one_line() {
        let hint = |line, code| Problem::warning(Position { line, column: 1 }, code, "a");
        let error = |line| Problem::error(Position { line, column: 1 }, "placeholder", "e");
        let told =
            |problems| fold(problems).iter().map(|p: &Problem| format!("{} {}", p.line, p.message)).collect::<Vec<_>>();
        assert_eq!(told(vec![hint(1, "html"), hint(2, "unknown-key"), hint(3, "unknown-key")]), ["1 a", "2 a", "3 a"]);
        assert_eq!(told(vec![hint(1, "html"), hint(1, "html")]), ["1 a (1 more: line 1)"]);
        assert_eq!(
            told(vec![error(1), error(2), hint(3, "placeholder"), hint(5, "placeholder"), hint(5, "placeholder")]),
            ["1 e", "2 e", "3 a (2 more: line 5)"]
        );
        let many = (1..=12).map(|line| hint(line, "html")).collect();
        assert_eq!(told(many), ["1 a (11 more: lines 2, 3, 4, 5, 6, 7, 8, 9...)"]);
    }
}
