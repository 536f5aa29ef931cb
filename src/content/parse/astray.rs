//! Tags amid words that are words after all, which only the whole paragraph tells. Without this a `<textarea>` that nobody
//! put between backticks would take the rest of the issue along.

use super::raw::unknown;
use super::reading::ParseState;
use crate::content::pasted;
use crate::content::tags::{TagAt, tags};
use crate::content::tree::{Block, Document, Inline};

/// Makes text of such tags, and says so.
pub(super) fn settle(document: &mut Document, reading: &mut ParseState<'_>) {
    for blocks in std::iter::once(&mut document.blocks).chain(&mut document.notes) {
        of_blocks(blocks, reading);
    }
}

fn of_blocks(blocks: &mut [Block], reading: &mut ParseState<'_>) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Plain(content) | Block::Heading { content, .. } => {
                of_run(content, reading)
            }
            Block::Quote(blocks) => of_blocks(blocks, reading),
            Block::List { items, .. } => items.iter_mut().for_each(|item| of_blocks(item, reading)),
            Block::Table(table) => {
                table.head.iter_mut().chain(table.rows.iter_mut().flatten()).for_each(|cell| of_run(cell, reading));
            }
            Block::Code(_) | Block::Rule | Block::Html { .. } => {}
        }
    }
}

fn of_run(content: &mut [Inline], reading: &mut ParseState<'_>) {
    let tag_of = |inline: &Inline| match inline {
        Inline::Html { html, .. } => Some(html.clone()),
        _ => None,
    };
    let written: Vec<(usize, String)> =
        content.iter().enumerate().filter_map(|(index, inline)| Some((index, tag_of(inline)?))).collect();
    let tags: Vec<(usize, TagAt<'_>)> =
        written.iter().filter_map(|(index, html)| Some((*index, tags(html).next()?))).collect();
    let (places, tags): (Vec<usize>, Vec<TagAt<'_>>) = tags.into_iter().unzip();
    for (index, _) in places.iter().zip(pasted::words_among(&tags)).filter(|(_, is_word)| *is_word) {
        let Inline::Html { html, at } = &content[*index] else { continue };
        let problem = unknown(html, reading.issue.place(*at));
        let is_same = |other: &crate::content::Problem| (other.line, other.column) == (problem.line, problem.column);
        match reading.problems.iter_mut().find(|other| other.code == "html-dropped" && is_same(other)) {
            Some(told) => *told = problem,
            None => reading.problem(problem),
        }
        content[*index] = Inline::Literal(html.clone());
    }
    for inline in content {
        if let Inline::Emphasis(content)
        | Inline::Strong(content)
        | Inline::Strike(content)
        | Inline::Link { content, .. } = inline
        {
            of_run(content, reading);
        }
    }
}
