//! A reply's words as phrases are looked for in them: lower case, one space between words, no punctuation, and in place
//! of everything that belongs to somebody (addresses, hosts, numbers) a mark. A mailbox named `spam@mailbox-full.example`
//! says nothing about spam or a full mailbox.

use crate::domain::phrasebook::UNSPACED;

/// What stands for an address.
const ADDRESS: &str = "<addr>";
/// What stands for a host or a domain.
const HOST: &str = "<host>";
/// What stands for an IP address.
const IP: &str = "<ip>";
/// What stands for a link.
const URL: &str = "<url>";
/// What stands for a link to a list of blocked senders, which says by itself why somebody was refused.
const BLOCK_LIST: &str = "<blocklist>";
/// What stands for a link to the pages about groups that somebody may write to, or may not.
const GROUP: &str = "<group>";
/// What stands for a number of a message, a queue or a server.
const ID: &str = "<id>";

#[cfg(test)]
thread_local! {
    /// Bytes that were brought to normal form: what reading costs, counted.
    pub(crate) static WORK: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// An enhanced code (RFC 3463).
pub(super) type Enhanced = (u8, u16, u16);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Normal {
    /// The words, with a space before, between and after them.
    pub(super) words: String,
    /// The enhanced codes that stand in it, in order.
    pub(super) codes: Vec<Enhanced>,
}

/// Takes a text apart. Only its first 4 KiB are looked at: a reply has 512 bytes a line (RFC 5321 4.5.3.1.5).
pub(super) fn normal(text: &str) -> Normal {
    let text = &text[..text.floor_char_boundary(4096)];
    #[cfg(test)]
    WORK.set(WORK.get() + text.len());
    let lower = text.to_lowercase().replace(['\u{2019}', '\u{2018}', '\u{b4}', '`'], "'");
    let bare = without_quoted_addresses(&without_brackets(&lower));
    let mut normal = Normal { words: String::from(" "), codes: Vec::new() };
    for (number, word) in bare.split_whitespace().enumerate() {
        // Sendmail begins with whom it speaks of: `name... User unknown`.
        match (number, word.strip_suffix("...")) {
            (0, Some(name)) if !name.is_empty() => normal.push(ADDRESS),
            _ => normal.add(word),
        }
    }
    normal
}

impl Normal {
    fn push(&mut self, word: &str) {
        self.words.push_str(word);
        self.words.push(' ');
    }

    /// Adds what stands between two spaces, which may be several words.
    fn add(&mut self, chunk: &str) {
        if let Some(at) = url_at(chunk) {
            self.add(&chunk[..at]);
            let names = |known: &[&str]| known.iter().any(|name| chunk[at..].contains(name));
            return self.push(match () {
                () if names(BLOCK_LISTS) => BLOCK_LIST,
                () if names(GROUPS) => GROUP,
                () => URL,
            });
        }
        for piece in chunk.split(['[', ']', '(', ')', '{', '}', ',', ';', '"']) {
            match piece.rfind('@') {
                Some(at) => self.add_address(piece, at),
                None if ip(piece) => self.push(IP),
                None => self.add_words(piece),
            }
        }
    }

    /// Adds a piece with an `@` in it. Scripts without spaces may go on right beside an address of ASCII letters.
    fn add_address(&mut self, piece: &str, at: usize) {
        let (local, host) = (&piece[..at], &piece[at + 1..]);
        let start =
            local.rfind(|c| c > UNSPACED).filter(|_| local.ends_with(|c: char| c.is_ascii()) && !local.is_empty());
        let start = start.map_or(0, |start| start + local[start..].chars().next().map_or(0, char::len_utf8));
        let is_ascii = host.starts_with(|c: char| c.is_ascii());
        let end = host.find(|c| c == ':' || (is_ascii && c > UNSPACED)).unwrap_or(host.len());
        self.add_words(&local[..start]);
        self.push(ADDRESS);
        self.add_words(&host[end..]);
    }

    fn add_words(&mut self, text: &str) {
        for word in text.split(is_separator) {
            match is_mark(word) {
                true => self.push(word),
                // A lone bracket belongs to nothing.
                false => word.split(['<', '>']).for_each(|word| self.add_word(word)),
            }
        }
    }

    fn add_word(&mut self, word: &str) {
        let word = word.trim_matches(['\'', '.', '-', '_', '~', '^']);
        if let Some(code) = enhanced(word) {
            self.codes.push(code);
        } else if !word.is_empty() {
            self.push(masked(word).unwrap_or(word));
        }
    }
}

/// Between words, beside spaces. Not the brackets of marks, and not what hosts and codes are made of.
fn is_separator(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '<' | '>' | '\'' | '.' | '-' | '_' | '%') && !is_combining(c)
}

