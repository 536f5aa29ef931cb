//! Keys come and go over years: what each rotation leaves of the links that were mailed before.

use super::*;

/// The number of the key that sealed a token: its first byte.
fn key_of(token: &Token) -> u8 {
    let digit = |at: usize| match token.token.as_bytes()[at] {
        letter @ b'a'..=b'z' => letter - b'a',
        digit => digit - b'2' + 26,
    };
    (digit(0) << 3) | (digit(1) >> 2)
}

impl Frozen {
    fn done(&self, arguments: &[&str]) -> Ended {
        let ended = self.coranto(arguments);
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}: {ended:?}");
        ended
    }

    /// Links of the kind that key sealed for readers who are still there.
    fn links(&self, purpose: &str, key: u8) -> Vec<(&Token, &str)> {
        let tokens = self.facts.tokens.iter().filter(|token| token.purpose == purpose && key_of(token) == key);
        let theirs = tokens.filter_map(|token| Some((token, token.reader.as_deref()?)));
        theirs.filter(|(_, reader)| !self.facts.unsubscribed.iter().any(|gone| gone == reader)).collect()
    }

    /// How many of these links to readers' own pages show whose they are.
    async fn opened(&self, key: u8) -> (usize, usize) {
        let links = self.links("p", key);
        let mut opened = 0;
        for (token, reader) in &links {
            let page = self.get(&format!("/p/{}", token.token)).await;
            let domain = reader.rsplit_once('@').unwrap().1;
            opened += usize::from(page.status.as_u16() == 200 && page.text().contains(&format!("@{domain}")));
        }
        assert!(!links.is_empty(), "key {key} sealed no link");
        (opened, links.len())
    }

    /// Whether one click on a link of that key ends the subscription of its reader.
    async fn leaves(&self, key: u8) -> bool {
        let (mut tried, before) = (0, self.readers().await);
        for (token, _) in self.links("u", key).into_iter().take(6) {
            let path = format!("/u/{}", token.token);
            let form = [("List-Unsubscribe", "One-Click")];
            post(&path).form(&form).header("host", HOST).send_to(self.web).await.unwrap();
            tried += 1;
        }
        assert!(tried > 0, "key {key} sealed no link");
        self.readers().await < before
    }

    fn stop(server: Program) {
        server.signal("TERM");
        assert!(server.wait(PATIENCE).status.success());
    }
}

/// The file is one from before the line of addresses, and has two keys; the older one sealed the older mails.
pub(super) async fn what_a_key_opens_is_what_its_line_says(frozen: Frozen) {
    frozen.done(&["migrate", "--no-backup"]);
    let kept_out = frozen.facts.suppressed[0].clone();
    let stays_out = || {
        let added = frozen.coranto(&["subscribers", "add", &kept_out, "--newsletter", "week"]);
        assert_eq!(added.status.code(), Some(4), "{added:?}");
    };
    frozen.done(&["keys", "rotate"]);
    let server = frozen.serve();
    for key in [1, 2] {
        let (opened, all) = frozen.opened(key).await;
        assert_eq!(opened, all, "key {key} opens what it sealed");
    }
    stays_out();
    Frozen::stop(server);

    // The first key leaked: it is the one that the key of addresses once came from.
    frozen.done(&["keys", "rotate", "--leaked", "1"]);
    let server = frozen.serve();
    assert_eq!(frozen.opened(1).await.0, 0, "a leaked key shows nobody's page");
    let (opened, all) = frozen.opened(2).await;
    assert_eq!(opened, all);
    assert!(frozen.leaves(1).await, "one click in a mail that is out works on");
    stays_out();
    Frozen::stop(server);

    frozen.done(&["keys", "retire", "1", "--yes"]);
    let server = frozen.serve();
    assert_eq!(frozen.opened(1).await.0, 0);
    assert!(!frozen.leaves(1).await, "a retired key opens nothing");
    let (opened, all) = frozen.opened(2).await;
    assert!(opened > 0 && opened <= all, "{opened} of {all}: a reader left by the other key");
    assert!(frozen.leaves(2).await);
    stays_out();
    Frozen::stop(server);
}
