//! What an issue is rendered for. Knows no element.

/// What the HTML is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A mail: styles on every element, no places to jump to.
    Mail,
    /// A page with a style sheet of its own: headings have ids, footnotes are linked.
    Web,
}