/// Vowel signs and the like of Indic scripts, which belong to the letter before.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{e7f}' | '\u{1ab0}'..='\u{1aff}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_mark(word: &str) -> bool {
    [ADDRESS, HOST, IP, URL, BLOCK_LIST, GROUP, ID].contains(&word)
}

/// Whatever is between angle brackets without a space is a path: an address, or the name of one.
fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let Some(close) = rest[open..].find('>').map(|at| open + at) else { break };
        let inside = &rest[open + 1..close];
        // The innermost pair: `a < b <c>`.
        if let Some(inner) = inside.rfind('<') {
            out.push_str(&rest[..=open + inner]);
            rest = &rest[open + 1 + inner..];
            continue;
        }
        out.push_str(&rest[..open]);
        let is_path = inside.contains('@') || !inside.trim().contains(char::is_whitespace);
        match is_path && !inside.trim().is_empty() {
            // `<421 4.4.2 connection timed out>` and `<kijitora>` alike end here; only the second is a name.
            true => out.push_str(&format!(" {ADDRESS} ")),
            false => {
                out.push(' ');
                out.push_str(inside);
                out.push(' ');
            }
        }
        rest = &rest[close + 1..];
    }
    out.push_str(&rest.replace('<', " "));
    out
}

/// `"two words"@example.org` (RFC 5321 4.1.2).
fn without_quoted_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\"@") {
        let start = rest[..at].rfind('"').unwrap_or(at);
        let end = rest[at + 2..].find(char::is_whitespace).map_or(rest.len(), |end| at + 2 + end);
        out.push_str(&rest[..start]);
        out.push_str(&format!(" {ADDRESS} "));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn url_at(chunk: &str) -> Option<usize> {
    ["http://", "https://", "www.", "mailto:", "ftp://"].iter().filter_map(|scheme| chunk.find(scheme)).min()
}

/// Whose links stand in refusals of what is written to a group, in whatever language.
const GROUPS: &[&str] = &["groups.google."];

/// Whose links stand in refusals by reputation.
const BLOCK_LISTS: &[&str] = &[
    "spamhaus.", "spamcop.", "barracudacentral.", "sorbs.", "abuseat.", "uceprotect.", "mailspike.", "senderscore.",
    "invaluement.", "cloudmark.", "dnsbl", "uribl.", "surbl.", "proofpoint.com/rbl", "ipcheck", "csi.cloudmark",
];

/// What a word is replaced by.
fn masked(word: &str) -> Option<&'static str> {
    if is_mark(word) {
        return None;
    }
    if word.contains('@') {
        return Some(ADDRESS);
    }
    if ip(word) {
        return Some(IP);
    }
    if KEPT.contains(&word) || is_exchange(word) {
        return None;
    }
    if is_host(word) {
        return Some(HOST);
    }
    is_id(word).then_some(ID)
}

/// Exchange's own names for what happened, which look like hosts.
const KEPT: &[&str] = &[
    "storedrv.deliver", "storedrv.submit", "queue.expired", "smtpsend.dns.nonexistentdomain", "routing.nosuchdomain",
    "dns.nonexistentdomain",
];

/// `RESOLVER.ADR.RecipNotFound`, `RESOLVER.RST.AuthRequired`, `RESOLVER.FWD.Loop`.
fn is_exchange(word: &str) -> bool {
    let kinds = ["resolver.adr.", "resolver.rst.", "resolver.fwd."];
    kinds
        .iter()
        .any(|kind| word.strip_prefix(kind).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_lowercase())))
}

