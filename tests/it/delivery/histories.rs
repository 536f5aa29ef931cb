//! Random histories of issues with known truth, for the rules of `domain::evidence`: which relay lies about whom and when,
//! which destination is angry, which address is dead. Pure: a clock of minutes, rows in a list, the rules themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::evidence::{Case, Evidence, Trouble, allowance, allowed_in_doubt, count, decide};

use super::simulation::Dice;

/// What is wrong with a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// It calls living recipients dead, so many of a hundred.
    Liar(usize),
    /// It does so at one destination.
    LiarAt(usize, usize),
    /// It refuses us for good at one destination.
    AngryAt(usize),
    /// It refuses our sender.
    Sender,
}

#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) readers: usize,
    pub(super) dead_percent: usize,
    pub(super) destinations: usize,
    /// Of each relay: its fault, and after how many mails of the issue it begins.
    pub(super) relays: Vec<(Fault, usize)>,
    pub(super) engines: usize,
    /// Mails on the wire at once, of each engine.
    pub(super) connections: usize,
    /// Minutes between restarts; none without.
    pub(super) restart_every: Option<u64>,
    pub(super) dice: Dice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Due(u64),
    Parked,
    Sent,
    Failed,
}

#[derive(Clone, Debug)]
struct Row {
    destination: usize,
    is_dead: bool,
    state: State,
    waits: i64,
    refused_by: Option<usize>,
    /// Its place in the order of answers, and by which relay.
    sent: Option<(i64, usize)>,
    failed_at: i64,
    /// By which relay, and whether it was in doubt then.
    failed_by: Option<(usize, bool)>,
}

#[derive(Clone, Debug)]
struct Group {
    relay: usize,
    destination: Option<usize>,
    trouble: Trouble,
    until: Option<u64>,
    pauses: usize,
    since: u64,
    probe: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Living readers who failed, by relay.
    pub(super) lost: Vec<usize>,
    /// Minutes for which each party without fault was suspended, at most.
    pub(super) innocent_minutes: u64,
    /// Parties without fault that wait for a person.
    pub(super) innocent_held: usize,
    /// Dead readers who failed.
    pub(super) buried: usize,
    pub(super) sent: usize,
}

struct World {
    history: History,
    rows: Vec<Row>,
    evidence: BTreeMap<(usize, Option<usize>), Evidence>,
    /// By engine: acceptances not told yet.
    untold: Vec<BTreeMap<(usize, Option<usize>), i64>>,
    /// By engine: scores of refusals about us.
    scores: Vec<BTreeMap<(usize, Option<usize>), i64>>,
    groups: Vec<Group>,
    suspended_for: BTreeMap<(usize, Option<usize>), u64>,
    ended: BTreeMap<(usize, Option<usize>), (usize, u64)>,
    /// By relay: rows that it has failed, and those of them in doubt.
    failed: Vec<(i64, i64)>,
    handed: usize,
    now: u64,
}

/// Longer than any suspension lasts by itself.
const MINUTES: u64 = 150;

pub(super) fn play(history: History) -> Outcome {
    let mut world = World::new(history);
    while world.now < MINUTES {
        world.minute();
        let is_over = world.rows.iter().all(|row| matches!(row.state, State::Sent | State::Failed));
        if is_over {
            break;
        }
        world.now += 1;
    }
    world.outcome()
}

impl World {
    fn new(mut history: History) -> Self {
        let rows = (0..history.readers)
            .map(|_| Row {
                destination: history.dice.below(history.destinations),
                is_dead: history.dice.percent(history.dead_percent),
                state: State::Due(0),
                waits: 0,
                refused_by: None,
                sent: None,
                failed_at: 0,
                failed_by: None,
            })
            .collect();
        let (engines, relays) = (history.engines, history.relays.len());
        Self {
            history,
            rows,
            evidence: BTreeMap::new(),
            untold: vec![BTreeMap::new(); engines],
            scores: vec![BTreeMap::new(); engines],
            groups: Vec::new(),
            suspended_for: BTreeMap::new(),
            ended: BTreeMap::new(),
            failed: vec![(0, 0); relays],
            handed: 0,
            now: 0,
        }
    }

