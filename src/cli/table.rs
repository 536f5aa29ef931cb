//! Tables for people: aligned by what letters take on a screen, cut to its width. Knows no command.

use unicode_width::UnicodeWidthStr as _;

use super::text::printable;

const GAP: usize = 2;
/// No column is cut below this.
const WIDTH_MIN: usize = 8;

/// Rows under a line of headings.
#[derive(Clone, Debug)]
pub struct Table {
    headings: Vec<&'static str>,
    /// Whether each column is of numbers, which stand to the right.
    numbers: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows. A heading that begins with `>` is one of numbers.
    pub fn new(headings: &[&'static str]) -> Self {
        Self {
            headings: headings.iter().map(|heading| heading.trim_start_matches('>')).collect(),
            numbers: headings.iter().map(|heading| heading.starts_with('>')).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row with a cell for each heading.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.headings.len(), "a cell for each heading");
        self.rows.push(cells.iter().map(|cell| printable(cell)).collect());
    }

    /// The table without a column.
    pub fn without(mut self, heading: &str) -> Self {
        if let Some(column) = self.headings.iter().position(|known| *known == heading) {
            self.headings.remove(column);
            self.numbers.remove(column);
            self.rows.iter_mut().for_each(|row| drop(row.remove(column)));
        }
        self
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, no wider than `width` where that can be done by cutting the widest columns.
    pub(super) fn render(&self, width: Option<usize>, heading: impl Fn(&str) -> String) -> String {
        let widths = self.widths(width);
        let headings: Vec<String> = self.headings.iter().map(|text| (*text).to_owned()).collect();
        let mut text = heading(&self.line(&headings, &widths));
        text.push('\n');
        for row in &self.rows {
            text.push_str(&self.line(row, &widths));
            text.push('\n');
        }
        text
    }

    fn widths(&self, width: Option<usize>) -> Vec<usize> {
        let widest = |column: usize| self.rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        let mut widths: Vec<usize> =
            self.headings.iter().enumerate().map(|(column, heading)| heading.width().max(widest(column))).collect();
        let Some(most) = width else { return widths };
        let room = most.saturating_sub(GAP * widths.len().saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let Some(widest) = widths.iter_mut().max() else { break };
            if *widest <= WIDTH_MIN {
                break;
            }
            *widest -= 1;
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let cell = cut(cell, *width);
            let space = " ".repeat(width - cell.width().min(*width));
            if column > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            if self.numbers[column] {
                line.push_str(&space);
            }
            line.push_str(&cell);
            if !self.numbers[column] {
                line.push_str(&space);
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// `text` in at most `width` columns, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if kept.width() + 1 > width {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["ADDRESS", ">SENT", "TITLE"]);
        table.row(["anna@example.org".into(), "7".into(), "The calendar is not an agreement".into()]);
        table.row(["b@x.org".into(), "12000".into(), "暦は合意ではない".into()]);
        table
    }

    #[test]
    fn columns_align_by_what_is_seen() {
        insta::assert_snapshot!(table().render(None, str::to_owned), @"
        ADDRESS            SENT  TITLE
        anna@example.org      7  The calendar is not an agreement
        b@x.org           12000  暦は合意ではない
        ");
    }

    #[test]
    fn a_narrow_terminal_cuts_the_widest() {
        let text = table().render(Some(40), str::to_owned);
        assert!(text.lines().all(|line| line.width() <= 40), "{text}");
        insta::assert_snapshot!(text, @"
        ADDRESS            SENT  TITLE
        anna@example.org      7  The calendar i…
        b@x.org           12000  暦は合意ではな…
        ");
    }
}
