//! Parts and a recipient to bytes. Pure: no I/O; knows no Markdown, no relay, no database.