    /// Whatever is due in this minute, engine by engine, as many at once as there are connections.
    fn minute(&mut self) {
        if self.history.restart_every.is_some_and(|every| self.now % every == every - 1) {
            self.untold.iter_mut().for_each(BTreeMap::clear);
            self.scores.iter_mut().for_each(BTreeMap::clear);
        }
        self.probe();
        let mut due: Vec<usize> = (0..self.rows.len())
            .filter(|&at| matches!(self.rows[at].state, State::Due(when) if when <= self.now))
            .collect();
        due.sort_by_key(|&at| self.rows[at].waits);
        let mut flight = Vec::new();
        for (number, at) in due.into_iter().enumerate() {
            let engine = number % self.history.engines;
            match self.route(at) {
                Some((relay, is_probe)) => flight.push((engine, at, relay, is_probe)),
                None => self.rows[at].state = State::Parked,
            }
            if flight.len() >= self.history.connections * self.history.engines {
                self.land(&mut flight);
            }
        }
        self.land(&mut flight);
    }

    /// By which relay a row may go.
    fn route(&mut self, at: usize) -> Option<(usize, bool)> {
        let row = &self.rows[at];
        let mut open: Vec<usize> = (0..self.history.relays.len())
            .filter(|&relay| self.groups.iter().all(|group| group.probe || !group.covers(relay, row.destination)))
            .collect();
        if open.len() > 1 {
            open.retain(|relay| Some(*relay) != row.refused_by);
        }
        if open.is_empty() {
            return None;
        }
        let relay = open[self.history.dice.below(open.len())];
        let destination = row.destination;
        let mut is_probe = false;
        for group in self.groups.iter_mut().filter(|group| group.covers(relay, destination)) {
            (group.probe, is_probe) = (false, true);
        }
        Some((relay, is_probe))
    }

    /// The answers to what is on the wire come in.
    fn land(&mut self, flight: &mut Vec<(usize, usize, usize, bool)>) {
        for (engine, at, relay, is_probe) in flight.drain(..) {
            self.handed += 1;
            let (destination, is_dead) = (self.rows[at].destination, self.rows[at].is_dead);
            let (fault, from) = self.history.relays[relay];
            let has_begun = self.handed > from;
            match fault {
                Fault::Sender if has_begun => self.refused(engine, at, relay, None),
                Fault::AngryAt(angry) if has_begun && angry == destination => {
                    self.refused(engine, at, relay, Some(destination));
                }
                Fault::Liar(often) if has_begun && self.history.dice.percent(often) => {
                    self.called_dead(engine, at, relay)
                }
                Fault::LiarAt(liar, often) if has_begun && liar == destination && self.history.dice.percent(often) => {
                    self.called_dead(engine, at, relay);
                }
                _ if is_dead => self.called_dead(engine, at, relay),
                _ => self.taken(engine, at, relay, is_probe),
            }
        }
    }

    fn taken(&mut self, engine: usize, at: usize, relay: usize, is_probe: bool) {
        let destination = self.rows[at].destination;
        let is_first = self.rows[at].waits == 0;
        self.rows[at].state = State::Sent;
        self.rows[at].sent = Some((self.handed as i64, relay));
        for key in [(relay, None), (relay, Some(destination))] {
            if let Some(untold) = self.untold[engine].get_mut(&key).filter(|_| is_first) {
                *untold += 1;
            }
            if let Some(score) = self.scores[engine].get_mut(&key) {
                *score = Trouble::Refusal.rule().score(*score, 1, 0);
            }
        }
        if !is_probe {
            return;
        }
        let ended: Vec<Group> = self.groups.iter().filter(|group| group.covers(relay, destination)).cloned().collect();
        self.groups.retain(|group| !group.covers(relay, destination));
        for group in ended {
            let key = (group.relay, group.destination);
            *self.suspended_for.entry(key).or_default() += self.now - group.since;
            self.ended.insert(key, (group.pauses, self.now));
            if group.trouble == Trouble::Recipients {
                self.evidence.entry(key).or_default().release();
            }
            self.free(&group, usize::MAX);
        }
    }

    /// The relay refuses us, at one destination or everywhere.
    fn refused(&mut self, engine: usize, at: usize, relay: usize, destination: Option<usize>) {
        let covered = self.groups.iter().any(|group| group.covers(relay, self.rows[at].destination));
        let is_again = self.rows[at].refused_by == Some(relay) && destination.is_some();
        let others_go = self.scores[engine].get(&(relay, None)).copied().unwrap_or(0) == 0;
        if covered {
            return self.wait(at, relay, true);
        }
        let rule = Trouble::Refusal.rule();
        let mut explained = 0;
        let mut suspend = None;
        let keys: Vec<(usize, Option<usize>)> =
            destination.map(|destination| (relay, Some(destination))).into_iter().chain([(relay, None)]).collect();
        for key in keys.into_iter().filter(|_| !is_again) {
            let score = self.scores[engine].entry(key).or_default();
            *score = rule.score(*score, 0, 1);
            if explained > 0 {
                *score = (*score - explained).max(0);
            } else if *score >= rule.alarm {
                (explained, suspend) = (*score, Some(key));
                *score = rule.alarm - rule.refusal;
            }
        }
        if let Some((relay, destination)) = suspend {
            self.suspend(relay, destination, Trouble::Refusal);
            return self.wait(at, relay, false);
        }
        if self.rows[at].waits >= 3
            && destination.is_some()
            && others_go
            && self.failed(relay, true) < allowed_in_doubt(self.rows.len() as i64)
        {
            return self.fail(at, relay, true);
        }
        self.wait(at, relay, false);
    }

