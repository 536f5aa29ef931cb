//! Solves a challenge as an ALTCHA widget does: from its JSON alone, without the program's own code.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use serde_json::{Value, json};

/// The solution, as the widget puts it into its form field.
pub(crate) fn solve(challenge: &Value) -> String {
    let (salt, wanted) = (challenge["salt"].as_str().unwrap(), challenge["challenge"].as_str().unwrap());
    let hash = |number: u64| -> String {
        let hash = digest(&SHA256, format!("{salt}{number}").as_bytes());
        hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let number = (0..=challenge["maxnumber"].as_u64().unwrap()).find(|number| hash(*number) == wanted).unwrap();
    let solution = json!({
        "algorithm": challenge["algorithm"], "challenge": wanted, "number": number, "salt": salt,
        "signature": challenge["signature"], "took": 3,
    });
    base64::engine::general_purpose::STANDARD.encode(solution.to_string())
}
