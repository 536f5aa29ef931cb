//! Mails where people keep them: a file, a folder of files, a Maildir, an mbox, standard input. Reads, and changes nothing.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// More of a mail than is ever looked at.
const KEPT_MAX: usize = 512 * 1024;

/// One mail of an archive.
#[derive(Debug)]
pub struct Kept<'a> {
    /// The file that it is in; `-` is standard input.
    pub path: &'a Path,
    /// Which of the file's mails it is, from 1.
    pub number: usize,
    /// Its beginning.
    pub bytes: &'a [u8],
}

/// Hands every mail at `path` to `take`, in order.
pub fn each<E: From<io::Error>>(path: &Path, take: &mut impl FnMut(Kept<'_>) -> Result<(), E>) -> Result<(), E> {
    if path.as_os_str() == "-" {
        return each_in(path, io::stdin().lock(), take);
    }
    if !path.is_dir() {
        return each_in(path, BufReader::new(File::open(path)?), take);
    }
    // A Maildir's `tmp` holds what is not whole yet.
    let is_maildir = path.join("new").is_dir() && path.join("cur").is_dir();
    let folders = if is_maildir { vec![path.join("new"), path.join("cur")] } else { vec![path.to_owned()] };
    for file in folders.iter().map(|folder| files(folder)).collect::<io::Result<Vec<_>>>()?.into_iter().flatten() {
        each_in(&file, BufReader::new(File::open(&file)?), take)?;
    }
    Ok(())
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if entry.path().is_file() && !is_hidden {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// An mbox begins with `From `, and so does each mail in it after a blank line; anything else is one mail.
fn each_in<E: From<io::Error>>(
    path: &Path,
    mut from: impl BufRead,
    take: &mut impl FnMut(Kept<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut line = Vec::new();
    next_line(&mut from, &mut line)?;
    if !line.starts_with(b"From ") {
        let mut mail = std::mem::take(&mut line);
        from.take(KEPT_MAX as u64).read_to_end(&mut mail)?;
        return take(Kept { path, number: 1, bytes: &mail });
    }
    let mut mail = Vec::new();
    let (mut number, mut after_blank) = (1, false);
    while next_line(&mut from, &mut line)? {
        if after_blank && line.starts_with(b"From ") {
            take(Kept { path, number, bytes: &mail })?;
            number += 1;
            mail.clear();
        } else if mail.len() < KEPT_MAX {
            // `>From ` at the head of a line was `From `.
            let quoted = line.iter().take_while(|byte| **byte == b'>').count();
            let is_escaped = quoted > 0 && line[quoted..].starts_with(b"From ");
            mail.extend_from_slice(&line[usize::from(is_escaped)..]);
        }
        after_blank = line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
    }
    take(Kept { path, number, bytes: &mail })
}

/// The next line up to a bound; a longer one comes in pieces. False at the end.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    from.by_ref().take(KEPT_MAX as u64).read_until(b'\n', line)?;
    Ok(!line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(path: &Path) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        each::<io::Error>(path, &mut |kept| {
            found.push((kept.number, String::from_utf8_lossy(kept.bytes).into_owned()));
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn a_file_is_one_mail_and_an_mbox_many() {
        let folder = tempfile::tempdir().unwrap();
        let mbox = folder.path().join("box");
        fs::write(&mbox, "From a Mon\nA: 1\n\nText\nFrom here on\n>From there\n\nFrom b Tue\nB: 2\n\n").unwrap();
        let first = "A: 1\n\nText\nFrom here on\nFrom there\n\n";
        assert_eq!(all(&mbox), [(1, first.to_owned()), (2, "B: 2\n\n".to_owned())]);
        let one = folder.path().join("one");
        fs::write(&one, "A: 1\n\nFrom here\n\nFrom there\n").unwrap();
        assert_eq!(all(&one).len(), 1);
    }

    #[test]
    fn a_maildir_is_read_without_what_is_not_whole() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("new/1", "A: 1\n"), ("cur/2", "B: 2\n"), ("tmp/3", "C: 3\n")] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(all(folder.path()), [(1, "A: 1\n".to_owned()), (1, "B: 2\n".to_owned())]);
    }
}
