-- What came back: one row a report and recipient. It names a delivery and a subscription, and holds no address, subject
-- or body; its diagnostic is masked. With `settle_at` it waits to be judged; `effect` is what followed.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    fingerprint BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    certainty TEXT NOT NULL,
    evidence TEXT NOT NULL,
    delivery_id INTEGER,
    issue_id INTEGER,
    newsletter_id INTEGER,
    subscription_id INTEGER,
    address_hash BLOB,
    relay TEXT,
    destination TEXT NOT NULL,
    status TEXT,
    diagnostic TEXT NOT NULL,
    rule TEXT NOT NULL,
    settle_at INTEGER,
    effect TEXT NOT NULL,
    -- When a person released or discarded it.
    answered_at INTEGER
) STRICT;
CREATE INDEX notices_settle ON notices (settle_at, id) WHERE settle_at IS NOT NULL;
CREATE INDEX notices_issue ON notices (issue_id, id) WHERE issue_id IS NOT NULL;
CREATE INDEX notices_address ON notices (address_hash, received_at) WHERE address_hash IS NOT NULL;
CREATE INDEX notices_delivery ON notices (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX notices_held ON notices (issue_id, id) WHERE effect = 'held';

-- The notice that proves a suppression, where it was one.
ALTER TABLE suppressions ADD COLUMN notice_id INTEGER;
CREATE INDEX suppressions_notice ON suppressions (created_at) WHERE notice_id IS NOT NULL;