/// An IP address, with a port or a prefix of its kind or without; `203.0.113.x` and `192.0.2.0-255` too.
fn ip(word: &str) -> bool {
    let bare = word.trim_start_matches("ipv6:").trim_matches(|c: char| !c.is_ascii_hexdigit() && c != ':');
    let parts: Vec<&str> = bare.split('.').collect();
    let is_v4 = parts.len() == 4 && parts[..3].iter().all(|part| part.parse::<u8>().is_ok());
    let hex = |part: &str| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_v6 =
        bare.matches(':').count() >= 2 && bare.len() > 2 && bare.split(':').all(|part| hex(part) || part.contains('.'));
    is_v4 || (is_v6 && bare.contains(|c: char| c.is_ascii_digit()))
}

/// Labels with dots between them, the last of letters. `exist.please` is the end of one sentence and the beginning of
/// the next.
fn is_host(word: &str) -> bool {
    let Some((before, last)) = word.rsplit_once('.') else { return false };
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let is_top = last.chars().count() >= 2 && (last.starts_with("xn--") || last.chars().all(char::is_alphabetic));
    is_top && before.split('.').all(is_label) && !SENTENCE_STARTS.contains(&last)
}

const SENTENCE_STARTS: &[&str] = &[
    "please", "see", "the", "this", "if", "for", "try", "check", "your", "contact", "learn", "user", "mailbox",
    "message", "visit", "try", "it", "you", "further", "giving", "invalid",
];

/// Letters and digits mixed, and long: no word of any language.
fn is_id(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    word.is_ascii() && word.len() >= 8 && digits > 1 && (letters == 0 || digits + letters >= 8)
}

/// `5.1.1`, `#5.1.1`; not `10.0.0.1`, and no version of a program.
fn enhanced(word: &str) -> Option<Enhanced> {
    let mut parts = word.split('.').map(|part| {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok()).flatten()
    });
    let code = (u8::try_from(parts.next()??).ok()?, parts.next()??, parts.next()??);
    (parts.next().is_none() && matches!(code.0, 4 | 5) && code.1 <= 7).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_somebody_is_masked() {
        for (text, words) in [
            ("<r7@corporate7.net>: Relay access denied", " <addr> relay access denied "),
            ("user-unknown@mailbox-full.example  User\tUnknown.", " <addr> user unknown "),
            ("<\"no such user\"@spam.example>... OK", " <addr> ok "),
            ("\"no such user\"@spam.example is over quota", " <addr> is over quota "),
            ("neko... User Unknown", " <addr> user unknown "),
            ("host mx.mailbox-full.example[192.0.2.1] said: no", " host <host> <ip> said no "),
            ("host mx.example[IPv6:2001:db8::1]:25 said", " host <host> <ip> 25 said "),
            ("See https://example.com/mailbox-full?u=spam for more", " see <url> for more "),
            ("does not exist.Please check", " does not exist.please check "),
            ("listed, see https://www.spamhaus.org/query/ip/192.0.2.1", " listed see <blocklist> "),
            ("gone (in reply) v14si1155795plk.134 - gsmtp", " gone in reply <id> gsmtp "),
            ("RESOLVER.ADR.RecipNotFound; not found", " resolver.adr.recipnotfound not found "),
            ("rcpt to:<spam> rejected", " rcpt to <addr> rejected "),
            ("邮箱user@mail.example不存在", " 邮箱 <addr> 不存在 "),
            ("邮箱已满@例子.中国 ok", " <addr> ok "),
            ("to=spam@full.example;reason=mailbox full", " <addr> reason mailbox full "),
            ("почтовый ящик: user@пример.рф не найден", " почтовый ящик <addr> не найден "),
        ] {
            assert_eq!(normal(text).words, words, "{text}");
        }
    }

    #[test]
    fn codes_in_the_text_are_found() {
        assert_eq!(normal("sorry, no mailbox here by that name (#5.1.1 - chkusr)").codes, [(5, 1, 1)]);
        assert_eq!(normal("192.0.2.1 8.14.4 5.7.1 1.2").codes, [(5, 7, 1)]);
    }
}
