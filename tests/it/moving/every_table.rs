//! Rows for every table that the schema has, whatever they mean: NULL, limits, empty and foreign texts, and references that
//! hold. Knows columns by what the catalogue says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use coranto::store::transfer::catalogue::{ColumnKind, TableShape, tables};
use coranto::store::{Db, migrate};
use sqlx::{AssertSqlSafe, Row as _};

use crate::harness::database::SqlitePlace;

/// Texts that one engine or another way of writing might take for something else.
const TEXTS: &[&str] = &[
    "", "x", "O'Brien \"and\" `co`", "\\N", "\\x00ff", "line\nline\r\n\ttab\u{8}\u{c}", "🗓️ 👩‍👩‍👧‍👦", "e\u{301}é",
    "مرحبا \u{202e}abc", "暦は合意ではない", "$1 ? :a @b %s {}", "NULL", " ends with a space ",
    "\u{feff}\u{200b}\u{ffff}",
];

/// What the schema says beside the catalogue of the program: it is read from an SQLite database of its own.
pub(super) struct Schema {
    pub(super) tables: Vec<TableShape>,
    /// Columns that may be NULL, as `table.column`.
    nullable: BTreeSet<String>,
    /// Columns of which no two rows have the same, by themselves or with others.
    distinct: BTreeSet<String>,
    /// Where a column points to.
    references: BTreeMap<String, (String, String)>,
    /// The words that a column may have.
    words: BTreeMap<String, Vec<String>>,
    /// Tables of one row.
    single: BTreeSet<String>,
}

impl Schema {
    /// Of the schema on `db`, whose kinds of columns count.
    pub(super) async fn of(db: &Db) -> Self {
        let place = SqlitePlace::new();
        let plain = Db::open(&place.url()).await.unwrap();
        migrate::run(&plain).await.unwrap();
        let mut schema = Self {
            tables: tables(&mut db.read().await.unwrap()).await.unwrap(),
            nullable: BTreeSet::new(),
            distinct: BTreeSet::new(),
            references: BTreeMap::new(),
            words: BTreeMap::new(),
            single: BTreeSet::new(),
        };
        let Db::Sqlite { writer, .. } = &plain else { unreachable!() };
        for table in &schema.tables {
            let name = &table.name;
            let columns = "SELECT name, \"notnull\", pk FROM pragma_table_info($1)";
            for row in sqlx::query(columns).bind(name).fetch_all(writer).await.unwrap() {
                let (column, not_null, key): (String, bool, i64) = (row.get(0), row.get(1), row.get(2));
                match not_null || key > 0 {
                    true if key > 0 => schema.distinct.insert(format!("{name}.{column}")),
                    true => false,
                    false => schema.nullable.insert(format!("{name}.{column}")),
                };
            }
            let unique = "SELECT c.name FROM pragma_index_list($1) i, pragma_index_info(i.name) c WHERE i.\"unique\"";
            for row in sqlx::query(unique).bind(name).fetch_all(writer).await.unwrap() {
                let column: Option<String> = row.get(0);
                schema.distinct.insert(format!("{name}.{}", column.unwrap_or_default()));
            }
            let references = "SELECT \"from\", \"table\", COALESCE(\"to\", 'id') FROM pragma_foreign_key_list($1)";
            for row in sqlx::query(references).bind(name).fetch_all(writer).await.unwrap() {
                schema.references.insert(format!("{name}.{}", row.get::<String, _>(0)), (row.get(1), row.get(2)));
            }
            let text = "SELECT sql FROM sqlite_schema WHERE name = $1";
            let text: String = sqlx::query_scalar(text).bind(name).fetch_one(writer).await.unwrap();
            for check in text.split("CHECK (").skip(1) {
                if check.starts_with("id = 1") {
                    schema.single.insert(name.clone());
                }
                let Some((column, list)) = check.split_once(" IN (") else { continue };
                let list = list.split(')').next().unwrap();
                let words = list.split(',').map(|word| word.trim().trim_matches('\'').to_owned()).collect();
                if !column.contains(')') {
                    schema.words.insert(format!("{name}.{column}"), words);
                }
            }
        }
        plain.close().await;
        assert!(
            schema.words.len() > 5 && schema.references.len() > 10 && schema.single.len() == 2,
            "{:?}",
            schema.single
        );
        schema
    }
}

/// Numbers by splitmix64: the same for the same seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.throw() % most
    }
}

