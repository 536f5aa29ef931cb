//! Whatever is done to a file, nobody who left becomes a reader and no reader becomes one who left.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use proptest::prelude::*;

use super::super::Answers;
use super::*;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// How a program writes who is there.
#[derive(Clone, Copy, Debug)]
enum Style {
    Status,
    UnsubscribedAt,
    Unsubscribed,
    OptedIn,
    Substack,
    Ghost,
    Brevo,
    TwoColumns,
}

const STYLES: [Style; 8] = [
    Style::Status,
    Style::UnsubscribedAt,
    Style::Unsubscribed,
    Style::OptedIn,
    Style::Substack,
    Style::Ghost,
    Style::Brevo,
    Style::TwoColumns,
];

impl Style {
    /// The columns beside the address and the name, and what they hold for somebody who left or reads.
    fn columns(self, left: bool, pick: usize) -> Vec<(&'static str, &'static str)> {
        let nothing = ["", "NULL", "\\N", "None", "nan", "-", "n/a", "0000-00-00 00:00:00"][pick % 8];
        let no = ["no", "false", "0", "N", "f", "Non", "nein", "FALSE"][pick % 8];
        let yes = ["yes", "true", "1", "Y", "t", "Oui", "ja", "TRUE"][pick % 8];
        let word = match left {
            true => ["unsubscribed", "Unsubscribed", "left", "opted out", "inactive", "bounced", "cleaned", "blocked"],
            false => ["active", "Subscribed", "enabled", "", "confirmed", "NULL", "Active", "subscribed"],
        }[pick % 8];
        let time = [
            "2024-01-02", "2024-01-02 03:04:05", "01/02/2024", "1704164645", "2 Jan 2024", "2024-01-02T03:04:05Z",
            "02.01.2024", "2024-01-02 15:04:05.1 +0100 CET",
        ][pick % 8];
        let when = if left { time } else { nothing };
        match self {
            Self::Status => vec![("status", word)],
            Self::UnsubscribedAt => vec![("unsubscribed_at", when)],
            Self::Unsubscribed => vec![("unsubscribed", if left { yes } else { [nothing, no][pick % 2] })],
            Self::OptedIn => vec![("opted_in", if left { no } else { yes })],
            Self::Substack => {
                vec![("active_subscription", no), ("plan", "other"), ("email_disabled", if left { yes } else { no })]
            }
            Self::Ghost => vec![
                ("subscribed_to_emails", if left { no } else { yes }),
                ("complimentary_plan", yes),
                ("deleted_at", nothing),
            ],
            Self::Brevo => vec![("EMAIL_BLACKLISTED", if left { yes } else { no }), ("SMS_BLACKLISTED", yes)],
            Self::TwoColumns => vec![
                ("status", if pick.is_multiple_of(2) { word } else { "active" }),
                ("unsub_time", if left && pick % 2 == 1 { time } else { when }),
            ],
        }
    }
}

/// What goes wrong with one row.
#[derive(Clone, Copy, Debug)]
enum Harm {
    None,
    /// A cell that is not needed is nonsense.
    Date,
    Language,
    /// A quotation mark is opened in the name and never closed.
    Quote,
    /// A comma that nobody quoted.
    Comma,
    /// The row ends behind so many cells.
    Cut(usize),
    /// A cell too many at the end.
    Surplus,
    Blanks,
    /// Bytes of no encoding in the name.
    Bytes,
    Nul,
    /// What says where they stand is nonsense.
    Standing,
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        6 => Just(Harm::None),
        1 => Just(Harm::Date),
        1 => Just(Harm::Language),
        1 => Just(Harm::Quote),
        1 => Just(Harm::Comma),
        1 => (1usize..4).prop_map(Harm::Cut),
        1 => Just(Harm::Surplus),
        1 => Just(Harm::Blanks),
        1 => Just(Harm::Bytes),
        1 => Just(Harm::Nul),
        1 => Just(Harm::Standing),
    ]
}

/// A row: whose, whether it says that they left, how it is spelt, what goes wrong with it.
type Said = (usize, bool, usize, Harm);

fn spelt(person: usize, pick: usize) -> String {
    match pick % 4 {
        0 => format!("r{person}@example.org"),
        1 => format!("R{person}@Example.ORG"),
        2 => format!("<r{person}@example.org>"),
        _ => format!("mailto:r{person}@example.org"),
    }
}

