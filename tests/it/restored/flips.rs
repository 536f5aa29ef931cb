//! A backup that was changed, by whomever: not one bit of it unnoticed.

use std::fs;
use std::io::Cursor;

use coranto::backup::unpack;

use crate::harness::database::{Fresh, on_sqlite};

use super::scene::Scene;

const FLIPS: usize = 200;

#[test]
fn every_changed_bit_is_found() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 50).await;
        scene.command(&["backup", "b.tar.gz"]);
        let whole = fs::read(scene.home.path().join("b.tar.gz")).unwrap();
        let is_whole = async |bytes: Vec<u8>| {
            let home = tempfile::tempdir().unwrap();
            unpack(Cursor::new(bytes), home.path()).await.is_ok_and(|unpacked| unpacked.faults.is_empty())
        };
        assert!(is_whole(whole.clone()).await);
        let bits = whole.len() * 8;
        // Spread over the file, and every bit at its two ends.
        let spread = (0..FLIPS).map(|number| bits / FLIPS * number + number % 8);
        for bit in spread.chain(0..64).chain(bits - 64..bits) {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_whole(changed).await, "bit {bit} of {bits}");
        }
        for cut in [0, 1, 100, whole.len() / 2, whole.len() - 101, whole.len() - 1] {
            assert!(!is_whole(whole[..cut].to_vec()).await, "cut at {cut}");
        }
        // And the command says so.
        let mut changed = whole.clone();
        changed[whole.len() / 2] ^= 1;
        fs::write(scene.home.path().join("bad.tar.gz"), changed).unwrap();
        let ended = scene.run(&["backup", "--verify", "bad.tar.gz"]);
        assert_eq!(ended.status.code(), Some(3), "{ended:?}");
        let ended = scene.run(&["restore", "bad.tar.gz", "--replace"]);
        assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    });
}

/// Names that would lead out of the folder become no path.
#[test]
fn a_made_up_archive_writes_nowhere_else() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 2).await;
        let outside = scene.home.path().join("outside");
        for name in ["../outside", "config/templates/../../../outside", "state/witness.1", "keys/other"] {
            let manifest = serde_json::json!({
                "format": 1, "program": "x", "schema": 1, "installation": null, "generation": null, "taken_at": "",
                "engine": "sqlite", "tables": {}, "keys": [], "left_out": [],
                "files": [{ "name": name, "bytes": 1, "mode": 420, "sha256": "" }],
            });
            let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
            for (name, bytes) in [("manifest.json", manifest.to_string().into_bytes()), (name, b"x".to_vec())] {
                let mut header = tar::Header::new_gnu();
                header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
                header.set_size(bytes.len() as u64);
                header.set_mode(0o600);
                header.set_entry_type(tar::EntryType::Regular);
                header.set_cksum();
                archive.append(&header, &bytes[..]).unwrap();
            }
            let bytes = archive.into_inner().unwrap().finish().unwrap();
            // Behind it stands what a seal's length would be.
            let error = unpack(Cursor::new([bytes, vec![0; 100]].concat()), scene.home.path()).await.unwrap_err();
            assert!(error.to_string().contains("is no file that a backup has"), "{name}: {error}");
            assert!(!outside.exists());
        }
    });
}
