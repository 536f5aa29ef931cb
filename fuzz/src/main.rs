//! `cargo run --release -- TARGET MINUTES FILE...`: feeds a target changed copies of files for some minutes. It needs no
//! special compiler; it is no coverage-guided fuzzer either. A failure leaves its input in `fuzz/failed`.

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, process};

/// A pseudo-random number generator (xorshift64*), so that a seed repeats a run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound.max(1)
    }
}

/// What reports are made of.
const WORDS: &[&[u8]] = &[
    b"\n",
    b"\r\n\r\n",
    b"--",
    b": ",
    b"550 5.1.1 ",
    b"<a@b.example>",
    b"Content-Type: multipart/report; boundary=b\n",
    b"Content-Type: message/delivery-status\n\n",
    b"Final-Recipient: rfc822; a@b.example\n",
    b"Action: failed\n",
    b"Diagnostic-Code: smtp; ",
    b">>> RCPT TO:<a@b.example>\n<<< 550 no\n",
    b"{\"notificationType\":\"Bounce\"",
    b"\0",
    b"\xff\xfe",
    b"=?utf-8?b?",
];

fn changed(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len() + 1);
        let to = at + random.below((bytes.len() - at).min(200) + 1);
        match random.below(5) {
            0 => drop(bytes.drain(at..to)),
            1 => drop(bytes.splice(at..at, WORDS[random.below(WORDS.len())].iter().copied())),
            2 => {
                let again = bytes[at..to].to_vec();
                drop(bytes.splice(at..at, again));
            }
            3 => bytes.truncate(at),
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                drop(bytes.splice(at..to, other[from..].iter().copied().take(400)));
            }
        }
    }
    bytes
}

fn main() {
    let mut args = env::args().skip(1);
    let (name, minutes) = (args.next().unwrap_or_default(), args.next().and_then(|text| text.parse::<u64>().ok()));
    let Some((_, target)) = targets::TARGETS.iter().find(|(known, _)| *known == name) else { usage() };
    let seeds: Vec<Vec<u8>> = args.filter_map(|path| fs::read(path).ok()).filter(|bytes| !bytes.is_empty()).collect();
    let Some(minutes) = minutes.filter(|_| !seeds.is_empty()) else { usage() };
    let begun = Instant::now();
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ u64::from(process::id()));
    let mut tried = 0_u64;
    while begun.elapsed() < Duration::from_secs(60 * minutes) {
        let bytes = changed(&seeds, &mut random);
        if catch_unwind(|| target(&bytes)).is_err() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("failed");
            let file = folder.join(format!("{name}-{tried}"));
            fs::create_dir_all(&folder).and_then(|()| fs::write(&file, &bytes)).expect("the input can be written");
            eprintln!("{} fails", file.display());
            process::exit(1);
        }
        tried += 1;
    }
    println!("{name}: {tried} inputs, none fails");
}

fn usage() -> ! {
    let names: Vec<_> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
    eprintln!("usage: mutate {} MINUTES FILE...", names.join("|"));
    process::exit(2)
}
