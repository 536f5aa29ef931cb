//! When a refusal is no longer believed, and when a group of mail is suspended. Evidence is a score: each refusal adds
//! points, each acceptance takes some away, never below nothing (Page's cumulative sum, 1954). It forgets what was
//! before the trouble, needs no unbroken run, and is one number that a database can keep.
//!
//! The table of the rules stands in docs/delivery.md. Pure; a simulation holds its figures.

use std::time::Duration;

use super::string_enum;
use crate::clock::Timestamp;

string_enum! {
    /// What kind of trouble a group of mail has. Each is counted apart.
    Trouble: "trouble" {
        /// Its recipients are refused: dead, full, unwanted.
        Recipients = "recipients",
        /// It is refused for good, for who we are or what we send.
        Refusal = "refusal",
        /// It is put off, for who we are or what we send.
        Delay = "delay",
        /// The allowance of an hour or a day is used up.
        Quota = "quota",
        /// No answer comes to the final dot.
        Uncertain = "uncertain",
        /// The relay has trouble of its own in mid-conversation.
        Fault = "fault",
    }
}

/// How evidence of one kind is weighed, and what follows.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub refusal: i64,
    /// Points that an acceptance takes away.
    pub acceptance: i64,
    /// From here on a refusal is not believed at once.
    pub doubt: i64,
    /// From here on the group is suspended.
    pub alarm: i64,
    /// Minutes before each probe; the last repeats where `ends_in_a_person` is false.
    pub pauses: &'static [u64],
    /// Whether the suspension has no end when all pauses are over.
    pub ends_in_a_person: bool,
    /// After so many pauses a person is told.
    pub told_after: usize,
}

/// So much more is needed for an alarm after each that was none.
const ALARM_STEP: i64 = 14;
/// No group is given more credit than this.
const ALARM_MAX: i64 = 140;
/// After the relay has taken a probe its group is still watched: two refusals suspend it again.
const WATCHED: i64 = 14;
/// Readers of an issue that one relay may fail on evidence that is open to doubt.
const ALLOWANCE_MIN: i64 = 10;
/// The same as a share of the readers, in hundredths.
const ALLOWANCE_HUNDREDTHS: i64 = 2;
/// Rows that a relay fails before it is doubted and that stay so, at most, in all histories of the simulation.
const BEFORE_DOUBT: i64 = 4;
/// No list has more dead addresses than this share, in hundredths.
const DEAD_HUNDREDTHS_MAX: i64 = 50;

const RECIPIENTS: Rule = Rule {
    refusal: 7,
    acceptance: 13,
    doubt: 14,
    alarm: 70,
    pauses: &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3],
    ends_in_a_person: true,
    told_after: 3,
};
const REFUSAL: Rule = Rule {
    refusal: 4,
    acceptance: 2,
    doubt: 4,
    alarm: 12,
    pauses: &[1, 2, 5, 10, 20, 40],
    ends_in_a_person: true,
    told_after: 4,
};
const DELAY: Rule = Rule {
    refusal: 4,
    acceptance: 4,
    doubt: 20,
    alarm: 40,
    pauses: &[5, 10, 20, 40, 80, 160, 240],
    ends_in_a_person: false,
    told_after: 4,
};
const QUOTA: Rule = Rule {
    refusal: 1,
    acceptance: 1,
    doubt: 1,
    alarm: 1,
    pauses: &[15, 60, 120, 240, 360],
    ends_in_a_person: false,
    told_after: 1,
};
const UNCERTAIN: Rule = Rule {
    refusal: 4,
    acceptance: 4,
    doubt: 8,
    alarm: 20,
    pauses: &[5, 10, 20, 40],
    ends_in_a_person: true,
    told_after: 1,
};
const FAULT: Rule =
    Rule { refusal: 4, acceptance: 4, doubt: 4, alarm: 12, pauses: &[], ends_in_a_person: false, told_after: 1 };

impl Trouble {
    pub fn rule(self) -> &'static Rule {
        match self {
            Self::Recipients => &RECIPIENTS,
            Self::Refusal => &REFUSAL,
            Self::Delay => &DELAY,
            Self::Quota => &QUOTA,
            Self::Uncertain => &UNCERTAIN,
            Self::Fault => &FAULT,
        }
    }
}

impl Rule {
    /// The pause before the next probe, after `pauses` of them; `None` when a person must decide.
    pub fn pause(&self, pauses: usize) -> Option<Duration> {
        let minutes = match self.pauses.get(pauses) {
            Some(minutes) => minutes,
            None if self.ends_in_a_person => return None,
            None => self.pauses.last()?,
        };
        Some(Duration::from_secs(minutes * 60))
    }

    /// The score after `refused` refusals, which came after `accepted` acceptances.
    pub fn score(&self, score: i64, accepted: i64, refused: i64) -> i64 {
        (score - self.acceptance * accepted).max(0) + self.refusal * refused
    }
}

/// What is known of how a group treats the recipients of one issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    pub score: i64,
    /// When the score last left nothing: nobody was wronged before.
    pub since: Timestamp,
    pub recent: i64,
    /// Acceptances counted since the first refusal.
    pub accepted: i64,
    /// Refusals counted, each row once.
    pub refused: i64,
    /// Suspensions that ended with an acceptance.
    pub alarms: i64,
    /// A person said that these refusals are to be believed.
    pub trusted: bool,
}

