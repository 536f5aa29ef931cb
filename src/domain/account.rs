//! People with a login: what each may do. One table, in [`may`]; the pages, the routes and docs/accounts.md go by it.

use super::string_enum;

string_enum! {
    /// What somebody does for one newsletter.
    MemberRole: "role" {
        /// Looks on.
        Viewer = "viewer",
        /// Writes, and sends nothing.
        Writer = "writer",
        /// Writes, sends, and looks after readers.
        Editor = "editor",
        /// Everything, also who else has a part in it.
        Owner = "owner",
    }
}

string_enum! {
    AccountState: "account state" {
        /// Has a link and has not used it yet.
        Invited = "invited",
        Active = "active",
        /// Cannot sign in.
        Disabled = "disabled",
    }
}

string_enum! {
    /// What a one-time link is for.
    LinkKind: "kind of link" {
        /// Somebody new chooses their password.
        Welcome = "welcome",
        /// Somebody who cannot sign in any more does so again.
        Recovery = "recovery",
    }
}

string_enum! {
    /// What somebody shows to sign in.
    SignInMethod: "way to sign in" {
        /// A one-time link from the command line, or from an owner.
        Link = "link",
        Password = "password",
    }
}

string_enum! {
    /// Why a sign-in was refused, for the log.
    RefusedSignIn: "reason of a refused sign-in" {
        /// The password is another.
        Password = "password",
        Disabled = "disabled",
        /// Too many tries; nothing was looked at.
        Limit = "limit",
    }
}

string_enum! {
    /// Why a session was ended, for the log.
    EndedSession: "end of a session" {
        /// Its owner signed out.
        SignedOut = "signed_out",
        /// Its owner signed out elsewhere.
        Elsewhere = "elsewhere",
        /// The password is another.
        Password = "password",
        /// The account has other rights.
        Role = "role",
        Disabled = "disabled",
        /// A link to get back in was made or used.
        Link = "link",
        /// At the command line.
        Command = "command",
    }
}

string_enum! {
    /// What a page or a button needs.
    Right: "right" {
        /// Issues, texts, progress and numbers; addresses are masked.
        See = "see",
        /// Drafts, pictures and their history.
        Write = "write",
        /// Tests to the people of this newsletter.
        TestTeam = "test-team",
        /// Tests to any address.
        TestOthers = "test-others",
        /// Queue, hold, move, pause, resume, stop, retry and correct issues.
        Send = "send",
        Approve = "approve",
        /// List, add, pause and remove readers.
        Readers = "readers",
        /// Import, export, erase and suppress readers.
        Lists = "lists",
        /// Who has a part in this newsletter.
        People = "people",
        /// Keys for programs, and webhooks.
        Keys = "keys",
        /// What happened in this newsletter.
        Log = "log",
        /// What happened everywhere.
        WholeLog = "whole-log",
        /// The health of the server, its settings, all accounts.
        Machine = "machine",
        /// Their own name, methods and sessions.
        Own = "own",
    }
}

/// Whether somebody in this role has a right. `None` is an operator's place in a newsletter without a role of their own.
pub const fn may(role: Option<MemberRole>, right: Right) -> bool {
    use Right::{Approve, Keys, Log, Machine, Own, People, Readers, See, Send, TestOthers, TestTeam, WholeLog, Write};
    match role {
        Some(MemberRole::Viewer) => matches!(right, See | Own),
        Some(MemberRole::Writer) => matches!(right, See | Write | TestTeam | Own),
        Some(MemberRole::Editor) => {
            matches!(right, See | Write | TestTeam | TestOthers | Send | Approve | Readers | Log | Own)
        }
        Some(MemberRole::Owner) => !matches!(right, WholeLog | Machine),
        None => matches!(right, People | Keys | WholeLog | Machine | Own),
    }
}

/// Whether a right is used only by who has shown again who they are.
pub const fn is_strong(right: Right) -> bool {
    matches!(right, Right::Lists | Right::People | Right::Keys)
}

/// Where somebody stands with a newsletter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountStanding {
    pub role: Option<MemberRole>,
    pub operator: bool,
}

impl AccountStanding {
    /// Whether they have a right there: by their role, or as an operator.
    pub const fn may(self, right: Right) -> bool {
        let by_role = match self.role {
            Some(role) => may(Some(role), right),
            None => matches!(right, Right::Own),
        };
        by_role || (self.operator && may(None, right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(role: Option<MemberRole>) -> Vec<Right> {
        Right::ALL.iter().copied().filter(|right| may(role, *right)).collect()
    }

    #[test]
    fn each_role_has_what_the_one_below_it_has() {
        for pair in MemberRole::ALL.windows(2) {
            let (lower, higher) = (rights(Some(pair[0])), rights(Some(pair[1])));
            assert!(lower.iter().all(|right| higher.contains(right)), "{} {}", pair[0], pair[1]);
            assert!(higher.len() > lower.len(), "{} {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn an_operator_has_no_text_and_no_readers() {
        let operator = AccountStanding { role: None, operator: true };
        for right in [Right::See, Right::Write, Right::Send, Right::Readers, Right::Lists, Right::Log] {
            assert!(!operator.may(right), "{right}");
        }
        for right in [Right::Machine, Right::People, Right::WholeLog, Right::Own] {
            assert!(operator.may(right), "{right}");
        }
        let both = AccountStanding { role: Some(MemberRole::Viewer), operator: true };
        assert!(both.may(Right::See) && both.may(Right::Machine) && !both.may(Right::Write));
    }

    #[test]
    fn who_has_no_part_has_no_right_but_over_themselves() {
        let stranger = AccountStanding { role: None, operator: false };
        assert!(Right::ALL.iter().all(|right| stranger.may(*right) == (*right == Right::Own)));
    }
}
