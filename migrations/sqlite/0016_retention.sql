-- Nothing is kept for ever. What is kept of people whose subscription has had its time: keyed hashes, and no address.

-- Who had left a newsletter: no list brings them back to it. An end without an author counts as the reader's own.
CREATE TABLE departed (
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    address_hash BLOB NOT NULL,
    ended_by TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (newsletter_id, address_hash)
) STRICT;
CREATE INDEX departed_address_hash ON departed (address_hash);

-- What they had agreed to, as proof, for a while after the end.
CREATE TABLE past_consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    address_hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    wording TEXT NOT NULL,
    client TEXT,
    source TEXT NOT NULL,
    ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX past_consents_address_hash ON past_consents (address_hash);
CREATE INDEX past_consents_ended_at ON past_consents (ended_at);

-- The rows of an old issue's ledger, counted. A part that is not known stands as 0 or as an empty text.
CREATE TABLE folded (
    issue_id INTEGER NOT NULL,
    revision_id INTEGER NOT NULL,
    relay TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    reached_at INTEGER,
    PRIMARY KEY (issue_id, revision_id, relay, state, reason)
) STRICT;

-- Who did not get it, and why: these rows are counted above, too.
CREATE TABLE folded_misses (
    id INTEGER PRIMARY KEY NOT NULL,
    issue_id INTEGER NOT NULL,
    subscription_id INTEGER,
    state TEXT NOT NULL,
    reason TEXT,
    relay TEXT,
    revision_id INTEGER,
    attempts INTEGER NOT NULL,
    first_at INTEGER,
    final_at INTEGER,
    reply TEXT
) STRICT;
CREATE INDEX folded_misses_issue ON folded_misses (issue_id, id);
CREATE INDEX folded_misses_subscription ON folded_misses (subscription_id) WHERE subscription_id IS NOT NULL;

-- From when on old rows are taken away, and when that was last done. One row, made by the first look.
CREATE TABLE retention (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    begins_at INTEGER NOT NULL,
    ran_at INTEGER
) STRICT;

CREATE INDEX subscriptions_left ON subscriptions (left_at) WHERE state = 'left';
CREATE INDEX subscriptions_pending ON subscriptions (created_at) WHERE state = 'pending';
CREATE INDEX consents_at ON consents (at) WHERE client IS NOT NULL;
CREATE INDEX events_at ON events (at);
CREATE INDEX notices_received_at ON notices (received_at);
CREATE INDEX notices_subscription ON notices (subscription_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX deliveries_of_person ON deliveries (subscription_id) WHERE issue_id IS NULL AND subscription_id IS NOT NULL;
CREATE INDEX deliveries_system ON deliveries (final_at) WHERE issue_id IS NULL AND final_at IS NOT NULL;

-- Who may be sent what they themselves asked for about their own data: whoever is stored, unless they called our mail
-- unwanted.
CREATE VIEW answerable AS
SELECT s.id AS subscription_id
FROM subscriptions s
JOIN subscribers u ON u.id = s.subscriber_id
WHERE NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_hash = u.address_hash AND x.reason = 'complaint')
  AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.mailbox_hash = u.quota_hash AND x.reason = 'complaint');