/// Puts `rows` rows into every table of a database that has none. `kinds` is the schema as PostgreSQL has it, which alone
/// tells a boolean from a number.
pub(super) async fn fill(db: &Db, kinds: &Schema, rows: usize, seed: u64) {
    let mut dice = Dice(seed);
    // What each table's keys are, as they stand in a statement.
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for table in &kinds.tables {
        let number = if kinds.single.contains(&table.name) { 1 } else { rows };
        let names: Vec<_> = table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let mut text = String::new();
        for row in 0..number {
            let mut values = Vec::with_capacity(names.len());
            for column in &table.columns {
                let name = format!("{}.{}", table.name, column.name);
                let value = match kinds.references.get(&name) {
                    Some((parent, field)) => {
                        let there = &keys[&format!("{parent}.{field}")];
                        there[row % there.len()].clone()
                    }
                    None if kinds.single.contains(&table.name) && column.name == "id" => "1".to_owned(),
                    None => value(db, kinds, &name, column.kind, row, &mut dice),
                };
                keys.entry(name).or_default().push(value.clone());
                values.push(value);
            }
            writeln!(text, "INSERT INTO {} ({}) VALUES ({});", table.name, names.join(", "), values.join(", "))
                .unwrap();
        }
        execute(db, text).await;
    }
    // From before there were marks.
    for table in ["subscriptions", "consents", "requests"] {
        execute(db, format!("UPDATE {table} SET mark = NULL WHERE id IN (SELECT id FROM {table} ORDER BY id LIMIT 9)"))
            .await;
    }
}

fn value(db: &Db, kinds: &Schema, name: &str, kind: ColumnKind, row: usize, dice: &mut Dice) -> String {
    let is_distinct = kinds.distinct.contains(name);
    if let Some(words) = kinds.words.get(name) {
        let at = if is_distinct { row % words.len() } else { usize::try_from(dice.below(words.len() as u64)).unwrap() };
        return format!("'{}'", words[at]);
    }
    if kinds.nullable.contains(name) && dice.below(4) == 0 {
        return "NULL".to_owned();
    }
    match kind {
        ColumnKind::Boolean if db.is_sqlite() => dice.below(2).to_string(),
        ColumnKind::Boolean => (dice.below(2) == 1).to_string(),
        // A count below nothing is refused.
        ColumnKind::Integer if name == "relay_counts.taken" => (i64::MAX - row as i64).to_string(),
        // Signs of life are added up, and there is a next number.
        ColumnKind::Integer if name == "workers.pulse" || name.ends_with(".id") => (row as i64 * 7 + 1).to_string(),
        ColumnKind::Integer => match dice.below(8) {
            // PostgreSQL reads the smallest number as the negative of one that is too large.
            0 if !is_distinct => format!("({} - 1)", i64::MIN + 1),
            1 => (i64::MAX - row as i64).to_string(),
            2 if !is_distinct => "0".to_owned(),
            3 => (-1 - row as i64).to_string(),
            _ => (row as i64 * 7 + 1).to_string(),
        },
        ColumnKind::Real => format!("{}.5", row as i64 - 3),
        ColumnKind::Text => {
            let text = TEXTS[usize::try_from(dice.below(TEXTS.len() as u64)).unwrap()];
            let end = if is_distinct { row.to_string() } else { String::new() };
            let times = if dice.below(50) == 0 { 2000 } else { 1 };
            format!("'{}{end}'", text.replace('\'', "''").repeat(times))
        }
        ColumnKind::Bytes => {
            let length = if is_distinct { 8 } else { dice.below(40) };
            let mut digits: String = (0..length).map(|_| format!("{:02x}", dice.below(256))).collect();
            if is_distinct {
                write!(digits, "{row:08x}").unwrap();
            }
            if db.is_sqlite() { format!("x'{digits}'") } else { format!("'\\x{digits}'::bytea") }
        }
    }
}

pub(super) async fn execute(db: &Db, text: String) {
    match db {
        Db::Sqlite { writer, .. } => {
            sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; {text}; COMMIT"))).execute(writer).await.unwrap();
        }
        Db::Postgres(pool, _) => {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(pool).await.unwrap();
        }
    }
}

/// Every row as a text that SQLite itself makes of it: the program's own way to read has no part in it.
pub(super) async fn texts(db: &Db, tables: &[TableShape]) -> BTreeMap<String, Vec<String>> {
    let Db::Sqlite { writer, .. } = db else { panic!("an SQLite file was to be read") };
    let mut found = BTreeMap::new();
    for table in tables {
        let values: Vec<_> = table.columns.iter().map(|column| format!("quote(\"{}\")", column.name)).collect();
        let text = format!("SELECT {} FROM {} ORDER BY 1", values.join(" || ', ' || "), table.name);
        let rows = sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(writer).await.unwrap();
        found.insert(table.name.clone(), rows);
    }
    found
}
