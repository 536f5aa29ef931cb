//! A row in one form that neither engine has a say in: what is hashed, kept between reading and writing, and remembered of
//! the last key.
//!
//! Each value is one byte that says what it is, and then: nothing for NULL; 8 bytes, the first the highest, of an integer
//! or of the bits of a number; for texts and bytes 8 bytes of length and then as many.

use aws_lc_rs::digest::{SHA256, digest};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, FromRow, Postgres, Row, Sqlite, TypeInfo as _, ValueRef as _};

use super::catalogue::ColumnKind;
use crate::store::{Result, StoreError};

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BYTES: u8 = 4;

/// One value of a row, borrowed from its form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowValue<'r> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'r str),
    Bytes(&'r [u8]),
}

/// A row in the form above, its values in the order in which they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncodedRow(Vec<u8>);

impl EncodedRow {
    pub fn push(&mut self, value: RowValue<'_>) {
        let long = |form: &mut Vec<u8>, kind: u8, bytes: &[u8]| {
            form.push(kind);
            form.extend((bytes.len() as u64).to_be_bytes());
            form.extend(bytes);
        };
        match value {
            RowValue::Null => self.0.push(NULL),
            RowValue::Integer(number) => {
                self.0.push(INTEGER);
                self.0.extend(number.to_be_bytes());
            }
            RowValue::Real(number) => {
                self.0.push(REAL);
                self.0.extend(number.to_bits().to_be_bytes());
            }
            RowValue::Text(text) => long(&mut self.0, TEXT, text.as_bytes()),
            RowValue::Bytes(bytes) => long(&mut self.0, BYTES, bytes),
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first 8 bytes of the form's SHA-256. A table's sum is that of its rows, modulo 2^64: it depends on no order.
    pub fn sum(&self) -> u64 {
        let hash = digest(&SHA256, &self.0);
        hash.as_ref().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }
}

/// Takes a row apart; one that was cut short is refused.
pub fn values(mut form: &[u8]) -> Result<Vec<RowValue<'_>>> {
    let mut found = Vec::new();
    while let Some((kind, rest)) = form.split_first() {
        if *kind == NULL {
            found.push(RowValue::Null);
            form = rest;
            continue;
        }
        let (head, rest) = rest.split_first_chunk::<8>().ok_or_else(cut_short)?;
        let (value, rest) = match *kind {
            INTEGER => (RowValue::Integer(i64::from_be_bytes(*head)), rest),
            REAL => (RowValue::Real(f64::from_bits(u64::from_be_bytes(*head))), rest),
            TEXT | BYTES => {
                let length = usize::try_from(u64::from_be_bytes(*head)).map_err(|_| cut_short())?;
                let (bytes, rest) = rest.split_at_checked(length).ok_or_else(cut_short)?;
                let text = |bytes| std::str::from_utf8(bytes).map_err(|_| cut_short());
                (if *kind == TEXT { RowValue::Text(text(bytes)?) } else { RowValue::Bytes(bytes) }, rest)
            }
            _ => return Err(cut_short()),
        };
        found.push(value);
        form = rest;
    }
    Ok(found)
}

fn cut_short() -> StoreError {
    StoreError::Schema("what is kept of a copied row cannot be read".to_owned())
}

/// The error of a value that cannot be read, with its column.
fn unread(column: usize, source: sqlx::error::BoxDynError) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_string(), source }
}

impl<'r> FromRow<'r, SqliteRow> for EncodedRow {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let mut encoded = Self::default();
        for column in 0..row.len() {
            let raw = row.try_get_raw(column)?;
            if raw.is_null() {
                encoded.push(RowValue::Null);
                continue;
            }
            let kind = raw.type_info().name().to_owned();
            let failed = |error| unread(column, error);
            match kind.as_str() {
                "INTEGER" => {
                    encoded.push(RowValue::Integer(<i64 as Decode<Sqlite>>::decode(raw).map_err(failed)?));
                }
                "REAL" => encoded.push(RowValue::Real(<f64 as Decode<Sqlite>>::decode(raw).map_err(failed)?)),
                "TEXT" => encoded.push(RowValue::Text(<&str as Decode<Sqlite>>::decode(raw).map_err(failed)?)),
                "BLOB" => encoded.push(RowValue::Bytes(<&[u8] as Decode<Sqlite>>::decode(raw).map_err(failed)?)),
                other => return Err(unread(column, format!("a value of the kind {other}").into())),
            }
        }
        Ok(encoded)
    }
}

