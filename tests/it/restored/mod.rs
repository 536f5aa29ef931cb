//! A copy of the database is put back behind the program's back. Knows the program from outside.

mod noticed;
pub(crate) mod scene;
