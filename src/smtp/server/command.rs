//! Taking an SMTP command line apart (RFC 5321 4.1). Knows nothing of sockets.

/// A command as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    Ehlo,
    Helo,
    /// EHLO of a client that speaks LMTP (RFC 2033 4.1).
    Lhlo,
    Mail(Path<'a>),
    Rcpt(Path<'a>),
    Data,
    Rset,
    Noop,
    Quit,
    Help,
    Vrfy,
    StartTls,
    Auth {
        mechanism: &'a str,
        initial: Option<&'a str>,
    },
    /// MAIL, RCPT or AUTH that cannot be read, or a name missing from EHLO and its kin.
    Malformed,
    Unknown,
}

/// A path and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path<'a> {
    /// Without its angle brackets; empty for `<>`.
    pub address: &'a str,
    parameters: &'a str,
}

impl<'a> Path<'a> {
    /// The parameters, as name and value.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.parameters.split_ascii_whitespace().map(|word| word.split_once('=').unwrap_or((word, "")))
    }

    /// Whether a parameter of this name is there.
    pub fn has(&self, name: &str) -> bool {
        self.parameters().any(|(found, _)| found.eq_ignore_ascii_case(name))
    }
}

/// Reads a line without its CRLF.
pub fn parse(line: &str) -> Command<'_> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" if !rest.is_empty() => Command::Ehlo,
        "HELO" if !rest.is_empty() => Command::Helo,
        "LHLO" if !rest.is_empty() => Command::Lhlo,
        "EHLO" | "HELO" | "LHLO" => Command::Malformed,
        "MAIL" => path(rest, "FROM:").map_or(Command::Malformed, Command::Mail),
        "RCPT" => match path(rest, "TO:") {
            Some(path) if !path.address.is_empty() => Command::Rcpt(path),
            _ => Command::Malformed,
        },
        "AUTH" => {
            let mut words = rest.split_ascii_whitespace();
            let mechanism = words.next();
            mechanism.map_or(Command::Malformed, |mechanism| Command::Auth { mechanism, initial: words.next() })
        }
        "DATA" if rest.is_empty() => Command::Data,
        "RSET" if rest.is_empty() => Command::Rset,
        "STARTTLS" if rest.is_empty() => Command::StartTls,
        "QUIT" if rest.is_empty() => Command::Quit,
        "DATA" | "RSET" | "STARTTLS" | "QUIT" => Command::Malformed,
        "NOOP" => Command::Noop,
        "HELP" => Command::Help,
        "VRFY" => Command::Vrfy,
        _ => Command::Unknown,
    }
}

/// `FROM:<a@b> SIZE=1`. A space after the colon is forgiven, as everyone does.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<Path<'a>> {
    let (found, path) = rest.split_at_checked(keyword.len())?;
    if !found.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let (address, parameters) = path.trim_start().strip_prefix('<')?.split_once('>')?;
    let well_formed = parameters.is_empty() || parameters.starts_with(' ');
    let plain = !address.contains(|c: char| c.is_control() || c.is_whitespace() || c == '<');
    (well_formed && plain).then_some(Path { address, parameters })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_read() {
        let Command::Mail(path) = parse("mail from:<a@b> SIZE=42 SMTPUTF8") else { panic!("not MAIL") };
        assert_eq!(path.address, "a@b");
        assert_eq!(path.parameters().collect::<Vec<_>>(), [("SIZE", "42"), ("SMTPUTF8", "")]);
        assert!(path.has("smtputf8") && !path.has("BODY"));
        assert!(matches!(parse("MAIL FROM: <>"), Command::Mail(Path { address: "", .. })));
        assert_eq!(parse("AUTH LOGIN"), Command::Auth { mechanism: "LOGIN", initial: None });
        assert_eq!(parse("AUTH PLAIN AGE="), Command::Auth { mechanism: "PLAIN", initial: Some("AGE=") });
    }

    #[test]
    fn what_is_not_a_path_is_refused() {
        for line in [
            "MAIL", "MAIL FROM", "MAIL FROM:a@b", "MAIL FROM:<a@b", "MAIL FROM:<a@b>x", "MAIL TO:<a@b>", "RCPT TO:<>",
            "RCPT TO:<a b>", "RCPT TO:<a\0b>", "DATA now", "EHLO", "LHLO", "AUTH",
        ] {
            assert_eq!(parse(line), Command::Malformed, "{line}");
        }
        assert_eq!(parse("EXPN x"), Command::Unknown);
        assert_eq!(parse(""), Command::Unknown);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "(MAIL FROM:|RCPT TO:|AUTH |)\\PC{0,40}") {
            let _ = parse(&line);
        }
    }
}
