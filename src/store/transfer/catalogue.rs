//! What tables there are, with their columns, their keys and what they refer to, as the database itself says it.

use std::collections::BTreeMap;

use crate::store::{Result, StoreError, Tx};

/// What belongs to the database and not to what is in it.
const APART: [&str; 4] = ["_sqlx_migrations", "schema", "copies", "copy_progress"];

/// What both engines keep, and how PostgreSQL calls it. A boolean is a number of 0 or 1 on SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Integer,
    Boolean,
    Real,
    Text,
    Bytes,
}

impl ColumnKind {
    fn parse(declared: &str) -> Option<Self> {
        Some(match declared.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => Self::Integer,
            "boolean" => Self::Boolean,
            "real" | "double precision" => Self::Real,
            "text" => Self::Text,
            "blob" | "bytea" => Self::Bytes,
            _ => return None,
        })
    }

    /// The same for kinds that one value of either engine fits into.
    fn class(self) -> Self {
        match self {
            Self::Boolean => Self::Integer,
            kind => kind,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnShape {
    pub name: String,
    pub kind: ColumnKind,
}

/// A table, with its columns by name: the engines have them in different orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableShape {
    pub name: String,
    pub columns: Vec<ColumnShape>,
    /// Which of the columns are the primary key, in its order.
    pub key: Vec<usize>,
}

impl TableShape {
    /// How it differs from the same table of another database, if it does.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let classes = |table: &Self| -> Vec<_> {
            table.columns.iter().map(|column| (column.name.clone(), column.kind.class())).collect()
        };
        if self.name != other.name || classes(self) != classes(other) {
            return Some(format!("the columns of {} and {} are not the same", self.name, other.name));
        }
        (self.key != other.key).then(|| format!("the key of {} is not the same", self.name))
    }

    /// The columns as a list for a statement.
    pub(super) fn columns_list(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }
}

/// A name of the catalogue as it may stand in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Every table that has rows of ours, each after those that it refers to. One that refers to itself has its rows in the
/// order of their keys.
pub async fn tables(tx: &mut Tx) -> Result<Vec<TableShape>> {
    let (columns, references) = match tx.is_sqlite() {
        true => (SQLITE_COLUMNS, SQLITE_REFERENCES),
        false => (POSTGRES_COLUMNS, POSTGRES_REFERENCES),
    };
    let rows: Vec<(String, String, String, i64)> = tx.sql(columns).fetch_all().await?;
    let references: Vec<(String, String)> = tx.sql(references).fetch_all().await?;
    let mut shapes: BTreeMap<String, (TableShape, Vec<(i64, String)>)> = BTreeMap::new();
    for (table, column, declared, place) in rows.into_iter().filter(|(table, ..)| !APART.contains(&table.as_str())) {
        let kind = ColumnKind::parse(&declared)
            .ok_or_else(|| StoreError::Schema(format!("{table}.{column} is of the type {declared}")))?;
        let (shape, key) = shapes
            .entry(table.clone())
            .or_insert_with(|| (TableShape { name: table, columns: Vec::new(), key: Vec::new() }, Vec::new()));
        if place > 0 {
            key.push((place, column.clone()));
        }
        shape.columns.push(ColumnShape { name: column, kind });
    }
    let mut found = Vec::with_capacity(shapes.len());
    for (mut shape, mut key) in shapes.into_values() {
        shape.columns.sort_by(|a, b| a.name.cmp(&b.name));
        key.sort();
        let place_of = |name: &str| shape.columns.iter().position(|column| column.name == name);
        shape.key = key.iter().filter_map(|(_, name)| place_of(name)).collect();
        if shape.key.is_empty() {
            return Err(StoreError::Schema(format!("{} has no primary key", shape.name)));
        }
        found.push(shape);
    }
    in_order(found, &references)
}

/// A table stands behind every other that it refers to.
fn in_order(mut left: Vec<TableShape>, references: &[(String, String)]) -> Result<Vec<TableShape>> {
    let mut ordered: Vec<TableShape> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_waiting = |table: &TableShape| {
            let needs = references.iter().filter(|(from, to)| *from == table.name && to != from);
            needs.into_iter().any(|(_, to)| !ordered.iter().any(|there| there.name == *to))
        };
        let (waiting, ready): (Vec<_>, Vec<_>) = left.into_iter().partition(is_waiting);
        if ready.is_empty() {
            let names: Vec<_> = waiting.into_iter().map(|table| table.name).collect();
            return Err(StoreError::Schema(format!("{} refer to each other in a circle", names.join(", "))));
        }
        ordered.extend(ready);
        left = waiting;
    }
    Ok(ordered)
}

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

const SQLITE_REFERENCES: &str = "SELECT t.name, f.\"table\" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
    WHERE t.type = 'table'";

const POSTGRES_COLUMNS: &str =
    "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), format_type(a.atttypid, a.atttypmod),
            COALESCE((SELECT k.place FROM pg_index i, unnest(CAST(i.indkey AS INT2[])) WITH ORDINALITY k (field, place)
                      WHERE i.indrelid = c.oid AND i.indisprimary AND k.field = a.attnum), 0)
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p')
       AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

const POSTGRES_REFERENCES: &str = "SELECT CAST(c.relname AS TEXT), CAST(f.relname AS TEXT)
     FROM pg_constraint x JOIN pg_class c ON c.oid = x.conrelid JOIN pg_class f ON f.oid = x.confrelid
     WHERE x.contype = 'f'
       AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> TableShape {
        TableShape { name: name.to_owned(), columns: Vec::new(), key: Vec::new() }
    }

    #[test]
    fn a_table_comes_after_what_it_refers_to() {
        let references: Vec<_> =
            [("a", "c"), ("c", "b"), ("b", "b")].map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let order = in_order(vec![table("a"), table("b"), table("c"), table("d")], &references).unwrap();
        assert_eq!(order.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["b", "d", "c", "a"]);
        let circle: Vec<_> = [("a", "b"), ("b", "a")].map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let error = in_order(vec![table("a"), table("b")], &circle).unwrap_err();
        assert!(error.to_string().contains("a, b refer to each other in a circle"), "{error}");
    }

    #[test]
    fn a_name_of_the_catalogue_is_no_text_of_a_statement() {
        assert_eq!(quoted("a\"b; --"), "\"a\"\"b; --\"");
    }
}