    /// The relay says that a recipient is dead.
    fn called_dead(&mut self, engine: usize, at: usize, relay: usize) {
        let destination = self.rows[at].destination;
        let (key, part_key) = ((relay, None), (relay, Some(destination)));
        let mut whole = self.known(engine, key);
        let mut part = self.known(engine, part_key);
        let by = self.rows[at].refused_by;
        let is_suspended =
            self.groups.iter().any(|group| group.trouble == Trouble::Recipients && group.covers(relay, destination));
        let case = Case {
            again: by == Some(relay),
            seconded: by.is_some_and(|by| by != relay),
            suspended: is_suspended,
            allowance: allowed_in_doubt(self.rows.len() as i64),
            failed: self.failed(relay, false),
            failed_in_doubt: self.failed(relay, true),
            now: Timestamp(self.handed as i64),
        };
        count(&mut whole, &mut part, &case);
        for (known, destination) in [(&mut part, Some(destination)), (&mut whole, None)] {
            if known.is_alarmed() {
                known.correct(self.sent_since(relay, destination, known.since));
            }
        }
        let weighed = decide(&mut whole, &mut part, &case);
        self.evidence.insert(key, whole);
        self.evidence.insert(part_key, part);
        if weighed.suspend_relay {
            self.restore(relay, None, whole.since);
            self.suspend(relay, None, Trouble::Recipients);
        } else if weighed.suspend_destination {
            self.restore(relay, Some(destination), part.since);
            self.suspend(relay, Some(destination), Trouble::Recipients);
        }
        match weighed.believed {
            true => self.fail(at, relay, case.again || case.seconded),
            false => self.wait(at, relay, is_suspended),
        }
    }

    fn sent_since(&self, relay: usize, destination: Option<usize>, since: Timestamp) -> i64 {
        let counts = |row: &&Row| {
            destination.is_none_or(|wanted| wanted == row.destination)
                && row.sent.is_some_and(|(at, by)| by == relay && at >= since.0)
        };
        self.rows.iter().filter(counts).count() as i64
    }

    fn known(&mut self, engine: usize, key: (usize, Option<usize>)) -> Evidence {
        let mut evidence = self.evidence.get(&key).copied().unwrap_or_default();
        evidence.accept(self.untold[engine].insert(key, 0).unwrap_or(0));
        evidence
    }

    /// How many a relay has failed, or has failed in doubt.
    fn failed(&self, relay: usize, in_doubt: bool) -> i64 {
        let (all, doubted) = self.failed[relay];
        if in_doubt { doubted } else { all }
    }

    fn count_failed(&mut self, relay: usize, in_doubt: bool, change: i64) {
        let (all, doubted) = &mut self.failed[relay];
        *all += change;
        *doubted += change * i64::from(in_doubt);
    }

    fn fail(&mut self, at: usize, relay: usize, in_doubt: bool) {
        self.count_failed(relay, in_doubt, 1);
        let row = &mut self.rows[at];
        (row.state, row.failed_at, row.failed_by) = (State::Failed, self.handed as i64, Some((relay, in_doubt)));
    }

    fn wait(&mut self, at: usize, relay: usize, is_parked: bool) {
        let relays = self.history.relays.len();
        let row = &mut self.rows[at];
        let hand_over = relays > 1 && row.waits == 0;
        let minutes = (5 << (row.waits as u64 / relays as u64).min(5)).min(240);
        row.state = match (hand_over, is_parked) {
            (true, _) => State::Due(self.now),
            (_, true) => State::Parked,
            _ => State::Due(self.now + minutes),
        };
        row.waits += 1;
        row.refused_by = Some(relay);
    }

    fn restore(&mut self, relay: usize, destination: Option<usize>, since: Timestamp) {
        for at in 0..self.rows.len() {
            let row = &mut self.rows[at];
            let Some((by, in_doubt)) = row.failed_by.filter(|_| row.state == State::Failed) else { continue };
            let is_of = by == relay && destination.is_none_or(|wanted| wanted == row.destination);
            if is_of && row.failed_at >= since.0 {
                (row.state, row.failed_by) = (State::Due(self.now), None);
                row.waits += 1;
                row.refused_by = Some(relay);
                self.count_failed(relay, in_doubt, -1);
            }
        }
    }

