//! Lists of readers come in from elsewhere. Owns the steps: look at the files, ask what only a person can know, say what
//! would be done, do it, and take it back.
//!
//! A list says what another program knew, perhaps long ago. So it never brings back who left or must not be mailed;
//! but that someone left, or must not be mailed, it may say. Of two statements about one person the stronger holds,
//! whatever the order of rows and files.

mod answers;
mod candidate;
mod cells;
mod commit;
mod error;
mod lines;
mod meaning;
mod names;
mod outcome;
mod people;
mod plan;
mod records;
mod rows;
mod sources;
mod standing;
mod survey;
mod suspicion;
mod table;
mod times;
mod undo;
mod vendor;

use std::io::Read;
use std::path::PathBuf;

use self::answers::key_of;
use self::meaning::Meaning;
use self::rows::Rows;
use self::sources::Sources;
use self::standing::Standing;
use self::survey::Survey;
use self::table::ImportTable;

pub use answers::{Answers, ColumnQuestion, ColumnValue};
pub use candidate::Import;
pub use commit::{AGREED_FROM, import};
use data_encoding::HEXLOWER;
pub use error::{ImportError, Reason};
pub use outcome::{ImportStep, Imported, Rejected};
pub use times::DayOrder;
pub use undo::{UNDO_FOR, Undo, Undone, forget_imports, undo_import};

/// A file as it was understood.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Understood {
    pub file: String,
    /// Whose export it is, if that is known.
    pub from: Option<&'static str>,
    /// How many rows it has.
    pub rows: u64,
    /// Where everybody in it stands at least, when that is not active.
    pub everyone: Option<&'static str>,
    /// What each column was taken for.
    pub columns: Vec<ColumnMeaning>,
}

/// A column and what it was taken for.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ColumnMeaning {
    pub column: String,
    pub taken_for: String,
}

/// Files that were looked at.
#[derive(Debug)]
pub struct ImportFiles {
    sources: Sources,
    tables: Vec<ImportTable>,
    answers: Answers,
    digest: String,
    questions: Vec<ColumnQuestion>,
}

impl ImportFiles {
    /// Looks at the files behind `paths`: lists, folders, archives; `-` is standard input. Reads them once, and waits for
    /// them: not for an asynchronous task.
    pub fn look(paths: &[PathBuf], answers: Answers) -> Result<Self, ImportError> {
        let mut list = Self {
            sources: Sources::find(paths)?,
            tables: Vec::new(),
            answers,
            digest: String::new(),
            questions: Vec::new(),
        };
        list.survey()?;
        Ok(list)
    }

    /// The same files with other answers.
    pub fn again(self, answers: Answers) -> Result<Self, ImportError> {
        let mut list = Self { answers, tables: Vec::new(), questions: Vec::new(), ..self };
        list.survey()?;
        Ok(list)
    }

    fn survey(&mut self) -> Result<(), ImportError> {
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        let mut last = None;
        let mut surveyed = Vec::new();
        for (number, source) in self.sources.files.iter().enumerate() {
            let looked = source.read(|input| look_at(&mut Digested { input, digest: &mut digest }, &self.answers));
            let finished = looked.and_then(|survey| {
                survey.finish(number, &source.name, source.stem(), self.answers.from, &self.answers)
            });
            match finished {
                Ok(found) => surveyed.push(found),
                // In a folder or an archive it may be something else.
                Err(error) if source.is_found && error.is_of_the_file() => {
                    self.sources.others.push(source.name.clone());
                    last = Some(error);
                }
                Err(error) => return Err(error.of_file(&source.name)),
            }
        }
        // Where one file of an archive is known for a list of readers, others with addresses in them are none.
        let found = |table: &ImportTable| self.sources.files[table.source].is_found;
        if surveyed.iter().any(|(table, _)| found(table) && table.vendor.is_some()) {
            let (kept, others) =
                surveyed.into_iter().partition(|(table, _): &(ImportTable, _)| !found(table) || table.vendor.is_some());
            self.sources.others.extend(Vec::into_iter(others).map(|(table, _)| table.name));
            surveyed = kept;
        }
        if surveyed.is_empty() {
            return Err(last.unwrap_or(ImportError::Empty));
        }
        for (table, questions) in surveyed {
            self.tables.push(table);
            self.questions.extend(questions);
        }
        for (name, ..) in &self.answers.columns {
            let mut columns = self.tables.iter().flat_map(|table| &table.columns);
            if !columns.any(|column| key_of(&column.name) == *name) {
                return Err(ImportError::NoSuchColumn { name: name.clone() });
            }
        }
        self.digest = HEXLOWER.encode(digest.finish().as_ref());
        Ok(())
    }

