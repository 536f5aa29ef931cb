//! coranto.toml(5), from the table of keys.

use std::fmt::Write as _;

use super::roff::markdown;
use crate::config::{KeyReference, SectionReference, sections};

const HEAD: &str = r#".SH NAME
coranto.toml \- the settings of coranto
.SH DESCRIPTION
Coranto reads one file in TOML:
\fBcoranto.toml\fR in the folder that it is started in, or else \fB/etc/coranto/coranto.toml\fR.
\fB\-\-config\fR or the variable \fBCORANTO_CONFIG\fR names another.
Relative paths count from the folder of the file.
A key that is not in this list is refused.
.PP
Every key is also a variable: \fBCORANTO__SERVER__LISTEN\fR sets \fBlisten\fR in \fB[server]\fR.
The environment is stronger than the file.
Beside every secret stands \fINAME\fB_file\fR, a file that holds the secret.
"#;

/// Reads as a reference does: section by section, in the order of the documentation.
pub(super) fn page(date: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut page = format!(".TH coranto.toml 5 {date} \"coranto {version}\" Coranto\n{HEAD}.SH SETTINGS\n");
    for SectionReference { title, about, keys } in sections() {
        // Writing to a String cannot fail.
        let _ = writeln!(page, ".SS \"{}\"\n{}", markdown(&title), markdown(about));
        for KeyReference { name, value, absent, doc } in keys {
            let absent = match absent.as_str() {
                "**required**" => "required".to_owned(),
                absent => format!("when absent: {absent}"),
            };
            let line = format!("{doc} Value: {value}; {absent}.");
            let _ = writeln!(page, ".TP\n{}\n{}", markdown(&name), markdown(&line));
        }
    }
    page.push_str(
        ".SH FILES\n.TP\n\\fB/etc/coranto/coranto.toml\\fR\nthe settings of the packaged service\n.SH \"SEE ALSO\"\n\
         \\fBcoranto\\fR(1), \\fBcoranto\\-config\\fR(1)\n",
    );
    page
}
