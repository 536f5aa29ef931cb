//! Where the ledger is kept. Knows the two spellings, not how to connect.

use std::fmt;
use std::path::Path;

use super::reader::ValueRefusal;

/// `sqlite://FILE` or `postgres://...`; prints itself without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Checks `text`; a relative SQLite file is put into `folder`.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, (String, Option<String>)> {
        let hint = || Some("write sqlite://coranto.db, or postgres://user@host/name".to_owned());
        if let Some(file) = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            let wrong = |why: &str| -> ValueRefusal { (why.to_owned(), hint()) };
            return match file {
                "" => Err(wrong("the database has no file")),
                ":memory:" => Err(wrong("a database in memory forgets who left")),
                _ => match folder.join(file).to_str() {
                    // The driver reads these letters as in a URL.
                    Some(path) if !path.contains(['?', '#', '%']) => Ok(Self(format!("sqlite://{path}"))),
                    _ => Err(wrong("the path of a database file has no ?, # or % in it, and is UTF-8")),
                },
            };
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            // Not repeated: who mistypes the scheme may have typed a password behind it.
            return Err(("it begins neither with sqlite:// nor with postgres://".to_owned(), hint()));
        }
        match url::Url::parse(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(error) => Err((format!("it is not a URL: {error}"), hint())),
        }
    }

    /// The whole of it, for the one place that connects.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file, when it is SQLite.
    pub fn sqlite_file(&self) -> Option<&Path> {
        self.0.strip_prefix("sqlite://").map(Path::new)
    }
}

/// `text` without what might be a password in it.
pub(super) fn masked(text: &str) -> String {
    if !text.contains("://") || text.starts_with("sqlite:") {
        return text.to_owned();
    }
    let Ok(mut url) = url::Url::parse(text) else { return "***".to_owned() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".to_owned();
    }
    if url.query().is_some() {
        url.set_query(Some("***"));
    }
    url.to_string()
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url = DatabaseUrl::parse("postgres://anna:hunter2@db/news?password=hunter3", Path::new("/srv")).unwrap();
        assert!(url.as_str().contains("hunter2"));
        assert_eq!(url.to_string(), "postgres://anna:***@db/news?***");
        assert_eq!(format!("{url:?}"), url.to_string());
        let error = DatabaseUrl::parse("mysql://anna:hunter2@db/news", Path::new("/srv")).unwrap_err();
        assert!(!error.0.contains("hunter2"));
    }

    #[test]
    fn a_relative_file_stays_beside_the_configuration() {
        let file = |text| DatabaseUrl::parse(text, Path::new("/srv/news")).unwrap().as_str().to_owned();
        assert_eq!(file("sqlite://coranto.db"), "sqlite:///srv/news/coranto.db");
        assert_eq!(file("sqlite:///var/lib/x.db"), "sqlite:///var/lib/x.db");
        assert!(DatabaseUrl::parse("sqlite://:memory:", Path::new("/")).is_err());
    }
}
