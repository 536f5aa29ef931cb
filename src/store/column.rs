//! How domain types stand in columns, and how rows become structs. Domain types stay free of sqlx.
//!
//! One spelling per enum: the type's own `as_str` and `FromStr`. An unknown value read back fails naming its column.

use crate::clock::Timestamp;
use crate::domain::account::{AccountState, LinkKind, MemberRole, SignInMethod};
use crate::domain::address::EmailAddress;
use crate::domain::alarm::{AlarmName, Severity};
use crate::domain::cause::{Cause, Certainty};
use crate::domain::consent::ConsentKind;
use crate::domain::copying::CopyState;
use crate::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use crate::domain::evidence::Trouble;
use crate::domain::image::ImageFormat;
use crate::domain::import::{ImportDid, ImportState};
use crate::domain::issue::{IssueState, Visibility};
use crate::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use crate::domain::quota::Span;
use crate::domain::subscriber::{AskedBy, EndedBy, Format, RequestKind, SubscriptionState};
use crate::domain::suppression::SuppressionReason;
use crate::domain::{
    AccountId, ConsentId, DeliveryId, EntryId, ImportId, IssueId, NewsletterId, NoticeId, RequestId, RevisionId,
    SessionId, SubscriberId, SubscriptionId, SuspensionId, WorkerId,
};
use crate::token::{Fingerprint, Mark};

macro_rules! written_as_text {
    ($t:ty) => {
        impl<DB: sqlx::Database> sqlx::Type<DB> for $t
        where
            str: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as sqlx::Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <str as sqlx::Type<DB>>::compatible(ty)
            }
        }
        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $t
        where
            String: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buf: &mut DB::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                self.as_str().to_owned().encode(buf)
            }
        }
    };
}

macro_rules! text_columns { ($($t:ty),+ $(,)?) => {$(
    written_as_text!($t);
    impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $t where &'r str: sqlx::Decode<'r, DB> {
        fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
            Ok(<&str as sqlx::Decode<DB>>::decode(value)?.parse()?)
        }
    }
)+}}

written_as_text!(EmailAddress);
impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for EmailAddress
where
    &'r str: sqlx::Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        Ok(Self::stored(<&str as sqlx::Decode<DB>>::decode(value)?)?)
    }
}

macro_rules! integer_columns { ($($t:ident),+ $(,)?) => {$(
    impl<DB: sqlx::Database> sqlx::Type<DB> for $t where i64: sqlx::Type<DB> {
        fn type_info() -> DB::TypeInfo { <i64 as sqlx::Type<DB>>::type_info() }
        fn compatible(ty: &DB::TypeInfo) -> bool { <i64 as sqlx::Type<DB>>::compatible(ty) }
    }
    impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $t where i64: sqlx::Encode<'q, DB> {
        fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
            self.0.encode(buf)
        }
    }
    impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $t where i64: sqlx::Decode<'r, DB> {
        fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
            Ok($t(<i64 as sqlx::Decode<DB>>::decode(value)?))
        }
    }
)+}}

text_columns!(
    Cause, Certainty, Effect, NoticeEvidence, NoticeKind, NoticeSource, SubscriptionState, EndedBy, AskedBy,
    ImportState, ImportDid, Format, RequestKind, ConsentKind, SuppressionReason, ImageFormat, IssueState, Visibility,
    DeliveryState, DeliveryKind, Reason, Trouble, AlarmName, Severity, Span, CopyState, AccountState, LinkKind,
    MemberRole, SignInMethod
);
integer_columns!(
    Timestamp, Mark, Fingerprint, NewsletterId, SubscriberId, SubscriptionId, ConsentId, RequestId, ImportId, IssueId,
    RevisionId, DeliveryId, WorkerId, SuspensionId, NoticeId, AccountId, SessionId, EntryId
);

/// Declares a struct that is read from rows of both engines, each field from the column of its name.
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* pub $field:ident: $t:ty),+ $(,)? }) => {
        $(#[$doc])*
        pub struct $name { $($(#[$field_doc])* pub $field: $t),+ }
        impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: sqlx::Row::try_get(row, stringify!($field))?),+ })
            }
        }
        impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &'r sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: sqlx::Row::try_get(row, stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use record;

/// A statement with a list of numbers in it, bound as one JSON text made by [`json_list`]. `LIST` stands for the bind's
/// number in the text given: `listed!("... WHERE id IN ", 1, " AND ...")`. It is a lawful split: SQLite and PostgreSQL
/// unfold JSON with functions of different names, and one cached statement serves every length.
macro_rules! listed {
    ($before:expr, $bind:literal, $after:expr) => {
        $crate::store::db::Sql::Split {
            sqlite: concat!($before, "(SELECT value FROM json_each($", $bind, "))", $after),
            postgres: concat!(
                $before,
                "(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($",
                $bind,
                " AS JSON)))",
                $after
            ),
        }
    };
}
pub(crate) use listed;

/// The same with a list of words, made by [`json_words`].
macro_rules! worded {
    ($before:expr, $bind:literal, $after:expr) => {
        $crate::store::db::Sql::Split {
            sqlite: concat!($before, "(SELECT value FROM json_each($", $bind, "))", $after),
            postgres: concat!(
                $before,
                "(SELECT value FROM json_array_elements_text(CAST($",
                $bind,
                " AS JSON)))",
                $after
            ),
        }
    };
}
pub(crate) use worded;

/// A statement over rows that are bound as `$1`, one JSON text, and are called `r` in the text; `place` counts them. One text
/// for each row would cost a way to the driver and back. A column of `BYTES` is in hexadecimal digits.
macro_rules! over_rows {
    ($($name:ident $kind:ident),+; $text:literal) => {
        $crate::store::db::Sql::Split {
            sqlite: concat!(
                "WITH r AS (SELECT key AS place",
                $($crate::store::column::row_column!(sqlite $name $kind)),+,
                " FROM json_each($1)) ",
                $text
            ),
            postgres: concat!(
                "WITH r AS (SELECT place",
                $($crate::store::column::row_column!(postgres $name $kind)),+,
                " FROM json_to_recordset(CAST($1 AS JSON)) AS j (place BIGINT",
                $($crate::store::column::row_column!(typed $name $kind)),+,
                ")) ",
                $text
            ),
        }
    };
}
macro_rules! row_column {
    (sqlite $name:ident BYTES) => {
        concat!(", unhex(value ->> '", stringify!($name), "') AS ", stringify!($name))
    };
    (sqlite $name:ident $kind:ident) => {
        concat!(", value ->> '", stringify!($name), "' AS ", stringify!($name))
    };
    (postgres $name:ident BYTES) => {
        concat!(", decode(", stringify!($name), ", 'hex') AS ", stringify!($name))
    };
    (postgres $name:ident $kind:ident) => {
        concat!(", ", stringify!($name))
    };
    (typed $name:ident BYTES) => {
        concat!(", ", stringify!($name), " TEXT")
    };
    (typed $name:ident $kind:ident) => {
        concat!(", ", stringify!($name), " ", stringify!($kind))
    };
}
pub(crate) use {over_rows, row_column};

/// Spellings as the JSON text that `worded!` unfolds. They need no escapes.
pub(crate) fn json_words(words: impl IntoIterator<Item = &'static str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("\"{word}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// Numbers as the JSON text that `listed!` unfolds.
pub(crate) fn json_list(numbers: impl IntoIterator<Item = i64>) -> String {
    let mut text = String::from("[");
    for number in numbers {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&number.to_string());
    }
    text.push(']');
    text
}
