//! Files and folders that their owner alone can read, whatever the umask: what holds addresses, mails or keys. Knows
//! nothing of newsletters.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use tempfile::TempDir;

/// What such a file is made with.
pub const FILE_MODE: u32 = 0o600;
#[cfg(unix)]
const SHARED_MODE: u32 = 0o640;
const FOLDER_MODE: u32 = 0o700;

/// Opens a file as `options` say, made private where it is made.
pub fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, FILE_MODE);
    options.open(path)
}

/// Makes an empty file in the place of whatever is there. One that was there becomes private too.
pub fn create(path: &Path) -> io::Result<File> {
    let file = open(path, OpenOptions::new().write(true).create(true).truncate(true))?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(FILE_MODE))?;
    Ok(file)
}

/// Makes a folder and those above it, where they are missing. One that is there stays as it is.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path)
}

/// Makes a folder in `within` that goes with the value.
pub fn staging(within: &Path, prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(FOLDER_MODE));
    builder.tempdir_in(within)
}

/// Lets the group of its folder read what root made in a folder of root's, where that group is not root's own: the
/// settings of a service, which the service reads and cannot change.
#[cfg(unix)]
pub fn share_with_service(path: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) else { return Ok(()) };
    let folder = folder.metadata()?;
    if folder.uid() != 0 || folder.gid() == 0 || file.metadata()?.uid() != 0 {
        return Ok(());
    }
    fchown(file, None, Some(folder.gid()))?;
    file.set_permissions(std::fs::Permissions::from_mode(SHARED_MODE))
}

/// Makes durable that a file is in its folder under its name.
pub fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_made_is_its_owners_alone() {
        let home = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let below = home.path().join("a/b");
        folder(&below).unwrap();
        folder(&below).unwrap();
        assert_eq!((mode(&home.path().join("a")), mode(&below)), (0o700, 0o700));
        let passing = staging(&below, ".x-").unwrap();
        assert_eq!(mode(passing.path()), 0o700);
        let file = below.join("x");
        std::fs::write(&file, "open to all").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        create(&file).unwrap().write_all(b"private").unwrap();
        assert_eq!((mode(&file), std::fs::read_to_string(&file).unwrap().as_str()), (0o600, "private"));
        let line = below.join("y");
        open(&line, OpenOptions::new().append(true).create(true)).unwrap();
        assert_eq!(mode(&line), 0o600);
    }
}
