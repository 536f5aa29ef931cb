//! Which files an issue may show: those beside it and below its folder, and no others by any way.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use coranto::images::{Folder, ImageCache, ImageError};
use tempfile::TempDir;

use super::png;

/// A folder of issues with a picture, and one outside of it.
fn place() -> (TempDir, Folder) {
    let place = tempfile::tempdir().unwrap();
    let issues = place.path().join("issues");
    fs::create_dir_all(issues.join("2026/charts")).unwrap();
    for name in ["issues/own.png", "issues/2026/beside.png", "issues/2026/charts/below.png", "secret.png"] {
        fs::write(place.path().join(name), png(8, 8)).unwrap();
    }
    let folder = Folder::of(&issues.join("2026/2026-11-27-a-note.md"), &issues);
    (place, folder)
}

#[test]
fn images_lie_beside_the_issue_or_elsewhere_in_its_folder() {
    let (_place, folder) = place();
    let gallery = ImageCache::default();
    for name in ["beside.png", "./beside.png", "charts/below.png", "../own.png"] {
        assert!(gallery.image(&folder, name).is_ok(), "{name}");
    }
    assert_eq!(gallery.image(&folder, "none.png"), Err(ImageError::Missing));
    assert_eq!(gallery.image(&folder, "beside.png/x"), Err(ImageError::Missing));
}

#[test]
fn no_way_leads_out_of_the_folder() {
    let (place, folder) = place();
    let gallery = ImageCache::default();
    let (issues, secret) = (place.path().join("issues"), place.path().join("secret.png"));
    symlink(&secret, issues.join("2026/link.png")).unwrap();
    symlink(place.path(), issues.join("2026/door")).unwrap();
    symlink("../own.png", issues.join("2026/inside.png")).unwrap();
    let whole = secret.to_str().unwrap();
    for name in ["../../secret.png", "link.png", "door/secret.png", whole, "charts/../../../secret.png", "a\0b"] {
        assert_eq!(gallery.image(&folder, name), Err(ImageError::Outside), "{name:?}");
    }
    assert!(gallery.image(&folder, "inside.png").is_ok(), "a link within the folder is a file like others");
}

#[test]
fn an_issue_elsewhere_has_its_own_folder_alone() {
    let (place, _) = place();
    let folder = Folder::of(&place.path().join("draft.md"), &place.path().join("issues"));
    let gallery = ImageCache::default();
    assert!(gallery.image(&folder, "secret.png").is_ok());
    assert!(gallery.image(&folder, "issues/own.png").is_ok());
    assert_eq!(gallery.image(&folder, "../own.png"), Err(ImageError::Missing));
    let nowhere = Folder::of(Path::new("/nowhere/at/all.md"), Path::new("/nowhere"));
    assert_eq!(gallery.image(&nowhere, "own.png"), Err(ImageError::Missing));
}

#[test]
fn what_is_no_file_is_not_opened() {
    let (place, folder) = place();
    let pipe = place.path().join("issues/2026/pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for name in ["pipe.png", "charts"] {
        assert!(matches!(ImageCache::default().image(&folder, name), Err(ImageError::NotAnImage(_))), "{name}");
    }
}

#[test]
fn a_file_is_prepared_once_until_it_changes() {
    let (place, folder) = place();
    let gallery = ImageCache::default();
    let first = gallery.image(&folder, "beside.png").unwrap();
    assert!(Arc::ptr_eq(&first, &gallery.image(&folder, "beside.png").unwrap()));
    fs::write(place.path().join("issues/2026/beside.png"), png(9, 9)).unwrap();
    assert_eq!(gallery.image(&folder, "beside.png").unwrap().width, 9);
}