/// The file, with an unknown column at one of its places.
fn file(style: Style, rows: &[Said], unknown: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut header = vec!["email", "name"];
    header.extend(style.columns(false, 0).iter().map(|(name, _)| *name));
    header.extend(["created_at", "language"]);
    let place = 1 + unknown % header.len();
    header.insert(place, ["City", "Favourite tea", "Clicks", "客户"][unknown % 4]);
    text.extend(header.join(",").bytes());
    text.push(b'\n');
    for (person, left, pick, harm) in rows {
        let mut cells: Vec<Vec<u8>> =
            vec![spelt(*person, *pick).into(), ["Anna", "\"Berg, Bo\"", "NULL", "\"Cy\""][pick % 4].into()];
        cells.extend(style.columns(*left, *pick).iter().map(|(_, cell)| cell.as_bytes().to_vec()));
        cells.extend([b"2023-04-05".to_vec(), b"de".to_vec()]);
        let standing = 2..cells.len() - 2;
        match harm {
            Harm::Date => cells[standing.end] = b"yesterday".to_vec(),
            Harm::Language => cells[standing.end + 1] = b"English <b>".to_vec(),
            Harm::Quote => cells[1] = b"\"Anna".to_vec(),
            Harm::Comma => cells[1] = b"Smith, Bob".to_vec(),
            Harm::Bytes => cells[1] = b"M\x81ller".to_vec(),
            Harm::Nul => cells[1] = b"A\0na".to_vec(),
            Harm::Standing => standing.clone().for_each(|at| cells[at] = b"wibble".to_vec()),
            Harm::None | Harm::Cut(_) | Harm::Surplus | Harm::Blanks => {}
        }
        cells.insert(place, ["Leeds", "green", "17", ""][pick % 4].into());
        match harm {
            Harm::Cut(kept) => cells.truncate(*kept),
            Harm::Surplus => cells.push(b"more".to_vec()),
            Harm::Blanks => cells.extend([Vec::new(), Vec::new()]),
            _ => {}
        }
        text.extend(cells.join(b",".as_slice()));
        text.push(b'\n');
    }
    text
}

/// Where everybody stands in the end; who is not taken is not there.
fn outcome(bytes: &[u8]) -> BTreeMap<String, Standing> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let list = ImportFiles::look(&[file.path().to_owned()], Answers::default()).unwrap();
    if !list.questions().is_empty() {
        // Nothing of it can be understood: somebody is asked, and nothing is stored.
        return BTreeMap::new();
    }
    let keys = Keyring::parse(&Keyring::generate()).unwrap();
    let (mut all, mut counted) = (BTreeMap::new(), Imported::default());
    read(&list, &keys, NOW, |batch| {
        counted.add(&batch.counted());
        for candidate in &batch.candidates {
            let email = candidate.arrival.person.email.key();
            assert!(all.insert(email, candidate.standing).is_none(), "somebody comes twice");
        }
        true
    })
    .unwrap();
    assert_eq!(counted.rows, list.rows());
    assert_eq!(counted.rows, all.len() as u64 + counted.doubled + counted.rejected, "every row counts once");
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_turns_left_into_active_or_active_into_left(
        style in prop::sample::select(&STYLES[..]),
        leavers in prop::collection::vec(any::<bool>(), 1..5),
        said in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 0usize..8, harm()), 1..9),
        unknown in 0usize..8,
    ) {
        // Who left is said to have left in one row at least, wherever it stands; a reader in none.
        let mut rows: Vec<Said> = said
            .iter()
            .map(|(person, left, pick, harm)| {
                let person = person.index(leavers.len());
                (person, leavers[person] && *left, *pick, *harm)
            })
            .collect();
        for person in (0..leavers.len()).filter(|person| leavers[*person]) {
            if let Some(row) = rows.iter_mut().find(|row| row.0 == person) {
                row.1 = true;
            }
        }
        let bytes = file(style, &rows, unknown);
        let found = outcome(&bytes);
        for (person, left) in leavers.iter().enumerate().filter(|(person, _)| rows.iter().any(|row| row.0 == *person)) {
            let standing = found.get(&format!("r{person}@example.org")).copied();
            let text = String::from_utf8_lossy(&bytes);
            match left {
                true => prop_assert!(standing.is_none_or(Standing::is_leaving), "r{person} left and is {standing:?}:\n{text}"),
                false => prop_assert!(!standing.is_some_and(Standing::is_leaving), "r{person} reads and is {standing:?}:\n{text}"),
            }
            // A leaving is not lost for another cell's sake.
            let is_whole = |row: &Said| {
                row.0 == person && row.1 && matches!(row.3, Harm::None | Harm::Date | Harm::Language | Harm::Bytes | Harm::Nul)
            };
            if rows.iter().any(is_whole) && !found.is_empty() {
                prop_assert!(standing.is_some_and(Standing::is_leaving), "r{person} left and is lost:\n{text}");
            }
        }
    }
}

#[test]
fn memory_stays_bounded_by_the_number_of_people() {
    let mut text = "email,status\n".to_owned();
    for number in 0..20_000 {
        writeln!(text, "r{number}@example.org,active").unwrap();
    }
    let all = outcome(text.as_bytes());
    assert_eq!(all.len(), 20_000);
}
