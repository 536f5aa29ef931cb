//! What it costs to read a mail that came back. Run with `cargo bench --bench inbound`; `items` are mails a second on one
//! core.

use coranto::inbound::read::read;
use divan::counter::ItemsCount;

const SYSTEMS: &str = include_str!("../tests/fixtures/returned/systems.txt");

fn main() {
    divan::main();
}

/// One report of each system, with a copy of 4 KB.
fn reports() -> Vec<Vec<u8>> {
    let copy = format!(
        "Message-ID: <1@example.com>\nFrom: news@example.com\nTo: anna@example.org\nSubject: A week\n\n{}",
        "A line of text, as letters have them.\n".repeat(100)
    );
    let forms = SYSTEMS.split("\n== ").skip(1).filter_map(|system| system.split_once('\n'));
    let filled = forms.map(|(_, form)| {
        form.replace("{to}", "anna@example.org")
            .replace("{reply}", "550 5.1.1 Recipient address rejected: User unknown")
            .replace("{code}", "550")
            .replace("{status}", "5.1.1")
            .replace("{text}", "User unknown")
            .replace("{copy}", &copy)
            .replace('\n', "\r\n")
            .into_bytes()
    });
    filled.collect()
}

#[divan::bench]
fn read_reports(bencher: divan::Bencher<'_, '_>) {
    let reports = reports();
    bencher.counter(ItemsCount::new(reports.len())).bench_local(|| {
        for report in &reports {
            divan::black_box(read(divan::black_box(report)));
        }
    });
}
