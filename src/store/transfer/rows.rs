//! The rows of one table, a slice at a time: read in the order of the key, and written as they are.

use futures_util::TryStreamExt as _;

use super::catalogue::{ColumnKind, TableShape, quoted};
use super::codec::{COPY_END, COPY_HEAD, EncodedRow, RowValue, push_field, values};
use crate::store::db::Statement;
use crate::store::{Result, StoreError, Tx};

/// A slice is one transaction where it is written.
const SLICE_ROWS_MAX: usize = 50_000;
/// Of the rows' forms: rows of texts and images are large, and a slice is held in memory.
const SLICE_BYTES_MAX: usize = 2 << 20;
/// How many rows are asked for before anything is known of their size.
const FIRST_ROWS: usize = 4;
/// PostgreSQL is handed its rows in pieces of this size.
const PIECE_BYTES: usize = 256 << 10;
/// SQLite takes at most this many values in one statement (SQLITE_MAX_VARIABLE_NUMBER).
const VALUES_MAX: usize = 32_766;
/// More rows in one statement are no faster. What is left of a slice goes by the smaller numbers: each has one statement,
/// which the connection keeps, and a statement for 200 rows takes half a megabyte there.
const STATEMENT_ROWS: [usize; 3] = [256, 16, 1];

/// Some rows of a table, in the order of its key.
#[derive(Debug, Default)]
pub struct RowSlice {
    forms: Vec<u8>,
    ends: Vec<usize>,
    /// The sum of the rows' sums, modulo 2^64.
    pub sum: u64,
    /// The form of the last row's key.
    pub last_key: Option<Vec<u8>>,
}

impl RowSlice {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn push(&mut self, row: &EncodedRow) {
        self.sum = self.sum.wrapping_add(row.sum());
        self.forms.extend(row.as_bytes());
        self.ends.push(self.forms.len());
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.forms[start..*end])
    }
}

/// How far a table has been read.
#[derive(Debug)]
pub struct TableReader<'t> {
    table: &'t TableShape,
    after: Option<Vec<u8>>,
    /// Bytes of a row's form, on the average of the last slice.
    average: Option<usize>,
}

impl<'t> TableReader<'t> {
    /// Begins behind the row with the key `after`, or at the first.
    pub fn new(table: &'t TableShape, after: Option<Vec<u8>>) -> Self {
        Self { table, after, average: None }
    }

    /// The next rows; none are left when the slice is empty.
    pub async fn next_slice(&mut self, tx: &mut Tx) -> Result<RowSlice> {
        let mut slice = RowSlice::default();
        while slice.len() < SLICE_ROWS_MAX && slice.forms.len() < SLICE_BYTES_MAX {
            let room = (SLICE_BYTES_MAX - slice.forms.len()) / self.average.unwrap_or(SLICE_BYTES_MAX / FIRST_ROWS);
            let wanted = room.clamp(1, SLICE_ROWS_MAX - slice.len());
            let is_last = self.read(tx, wanted, &mut slice).await?;
            if !slice.is_empty() {
                self.average = Some((slice.forms.len() / slice.len()).max(1));
            }
            if is_last {
                break;
            }
        }
        slice.last_key.clone_from(&self.after);
        Ok(slice)
    }

    /// Adds at most `wanted` rows, fewer where they are larger than those before. Returns whether the table has no more.
    async fn read(&mut self, tx: &mut Tx, wanted: usize, slice: &mut RowSlice) -> Result<bool> {
        let after = self.after.take();
        let key = after.as_deref().map(values).transpose()?;
        let text = self.statement(tx.is_sqlite(), key.is_some());
        let mut statement = tx.composed(text);
        for value in key.iter().flatten() {
            statement = bind(statement, *value);
        }
        // Not in the text: every number would be a statement of its own, which the connection keeps.
        let statement = statement.bind(i64::try_from(wanted).unwrap_or(i64::MAX));
        let (mut read, mut last) = (0, None);
        let mut rows = statement.stream::<EncodedRow>();
        while slice.forms.len() < SLICE_BYTES_MAX {
            let Some(row) = rows.try_next().await? else { break };
            slice.push(&row);
            read += 1;
            last = Some(row);
        }
        drop(rows);
        self.after = match last {
            None => after,
            Some(row) => {
                let values = values(row.as_bytes())?;
                let mut key = EncodedRow::default();
                for place in &self.table.key {
                    key.push(*values.get(*place).ok_or_else(|| StoreError::Schema(self.table.name.clone()))?);
                }
                Some(key.as_bytes().to_vec())
            }
        };
        Ok(read < wanted && slice.forms.len() < SLICE_BYTES_MAX)
    }

