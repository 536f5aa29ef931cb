//! What this process counts, as text that Prometheus reads. Knows nothing of newsletters; no label ever names a person:
//! routes bear no tokens, outcomes are words of ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Upper bounds of how long requests take: about twice each, around what is promised.
const SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// One registry for the process: what is counted here is about it as a whole.
static COUNTS: LazyLock<Mutex<Counts>> = LazyLock::new(Mutex::default);

#[derive(Debug, Default)]
struct Counts {
    requests: BTreeMap<(String, &'static str, u16), u64>,
    durations: BTreeMap<String, Histogram>,
    signups: BTreeMap<&'static str, u64>,
    deliveries: BTreeMap<&'static str, u64>,
    expired: BTreeMap<&'static str, u64>,
    reports: BTreeMap<(&'static str, &'static str), u64>,
    returns: BTreeMap<(&'static str, &'static str), u64>,
    hooks: BTreeMap<(String, &'static str), u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Histogram {
    buckets: [u64; SECONDS.len()],
    count: u64,
    sum: f64,
}

/// Values that are looked up when they are asked for.
#[derive(Clone, Debug)]
pub struct Gauge {
    /// Its name, without the program's.
    pub name: &'static str,
    pub help: &'static str,
    /// How much, for each set of labels.
    pub values: Vec<(Labels, f64)>,
}

/// Names and values of labels.
pub type Labels = Vec<(&'static str, String)>;

impl Gauge {
    /// One value without labels.
    pub fn one(name: &'static str, help: &'static str, value: f64) -> Self {
        Self { name, help, values: vec![(Vec::new(), value)] }
    }
}

fn counts() -> MutexGuard<'static, Counts> {
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts an answered request. `route` is the pattern that matched, and never a path.
pub fn request(route: &str, method: &'static str, status: u16, took: Duration) {
    let seconds = took.as_secs_f64();
    let mut counts = counts();
    *counts.requests.entry((route.to_owned(), method, status)).or_default() += 1;
    let histogram = counts.durations.entry(route.to_owned()).or_default();
    for (bucket, bound) in histogram.buckets.iter_mut().zip(SECONDS) {
        *bucket += u64::from(seconds <= bound);
    }
    histogram.count += 1;
    histogram.sum += seconds;
}

/// Counts a sign-up by what became of it.
pub fn signup(outcome: &'static str) {
    *counts().signups.entry(outcome).or_default() += 1;
}

/// Counts a mail by what became of a try to deliver it.
pub fn delivery(outcome: &'static str) {
    *counts().deliveries.entry(outcome).or_default() += 1;
}

/// Counts rows that were taken away because they had had their time.
pub fn expired(what: &'static str, rows: u64) {
    *counts().expired.entry(what).or_default() += rows;
}

/// Counts a report that came in by a door, by what it is.
pub fn report(source: &'static str, kind: &'static str) {
    *counts().reports.entry((source, kind)).or_default() += 1;
}

/// Counts an email that came back. `destination` is one of a few names, and never a domain.
pub fn returned(class: &'static str, destination: &'static str) {
    *counts().returns.entry((class, destination)).or_default() += 1;
}

/// Counts a request to a hook of the configuration by what became of it.
pub fn hook(name: &str, outcome: &'static str) {
    *counts().hooks.entry((name.to_owned(), outcome)).or_default() += 1;
}

/// Everything that was counted, and `gauges`, in the text format 0.0.4.
pub fn render(gauges: &[Gauge]) -> String {
    let counts = counts();
    let mut text = String::new();
    head(&mut text, "http_requests_total", "counter", "Requests answered, by route and status.");
    for ((route, method, status), count) in &counts.requests {
        let labels = format!("route=\"{}\",method=\"{method}\",status=\"{status}\"", escaped(route));
        line(&mut text, "http_requests_total", &labels, *count);
    }
    head(&mut text, "http_request_duration_seconds", "histogram", "How long requests took, by route.");
    for (route, histogram) in &counts.durations {
        let route = format!("route=\"{}\"", escaped(route));
        for (count, bound) in histogram.buckets.iter().zip(SECONDS) {
            line(&mut text, "http_request_duration_seconds_bucket", &format!("{route},le=\"{bound}\""), *count);
        }
        line(&mut text, "http_request_duration_seconds_bucket", &format!("{route},le=\"+Inf\""), histogram.count);
        line(&mut text, "http_request_duration_seconds_sum", &route, histogram.sum);
        line(&mut text, "http_request_duration_seconds_count", &route, histogram.count);
    }
    head(&mut text, "signups_total", "counter", "Sign-ups, by what became of them.");
    for (outcome, count) in &counts.signups {
        line(&mut text, "signups_total", &format!("outcome=\"{outcome}\""), *count);
    }
    head(&mut text, "deliveries_total", "counter", "Tries to deliver an email, by what became of them.");
    for (outcome, count) in &counts.deliveries {
        line(&mut text, "deliveries_total", &format!("outcome=\"{outcome}\""), *count);
    }
    head(&mut text, "retention_rows_total", "counter", "Rows taken away because they had had their time, by kind.");
    for (what, rows) in &counts.expired {
        line(&mut text, "retention_rows_total", &format!("what=\"{what}\""), *rows);
    }
    head(&mut text, "reports_total", "counter", "Reports that came in, by the door and by what they are.");
    for ((source, kind), count) in &counts.reports {
        line(&mut text, "reports_total", &format!("source=\"{source}\",kind=\"{kind}\""), *count);
    }
    head(&mut text, "returns_total", "counter", "Emails that came back, by why and by whose mailboxes they were for.");
    for ((class, destination), count) in &counts.returns {
        line(&mut text, "returns_total", &format!("class=\"{class}\",destination=\"{destination}\""), *count);
    }
    head(&mut text, "hooks_total", "counter", "Requests to hooks, by what became of them.");
    for ((hook, outcome), count) in &counts.hooks {
        line(&mut text, "hooks_total", &format!("hook=\"{}\",outcome=\"{outcome}\"", escaped(hook)), *count);
    }
    for gauge in gauges {
        head(&mut text, gauge.name, "gauge", gauge.help);
        for (labels, value) in &gauge.values {
            let labels: Vec<_> = labels.iter().map(|(name, of)| format!("{name}=\"{}\"", escaped(of))).collect();
            line(&mut text, gauge.name, &labels.join(","), value);
        }
    }
    text
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP coranto_{name} {help}\n# TYPE coranto_{name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    let _ = writeln!(text, "coranto_{name}{labels} {value}");
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        request("/a\"b", "GET", 200, Duration::from_millis(20));
        request("/a\"b", "GET", 200, Duration::from_secs(20));
        signup("taken");
        delivery("sent");
        expired("events", 7);
        report("pipe", "bounce");
        returned("dead", "gmail");
        hook("ma\"in", "kept");
        let relay = |name: &str, up| (vec![("relay", name.to_owned())], up);
        let text = render(&[
            Gauge::one("queue_depth", "Mails.", 3.0),
            Gauge { name: "relay_up", help: "Relays.", values: vec![relay("main", 1.0), relay("o\"ther", 0.0)] },
        ]);
        for line in [
            "# TYPE coranto_http_requests_total counter",
            "coranto_http_requests_total{route=\"/a\\\"b\",method=\"GET\",status=\"200\"} 2",
            "coranto_http_request_duration_seconds_bucket{route=\"/a\\\"b\",le=\"0.01\"} 0",
            "coranto_http_request_duration_seconds_bucket{route=\"/a\\\"b\",le=\"0.025\"} 1",
            "coranto_http_request_duration_seconds_bucket{route=\"/a\\\"b\",le=\"+Inf\"} 2",
            "coranto_http_request_duration_seconds_sum{route=\"/a\\\"b\"} 20.02",
            "coranto_signups_total{outcome=\"taken\"} 1",
            "coranto_deliveries_total{outcome=\"sent\"} 1",
            "coranto_retention_rows_total{what=\"events\"} 7",
            "coranto_reports_total{source=\"pipe\",kind=\"bounce\"} 1",
            "coranto_returns_total{class=\"dead\",destination=\"gmail\"} 1",
            "coranto_hooks_total{hook=\"ma\\\"in\",outcome=\"kept\"} 1",
            "coranto_queue_depth 3",
            "# TYPE coranto_relay_up gauge",
            "coranto_relay_up{relay=\"main\"} 1",
            "coranto_relay_up{relay=\"o\\\"ther\"} 0",
        ] {
            assert!(text.lines().any(|have| have == line), "{line}\n{text}");
        }
    }
}