    fn suspend(&mut self, relay: usize, destination: Option<usize>, trouble: Trouble) {
        let key = (relay, destination);
        let former = self.ended.get(&key).filter(|(_, at)| self.now - at < 60).map_or(0, |(pauses, _)| *pauses);
        let pause = trouble.rule().pause(former).unwrap_or(Duration::ZERO).as_secs() / 60;
        let until = Some(self.now + pause);
        self.groups.push(Group { relay, destination, trouble, until, pauses: former, since: self.now, probe: false });
    }

    /// What is due for suspended groups.
    fn probe(&mut self) {
        let now = self.now;
        let mut freed = Vec::new();
        for group in self.groups.iter_mut().filter(|group| group.until.is_some_and(|until| until <= now)) {
            let rule = group.trouble.rule();
            group.pauses += 1;
            let next = rule.pause(group.pauses).map(|pause| pause.as_secs() / 60);
            match next.or((group.pauses <= rule.pauses.len()).then_some(1)) {
                Some(minutes) => {
                    (group.until, group.probe) = (Some(now + minutes), true);
                    freed.push(group.clone());
                }
                None => (group.until, group.probe) = (None, false),
            }
        }
        for group in freed {
            self.free(&group, 1);
        }
        let held: Vec<Group> =
            self.groups.iter().filter(|g| g.until.is_none() && g.trouble == Trouble::Recipients).cloned().collect();
        for group in held {
            let untried = self.rows.iter().filter(|row| {
                !matches!(row.state, State::Sent | State::Failed)
                    && row.waits == 0
                    && group.destination.is_none_or(|wanted| wanted == row.destination)
            });
            let known = self.evidence.get(&(group.relay, group.destination)).copied().unwrap_or_default();
            if known.may_be_believed(untried.count() as i64, allowance(self.rows.len() as i64)) {
                let key = (group.relay, group.destination);
                self.evidence.entry(key).or_default().trusted = true;
                *self.suspended_for.entry(key).or_default() += self.now - group.since;
                self.groups.retain(|other| (other.relay, other.destination) != key);
                self.free(&group, usize::MAX);
            }
        }
    }

    fn free(&mut self, group: &Group, limit: usize) {
        let mut waiting: Vec<usize> = (0..self.rows.len())
            .filter(|&at| {
                let row = &self.rows[at];
                let key = (group.relay, group.destination);
                let waits_for_another = |other: &Group| {
                    limit == 1
                        && (other.relay, other.destination) != key
                        && !other.probe
                        && other.covers(group.relay, row.destination)
                };
                row.state == State::Parked
                    && group.destination.is_none_or(|wanted| wanted == row.destination)
                    && !self.groups.iter().any(waits_for_another)
            })
            .collect();
        waiting.sort_by_key(|&at| self.rows[at].waits);
        for at in waiting.into_iter().take(limit) {
            self.rows[at].state = State::Due(self.now);
        }
    }

    fn outcome(mut self) -> Outcome {
        let mut outcome = Outcome { lost: vec![0; self.history.relays.len()], ..Outcome::default() };
        for row in &self.rows {
            match (row.state, row.is_dead, row.failed_by) {
                (State::Sent, ..) => outcome.sent += 1,
                (State::Failed, true, _) => outcome.buried += 1,
                (State::Failed, false, Some((relay, _))) => outcome.lost[relay] += 1,
                _ => {}
            }
        }
        for group in &self.groups {
            let key = (group.relay, group.destination);
            *self.suspended_for.entry(key).or_default() += self.now - group.since;
            if self.is_innocent(key) && group.until.is_none() {
                outcome.innocent_held += 1;
            }
        }
        for (key, minutes) in &self.suspended_for {
            if self.is_innocent(*key) {
                outcome.innocent_minutes = outcome.innocent_minutes.max(*minutes);
            }
        }
        outcome
    }

    fn is_innocent(&self, (relay, destination): (usize, Option<usize>)) -> bool {
        match (self.history.relays[relay].0, destination) {
            (Fault::None, _) => true,
            (Fault::LiarAt(faulty, _) | Fault::AngryAt(faulty), Some(destination)) => faulty != destination,
            (Fault::LiarAt(..) | Fault::AngryAt(_), None) => self.history.destinations > 1,
            (Fault::Liar(_) | Fault::Sender, _) => false,
        }
    }
}

impl Group {
    fn covers(&self, relay: usize, destination: usize) -> bool {
        self.relay == relay && self.destination.is_none_or(|wanted| wanted == destination)
    }
}