    fn statement(&self, is_sqlite: bool, has_key: bool) -> String {
        let columns = self.table.key.iter().map(|place| &self.table.columns[*place]);
        // A key in the order of bytes is in the same order on both.
        let key: Vec<_> = columns
            .map(|column| match column.kind {
                ColumnKind::Text if !is_sqlite => format!("{} COLLATE \"C\"", quoted(&column.name)),
                _ => quoted(&column.name),
            })
            .collect();
        let after: Vec<_> = (1..=key.len()).map(|number| format!("${number}")).collect();
        let limit = if has_key { key.len() + 1 } else { 1 };
        let key = key.join(", ");
        let behind = if has_key { format!(" WHERE ({key}) > ({})", after.join(", ")) } else { String::new() };
        format!(
            "SELECT {} FROM {}{behind} ORDER BY {key} LIMIT ${limit}",
            self.table.columns_list(),
            quoted(&self.table.name)
        )
    }
}

fn bind<'t>(statement: Statement<'t>, value: RowValue<'_>) -> Statement<'t> {
    match value {
        RowValue::Null => statement.bind(None::<i64>),
        RowValue::Integer(number) => statement.bind(number),
        RowValue::Real(number) => statement.bind(number),
        RowValue::Text(text) => statement.bind(text.to_owned()),
        RowValue::Bytes(bytes) => statement.bind(bytes.to_vec()),
    }
}

/// Whether the table has no row.
pub async fn is_empty(tx: &mut Tx, table: &TableShape) -> Result<bool> {
    let text = format!("SELECT EXISTS (SELECT 1 FROM {})", quoted(&table.name));
    let (has_rows,): (bool,) = tx.composed(text).fetch_one().await?;
    Ok(!has_rows)
}

/// Takes at most `rows` rows away, whichever they are. Returns how many there were.
pub async fn clear(tx: &mut Tx, table: &TableShape, rows: u32) -> Result<u64> {
    let name = quoted(&table.name);
    let key: Vec<_> = table.key.iter().map(|place| quoted(&table.columns[*place].name)).collect();
    let key = key.join(", ");
    let text = format!("DELETE FROM {name} WHERE ({key}) IN (SELECT {key} FROM {name} LIMIT {rows})");
    tx.composed(text).execute().await
}

/// Writes the rows as they are, numbers and marks included.
pub async fn write(tx: &mut Tx, table: &TableShape, slice: &RowSlice) -> Result<()> {
    match tx {
        Tx::Sqlite(..) => write_sqlite(tx, table, slice).await,
        Tx::Postgres(connection, _) => {
            let text = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(&table.name), table.columns_list());
            let mut copying = connection.copy_in_raw(&text).await?;
            let mut piece = COPY_HEAD.to_vec();
            for row in slice.rows() {
                if let Err(error) = push_row(&mut piece, table, row) {
                    copying.abort("a row cannot be kept").await?;
                    return Err(error);
                }
                if piece.len() >= PIECE_BYTES {
                    copying.send(piece.as_slice()).await?;
                    piece.clear();
                }
            }
            piece.extend(COPY_END);
            copying.send(piece.as_slice()).await?;
            copying.finish().await?;
            Ok(())
        }
    }
}

fn push_row(out: &mut Vec<u8>, table: &TableShape, row: &[u8]) -> Result<()> {
    let number = i16::try_from(table.columns.len()).map_err(|_| StoreError::Schema(table.name.clone()))?;
    out.extend(number.to_be_bytes());
    for (column, value) in table.columns.iter().zip(values(row)?) {
        push_field(out, column.kind, value).map_err(|why| StoreError::Unstorable {
            table: table.name.clone(),
            column: column.name.clone(),
            engine: "PostgreSQL",
            why,
        })?;
    }
    Ok(())
}

/// In one transaction with the rows: triggers would give marks to rows from before there were marks, which have none.
async fn write_sqlite(tx: &mut Tx, table: &TableShape, slice: &RowSlice) -> Result<()> {
    let triggers: Vec<(String, String)> = tx
        .sql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = $1 ORDER BY name")
        .bind(table.name.as_str())
        .fetch_all()
        .await?;
    for (name, _) in &triggers {
        tx.composed(format!("DROP TRIGGER {}", quoted(name))).execute().await?;
    }
    let columns = table.columns.len();
    let rows: Vec<_> = slice.rows().collect();
    let mut rest = &rows[..];
    while !rest.is_empty() {
        let fits = |number: &usize| *number <= rest.len() && number * columns <= VALUES_MAX;
        let number = STATEMENT_ROWS.into_iter().find(fits).unwrap_or(1);
        let (some, others) = rest.split_at(number);
        rest = others;
        let mut statement = tx.composed(insert(table, number));
        for row in some {
            for (column, value) in table.columns.iter().zip(values(row)?) {
                if matches!(value, RowValue::Real(number) if number.is_nan()) {
                    let (table, column) = (table.name.clone(), column.name.clone());
                    return Err(StoreError::Unstorable { table, column, engine: "SQLite", why: "it is no number" });
                }
                statement = bind(statement, value);
            }
        }
        statement.execute().await?;
    }
    for (_, text) in triggers {
        tx.composed(text).execute().await?;
    }
    Ok(())
}

fn insert(table: &TableShape, rows: usize) -> String {
    let row = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let rows = vec![row; rows].join(", ");
    format!("INSERT INTO {} ({}) VALUES {rows}", quoted(&table.name), table.columns_list())
}
