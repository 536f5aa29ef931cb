//! How a lane earns and loses connections, and how many rows it takes.

use super::*;
use crate::domain::extra_header::ExtraHeaders;
use crate::domain::quota::Quota;
use crate::smtp::{Connector, Endpoint, TlsMode};

fn lane(connections: usize, backoff: Duration) -> Arc<RelayQueue> {
    let endpoint = Endpoint {
        host: "127.0.0.1".to_owned(),
        port: 25,
        tls: TlsMode::None,
        ca_file: None,
        username: None,
        password: None,
        helo: "news.example.org".to_owned(),
        allow_plaintext: false,
    };
    let relay = RelaySettings {
        name: "main".to_owned(),
        connector: Arc::new(Connector::new(endpoint).unwrap()),
        connections,
        messages_per_connection: 100,
        connection_age_max: Duration::from_secs(300),
        rate_per_minute: None,
        quota: Quota::default(),
        weight: 1,
        signs: true,
        dsn: true,
        unsigned_headers: Vec::new(),
        extra_headers: ExtraHeaders::default(),
        provider: None,
    };
    RelayQueue::new(0, relay, None, Timing { backoff, ..Timing::default() }, Arc::new(Capacity::default()))
}

fn succeed(lane: &RelayQueue, times: usize) {
    for _ in 0..times {
        lane.succeeded();
    }
}

#[test]
fn connections_are_earned_one_by_one() {
    let lane = lane(6, Duration::from_secs(5));
    assert_eq!(lane.allowed(), 4);
    succeed(&lane, 3);
    assert_eq!(lane.allowed(), 4);
    succeed(&lane, 1);
    assert_eq!(lane.allowed(), 5);
    succeed(&lane, 100);
    assert_eq!(lane.allowed(), 6, "never more than the settings say");
}

#[test]
fn slow_down_halves_once_and_what_was_too_many_is_remembered() {
    let lane = lane(8, Duration::from_secs(5));
    succeed(&lane, 100);
    lane.slow_down(7);
    assert_eq!(lane.allowed(), 4);
    lane.slow_down(6);
    lane.slow_down(5);
    assert_eq!(lane.allowed(), 4, "they were told together");
    lane.slow_down(3);
    assert_eq!(lane.allowed(), 3, "one of those that were left is told too");
    lane.slow_down(0);
    assert_eq!(lane.allowed(), 1, "one always goes on");
    succeed(&lane, 1000);
    assert_eq!(lane.allowed(), 7, "eight were too many a moment ago");
}

#[test]
fn what_was_too_many_is_tried_again_after_a_while() {
    let lane = lane(8, Duration::ZERO);
    succeed(&lane, 100);
    lane.slow_down(7);
    succeed(&lane, 1000);
    assert_eq!(lane.allowed(), 8);
}

#[test]
fn rows_are_for_a_relay_that_has_shown_that_it_lives() {
    let lane = lane(8, Duration::ZERO);
    let issue = Some(IssueId(1));
    assert_eq!((lane.room(issue), lane.room(None)), (4, 4), "one for each connection that would be opened");
    let seats = [lane.opened(), lane.opened()];
    assert_eq!(lane.room(issue), 2 * WAITING_PER_CONNECTION);
    drop(seats);
    assert_eq!(lane.room(issue), 4);
}

#[test]
fn a_failing_relay_gets_one_row_at_a_time() {
    let lane = lane(8, Duration::ZERO);
    let issue = Some(IssueId(1));
    assert!(lane.failed().is_some());
    assert_eq!((lane.allowed(), lane.room(issue), lane.room(None)), (1, 1, 1));
    lane.queue.opening(0);
    assert_eq!(lane.room(issue), 0, "what is to show whether it works again needs no mail for that");
    let _seat = lane.opened();
    lane.queue.leave(0);
    assert_eq!(lane.room(issue), 1);
    assert!(lane.succeeded());
    assert_eq!(lane.room(issue), WAITING_PER_CONNECTION);
}

#[test]
fn a_limit_of_messages_is_learnt() {
    let lane = lane(8, Duration::from_secs(5));
    assert_eq!(lane.messages_max(), 100);
    lane.ended_after(30, false);
    assert_eq!(lane.messages_max(), 100, "once may be chance");
    lane.ended_after(7, false);
    assert_eq!(lane.messages_max(), 100);
    lane.ended_after(7, false);
    assert_eq!(lane.messages_max(), 7);
    lane.ended_after(5, true);
    assert_eq!(lane.messages_max(), 5, "it said so");
    lane.ended_after(0, true);
    assert_eq!(lane.messages_max(), 5);
    lane.ended_after(900, true);
    assert_eq!(lane.messages_max(), 100, "never more than the settings say");
}