    /// What must be said before anything can be done.
    pub fn questions(&self) -> &[ColumnQuestion] {
        &self.questions
    }

    /// What was said so far.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// Files that are not read.
    pub fn others(&self) -> &[String] {
        &self.sources.others
    }

    /// What the files were taken for.
    pub fn understood(&self) -> Vec<Understood> {
        let is_open = |table: &ImportTable, column: &str| {
            self.questions.iter().any(|question| question.file == table.name && question.column == column)
        };
        let told = |table: &ImportTable| Understood {
            file: table.name.clone(),
            from: table.vendor.map(|vendor| vendor.name),
            rows: table.rows,
            everyone: Some(table.everyone).filter(|everyone| *everyone != Standing::Active).map(Standing::as_str),
            columns: table
                .columns
                .iter()
                .enumerate()
                .map(|(at, column)| ColumnMeaning {
                    column: column.name.clone(),
                    taken_for: match &column.meaning {
                        _ if is_open(table, &column.name) => "? nobody has said what it is".to_owned(),
                        Meaning::Email if table.emails.first() != Some(&at) => {
                            "the address, where there is no other".to_owned()
                        }
                        meaning => meaning.told(),
                    },
                })
                .collect(),
        };
        self.tables.iter().map(told).collect()
    }

    /// What the files do not say, and where it is to be found.
    pub fn missing(&self) -> Vec<&'static str> {
        let says = |table: &&ImportTable| table.says_standing() || table.everyone != Standing::Active;
        let mut missing: Vec<&str> = Vec::new();
        let nobody_left = self.tables.iter().all(|table| table.everyone == Standing::Active);
        for table in &self.tables {
            match table.vendor {
                Some(vendor) if nobody_left => missing.extend(vendor.missing),
                _ => {}
            }
        }
        if missing.is_empty() && !self.tables.iter().any(|table| says(&table)) {
            missing.push(
                "Nothing in this list says who unsubscribed. If the program it comes from has such a list, import that too.",
            );
        }
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Whether these are people of whom nothing says that they asked for a newsletter.
    pub fn is_address_book(&self) -> bool {
        self.tables.iter().any(|table| table.vendor.is_some_and(|vendor| vendor.is_address_book))
    }

    /// The files' names, a line each.
    fn names(&self) -> String {
        self.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// Reads a file to its end, and counts what stands in it.
fn look_at(input: &mut dyn Read, answers: &Answers) -> Result<Survey, ImportError> {
    let is_email =
        |name: &str| answers.columns.iter().any(|(known, meaning, _)| known == name && *meaning == Meaning::Email);
    let (mut rows, header) = Rows::open(input, is_email)?;
    let mut survey = Survey::new(header, answers);
    while let Some(record) = rows.next()? {
        survey.look(record.fields.as_deref().ok());
    }
    Ok(survey)
}

/// A reader that keeps a digest of all that it read.
struct Digested<'r> {
    input: &'r mut dyn Read,
    digest: &'r mut aws_lc_rs::digest::Context,
}

impl Read for Digested<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(out)?;
        self.digest.update(&out[..count]);
        Ok(count)
    }
}