impl Evidence {
    pub fn accept(&mut self, accepted: i64) {
        self.score = RECIPIENTS.score(self.score, accepted, 0);
        self.accepted += accepted;
    }

    fn refuse(&mut self, now: Timestamp) {
        if self.score == 0 {
            (self.since, self.recent) = (now, 0);
        }
        self.score = RECIPIENTS.score(self.score, 0, 1);
        self.recent += 1;
        self.refused += 1;
    }

    /// Takes away what other engines took meanwhile and have not told: `accepted` mails were taken since `since`.
    pub fn correct(&mut self, accepted: i64) {
        self.score = self.score.min((RECIPIENTS.refusal * self.recent - RECIPIENTS.acceptance * accepted).max(0));
    }

    fn alarm(&self) -> i64 {
        (RECIPIENTS.alarm + self.alarms * ALARM_STEP).min(ALARM_MAX)
    }

    /// Whether the group is to be suspended.
    pub fn is_alarmed(&self) -> bool {
        !self.trusted && self.score >= self.alarm()
    }

    fn is_doubted(&self) -> bool {
        !self.trusted && self.score >= RECIPIENTS.doubt
    }

    /// The group was suspended: it has explained its points.
    fn suspend(&mut self) {
        self.score = self.alarm() - WATCHED;
    }

    /// A suspension of the group ended with an acceptance.
    pub fn release(&mut self) {
        self.alarms += 1;
        self.score = self.alarm() - WATCHED;
    }

    /// Of the rows that a relay has failed, those that its allowance must cover: all of them once it refuses most.
    pub fn counted(&self, failed: i64, failed_in_doubt: i64) -> i64 {
        if self.refuses_most() { failed } else { failed_in_doubt }
    }

    /// Whether the group may be believed after all when no probe was taken: nobody is left whom it has not refused, and
    /// those of its present trouble are few.
    pub fn may_be_believed(&self, untried: i64, allowance: i64) -> bool {
        untried == 0 && self.recent <= allowance
    }

    /// Whether it refuses a larger part than any list has dead addresses.
    fn refuses_most(&self) -> bool {
        is_most(self.refused, self.accepted)
    }
}

/// Whether `refused` of `refused + accepted` is a larger share than any list has dead addresses.
pub fn is_most(refused: i64, accepted: i64) -> bool {
    refused * 100 >= (refused + accepted) * DEAD_HUNDREDTHS_MAX
}

/// How many rows one relay may fail after it has been doubted: what it failed before that is added to them.
pub fn allowed_in_doubt(readers: i64) -> i64 {
    allowance(readers) - BEFORE_DOUBT
}

/// How many readers of an issue with so many one relay may cost without a person's word.
pub fn allowance(readers: i64) -> i64 {
    ALLOWANCE_MIN.max(readers * ALLOWANCE_HUNDREDTHS / 100)
}

#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// This relay has refused it before and was doubted.
    pub again: bool,
    /// Another relay has refused it before.
    pub seconded: bool,
    /// The group is suspended: this was a probe, or was on the wire.
    pub suspended: bool,
    /// Rows that a relay may fail in this issue on evidence that is open to doubt.
    pub allowance: i64,
    /// Rows that this relay has failed in this issue.
    pub failed: i64,
    /// Those of them that it failed after it had been doubted.
    pub failed_in_doubt: i64,
    pub now: Timestamp,
}

/// What follows from a refused recipient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weighed {
    /// The row fails; otherwise it goes back and waits, uncounted.
    pub believed: bool,
    /// The relay is suspended for this issue.
    pub suspend_relay: bool,
    /// The relay is suspended for this issue and destination.
    pub suspend_destination: bool,
}

/// Counts one more refusal of a recipient, for the relay and for its destination.
pub fn count(relay: &mut Evidence, destination: &mut Evidence, case: &Case) {
    // The same row again says nothing new of the relay; and what another relay has refused is no fair sample of the list.
    if case.again || case.seconded {
        return;
    }
    if case.suspended {
        relay.recent += 1;
        destination.recent += 1;
        return;
    }
    relay.refuse(case.now);
    destination.refuse(case.now);
}

/// Decides what follows from the refusal that was counted last, by what is known of the relay and of its destination.
pub fn decide(relay: &mut Evidence, destination: &mut Evidence, case: &Case) -> Weighed {
    let trusted = relay.trusted || destination.trusted;
    let is_clear = trusted || !(relay.is_doubted() || destination.is_doubted());
    let mut weighed = Weighed::default();
    if case.suspended && !trusted {
        return weighed;
    }
    if !trusted && destination.is_alarmed() {
        // What the destination explains is not the relay's.
        weighed.suspend_destination = true;
        relay.score = (relay.score - destination.score).max(0);
        destination.suspend();
        return weighed;
    }
    if !trusted && relay.is_alarmed() {
        weighed.suspend_relay = true;
        relay.suspend();
        return weighed;
    }
    let is_ordinary = relay.alarms == 0 && destination.alarms == 0 && !relay.refuses_most();
    let is_allowed = relay.counted(case.failed, case.failed_in_doubt) < case.allowance;
    weighed.believed = is_clear || ((case.again || case.seconded) && is_allowed) || (case.again && is_ordinary);
    weighed
}
