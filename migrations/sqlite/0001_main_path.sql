-- Times are milliseconds since 1970, UTC. Ids never leave the program but sealed in tokens; where they do they are never
-- used again (AUTOINCREMENT), so that a link of an erased reader opens nothing.

CREATE TABLE newsletters (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- One row per person, whatever they subscribe to. The hashes are keyed: address_hash outlives the address in
-- suppressions, quota_hash folds the spellings of one mailbox.
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    address_hash BLOB NOT NULL,
    quota_hash BLOB NOT NULL,
    name TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX subscribers_address_hash ON subscribers (address_hash);
CREATE INDEX subscribers_quota_hash ON subscribers (quota_hash);

CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'left')),
    language TEXT,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    paused_until INTEGER,
    left_at INTEGER,
    UNIQUE (newsletter_id, subscriber_id)
) STRICT;
CREATE INDEX subscriptions_subscriber ON subscriptions (subscriber_id);
CREATE INDEX subscriptions_paused ON subscriptions (paused_until) WHERE state = 'paused';

-- Append-only: what was asked and agreed, in which words, when, from where.
CREATE TABLE consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    wording TEXT NOT NULL,
    client TEXT,
    source TEXT NOT NULL
) STRICT;
CREATE INDEX consents_subscription ON consents (subscription_id, id);
CREATE INDEX consents_client ON consents (client, at) WHERE kind = 'asked';

CREATE TABLE suppressions (
    id INTEGER PRIMARY KEY,
    address_hash BLOB NOT NULL UNIQUE,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Content frozen for sending: an issue's, or a system mail's. A delivery bears one.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    slug TEXT,
    title TEXT NOT NULL,
    subject TEXT NOT NULL,
    preheader TEXT NOT NULL,
    language TEXT NOT NULL,
    html TEXT NOT NULL,
    plain TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (newsletter_id, digest)
) STRICT;

CREATE TABLE issues (
    id INTEGER PRIMARY KEY,
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'queued', 'preparing', 'sending', 'paused', 'sent', 'stopped', 'held')),
    revision_id INTEGER NOT NULL REFERENCES revisions (id),
    due_at INTEGER,
    on_slot INTEGER NOT NULL,
    -- What the file said of its time when it was last queued or followed: a change of it is noticed.
    asked TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    UNIQUE (newsletter_id, slug)
) STRICT;
CREATE INDEX issues_state ON issues (state, due_at);
-- Two commands that look for the next free slot at the same moment cannot both get it.
CREATE UNIQUE INDEX issues_slot ON issues (newsletter_id, due_at) WHERE state = 'queued' AND on_slot;

-- The ledger: one row per mail to one recipient. The kind is the revision's; a row with an issue is of kind 'issue'.
-- No references: freezing an audience of a million must stay one statement of a second.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id INTEGER,
    subscription_id INTEGER,
    recipient TEXT,
    state TEXT NOT NULL,
    due_at INTEGER,
    claimed_by INTEGER,
    revision_id INTEGER,
    attempts INTEGER NOT NULL,
    first_at INTEGER,
    final_at INTEGER,
    relay TEXT,
    reply TEXT,
    reason TEXT
) STRICT;
CREATE UNIQUE INDEX deliveries_issue ON deliveries (issue_id, subscription_id);
CREATE INDEX deliveries_due ON deliveries (issue_id, due_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_open ON deliveries (state, claimed_by, due_at) WHERE state IN ('claimed', 'in_flight', 'uncertain');

-- Ordered log: reports and audit read it.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    newsletter_id INTEGER,
    issue_id INTEGER,
    subscription_id INTEGER,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX events_issue ON events (issue_id, id) WHERE issue_id IS NOT NULL;

-- A process that works on the ledger. Its number is the fencing epoch of every row it claims.
CREATE TABLE workers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    engine INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT;

CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    worker_id INTEGER NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT;

-- Who may be mailed an issue. Plan, claim and counts use this and nothing else.
CREATE VIEW mailable AS
SELECT s.id AS subscription_id, s.newsletter_id, s.subscriber_id
FROM subscriptions s
JOIN subscribers u ON u.id = s.subscriber_id
WHERE s.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_hash = u.address_hash);

-- Who may be sent a confirmation or a notice.
CREATE VIEW reachable AS
SELECT s.id AS subscription_id, s.newsletter_id, s.subscriber_id, s.state
FROM subscriptions s
JOIN subscribers u ON u.id = s.subscriber_id
WHERE NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_hash = u.address_hash);
