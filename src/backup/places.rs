//! Which file of an installation has which name in a backup. Names are made here alone, so that no name leads anywhere
//! else; what is put back goes where the configuration says.

use std::path::{Component, Path, PathBuf};

/// The manifest, which is the first entry.
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const DATABASE: &str = "database.sqlite";
pub(super) const CONFIG: &str = "config/coranto.toml";
pub(super) const KEY: &str = "keys/secret.key";
pub(super) const JOURNAL: &str = "state/unsubscribes";

/// A file or folder of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPlace {
    /// In the backup: its name, or that of the folder with a `/` behind it.
    pub name: String,
    /// In the installation.
    pub path: PathBuf,
}

impl BackupPlace {
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// The places that settings name, each given by its key and path; and the keys of settings that name a file which is no
/// part of a backup: passwords, certificates.
pub fn named_by(settings: &[(String, PathBuf)]) -> (Vec<BackupPlace>, Vec<String>) {
    let (mut places, mut left_out): (Vec<BackupPlace>, _) = (Vec::new(), Vec::new());
    for (key, path) in settings {
        match name_of(key) {
            // Two newsletters may share a folder.
            Some(_) if places.iter().any(|place| place.path == *path) => {}
            Some(name) => places.push(BackupPlace { name, path: path.clone() }),
            None if key.ends_with("_file") => left_out.push(key.clone()),
            None => {}
        }
    }
    (places, left_out)
}

fn name_of(key: &str) -> Option<String> {
    let parts: Vec<&str> = key.split('.').collect();
    Some(match parts[..] {
        ["secret_key_file"] => KEY.to_owned(),
        ["newsletters", slug, "dkim", "key_file"] => format!("keys/dkim/{slug}.pem"),
        ["newsletters", slug, "dkim", number, "key_file"] => format!("keys/dkim/{slug}.{number}.pem"),
        ["templates"] => "config/templates/".to_owned(),
        ["newsletters", slug, "issues"] => format!("config/issues/{slug}/"),
        ["newsletters", slug, "design", "logo"] => format!("config/logos/{slug}"),
        ["newsletters", slug, "about"] => format!("config/about/{slug}"),
        ["newsletters", slug, "privacy"] => format!("config/privacy/{slug}"),
        ["signup", "disposable_domains"] => "config/disposable_domains".to_owned(),
        _ => return None,
    })
}

/// Whether an entry may have this name: a known one, and no part of it leads out of its folder.
pub(super) fn is_known(name: &str) -> bool {
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':']);
    if name.chars().any(char::is_control) || !name.split('/').all(is_plain) {
        return false;
    }
    let is_path = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let parts: Vec<&str> = name.split('/').collect();
    is_path
        && match parts[..] {
            ["keys", "dkim", _] | ["config", "logos" | "about" | "privacy", _] => true,
            ["config", "templates", _, ..] | ["config", "issues", _, _, ..] => true,
            _ => [DATABASE, CONFIG, KEY, JOURNAL, "config/disposable_domains"].contains(&name),
        }
}

/// Where an entry belongs, by the settings of the installation that it is put into.
pub(super) fn place_of(name: &str, places: &[BackupPlace]) -> Option<PathBuf> {
    places.iter().find_map(|place| match place.is_folder() {
        true => name.strip_prefix(&place.name).map(|rest| place.path.join(rest)),
        false => (name == place.name).then(|| place.path.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for name in [
            "", "/", "/etc/passwd", "../x", "config/../../x", "config/templates/../../../x", "config/templates/",
            "config/templates//x", "config/templates/./x", "config/issues/week", "config/issues/../x", "C:\\x",
            "config/templates/a\\b", "config/templates/a\nb", "config/templates/.hidden", "keys/dkim/..", "keys/x",
            "keys/dkim/a/b", "config/logos/a/b", "state/witness.1", "manifest.json", "database.sqlite/x", "config",
        ] {
            assert!(!is_known(name), "{name}");
        }
        for name in [
            DATABASE, CONFIG, KEY, JOURNAL, "keys/dkim/week.pem", "config/templates/issue.html",
            "config/templates/deep/er/x", "config/issues/week/2026-01-02-a.md", "config/logos/week",
        ] {
            assert!(is_known(name), "{name}");
        }
    }

    #[test]
    fn what_is_put_back_goes_where_the_settings_say() {
        let settings = [
            ("secret_key_file", "/a/secret.key"),
            ("templates", "/a/templates"),
            ("newsletters.week.issues", "/b/issues"),
            ("newsletters.day.issues", "/b/issues"),
            ("newsletters.week.dkim.0.key_file", "/c/0.pem"),
            ("relays.main.password_file", "/a/password"),
            ("server.state", "/a/state"),
        ];
        let settings: Vec<_> = settings.iter().map(|(key, path)| ((*key).to_owned(), PathBuf::from(path))).collect();
        let (places, left_out) = named_by(&settings);
        assert_eq!(left_out, ["relays.main.password_file"]);
        for (name, path) in [
            (KEY, Some("/a/secret.key")),
            ("config/templates/x/y", Some("/a/templates/x/y")),
            ("config/issues/week/a.md", Some("/b/issues/a.md")),
            ("keys/dkim/week.0.pem", Some("/c/0.pem")),
            ("config/issues/day/a.md", None),
            ("config/logos/week", None),
        ] {
            assert_eq!(place_of(name, &places), path.map(PathBuf::from), "{name}");
        }
    }
}