impl<'r> FromRow<'r, PgRow> for EncodedRow {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        let mut encoded = Self::default();
        for column in 0..row.len() {
            let raw = row.try_get_raw(column)?;
            if raw.is_null() {
                encoded.push(RowValue::Null);
                continue;
            }
            let kind = raw.type_info().name().to_owned();
            let failed = |error| unread(column, error);
            match kind.as_str() {
                "INT8" => encoded.push(RowValue::Integer(<i64 as Decode<Postgres>>::decode(raw).map_err(failed)?)),
                "BOOL" => {
                    let number = <bool as Decode<Postgres>>::decode(raw).map_err(failed)?;
                    encoded.push(RowValue::Integer(i64::from(number)));
                }
                "FLOAT8" => encoded.push(RowValue::Real(<f64 as Decode<Postgres>>::decode(raw).map_err(failed)?)),
                "TEXT" => encoded.push(RowValue::Text(<&str as Decode<Postgres>>::decode(raw).map_err(failed)?)),
                "BYTEA" => encoded.push(RowValue::Bytes(<&[u8] as Decode<Postgres>>::decode(raw).map_err(failed)?)),
                other => return Err(unread(column, format!("a value of the kind {other}").into())),
            }
        }
        Ok(encoded)
    }
}

/// What PostgreSQL's binary `COPY` begins with: its signature, no flags, no extension.
pub(super) const COPY_HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
pub(super) const COPY_END: [u8; 2] = [0xff, 0xff];

/// Adds a value as PostgreSQL's binary `COPY` has it. Returns why PostgreSQL cannot keep it, if it cannot.
pub(super) fn push_field(
    out: &mut Vec<u8>,
    kind: ColumnKind,
    value: RowValue<'_>,
) -> std::result::Result<(), &'static str> {
    let mut field = |bytes: &[u8]| {
        let length = i32::try_from(bytes.len()).map_err(|_| "it has more than 2 GiB")?;
        out.extend(length.to_be_bytes());
        out.extend(bytes);
        Ok(())
    };
    match (kind, value) {
        (_, RowValue::Null) => {
            out.extend((-1_i32).to_be_bytes());
            Ok(())
        }
        (ColumnKind::Integer, RowValue::Integer(number)) => field(&number.to_be_bytes()),
        (ColumnKind::Boolean, RowValue::Integer(number @ (0 | 1))) => field(&[u8::from(number == 1)]),
        (ColumnKind::Boolean, _) => Err("it is neither true nor false"),
        (ColumnKind::Real, RowValue::Real(number)) => field(&number.to_bits().to_be_bytes()),
        (ColumnKind::Text, RowValue::Text(text)) if text.contains('\0') => Err("the text has a NUL character"),
        (ColumnKind::Text, RowValue::Text(text)) => field(text.as_bytes()),
        (ColumnKind::Bytes, RowValue::Bytes(bytes)) => field(bytes),
        _ => Err("it is of another kind than its column"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_from_its_form() {
        let given = [
            RowValue::Null,
            RowValue::Integer(i64::MIN),
            RowValue::Integer(i64::MAX),
            RowValue::Real(-0.0),
            RowValue::Text(""),
            RowValue::Text("暦🗓️ n'est pas\n\\N\t"),
            RowValue::Bytes(b""),
            RowValue::Bytes(&[0, 255, 1]),
        ];
        let mut row = EncodedRow::default();
        given.iter().for_each(|value| row.push(*value));
        assert_eq!(values(row.as_bytes()).unwrap(), given);
        let whole = row.as_bytes();
        assert!(values(&whole[..whole.len() - 1]).is_err(), "it is cut short");
        assert!(values(&[9, 0, 0, 0, 0, 0, 0, 0, 0]).is_err(), "there is no such kind");
    }

    #[test]
    fn rows_that_differ_in_anything_have_different_sums() {
        let rows: Vec<Vec<RowValue<'_>>> = vec![
            vec![RowValue::Null, RowValue::Text("")],
            vec![RowValue::Text(""), RowValue::Null],
            vec![RowValue::Text(""), RowValue::Text("")],
            vec![RowValue::Bytes(b""), RowValue::Text("")],
            vec![RowValue::Text("ab"), RowValue::Text("c")],
            vec![RowValue::Text("a"), RowValue::Text("bc")],
            vec![RowValue::Integer(0), RowValue::Text("")],
            vec![RowValue::Real(0.0), RowValue::Text("")],
        ];
        let sum = |row: &Vec<RowValue<'_>>| {
            let mut encoded = EncodedRow::default();
            row.iter().for_each(|value| encoded.push(*value));
            encoded.sum()
        };
        let sums: std::collections::BTreeSet<u64> = rows.iter().map(sum).collect();
        assert_eq!(sums.len(), rows.len());
        // SHA-256 of nothing (FIPS 180-4) begins so: what is written down is the same for ever.
        assert_eq!(EncodedRow::default().sum(), 0xe3b0_c442_98fc_1c14);
    }

    #[test]
    fn what_postgresql_cannot_keep_is_said() {
        let mut out = Vec::new();
        for (kind, value) in [
            (ColumnKind::Boolean, RowValue::Integer(2)),
            (ColumnKind::Text, RowValue::Text("a\0b")),
            (ColumnKind::Integer, RowValue::Text("1")),
        ] {
            push_field(&mut out, kind, value).unwrap_err();
        }
        assert!(out.is_empty());
        push_field(&mut out, ColumnKind::Boolean, RowValue::Integer(1)).unwrap();
        assert_eq!(out, [0, 0, 0, 1, 1]);
    }
}
