-- What strangers made the program do, kept no longer than its limit needs. No addresses: keyed hashes alone, so that
-- neither a restart nor the erasure of a reader opens a mailbox to a flood.

-- One row per mail that a stranger caused, for 30 days.
CREATE TABLE asked_mails (
    id INTEGER PRIMARY KEY,
    quota_hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    delivery_id INTEGER
) STRICT;
CREATE INDEX asked_mails_quota_hash ON asked_mails (quota_hash, at);
CREATE INDEX asked_mails_at ON asked_mails (at);

INSERT INTO asked_mails (quota_hash, at)
SELECT u.quota_hash, c.at FROM consents c
JOIN subscriptions s ON s.id = c.subscription_id
JOIN subscribers u ON u.id = s.subscriber_id
WHERE c.kind = 'asked';

-- Addresses whose owners said "not me": the first eight bytes of the keyed hash, as a number. Until then no mail goes
-- there that a stranger asks for.
CREATE TABLE refusals (
    address_tag INTEGER PRIMARY KEY NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- Challenges that were solved, until they expire: each opens the door once.
CREATE TABLE spent_challenges (
    tag INTEGER PRIMARY KEY NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX spent_challenges_expires_at ON spent_challenges (expires_at);
