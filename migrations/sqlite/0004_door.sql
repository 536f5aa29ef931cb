-- What readers change for themselves: how they are mailed, where, and what only a fresh mail may open.

-- How the reader wants the mail: with both parts, or as text alone.
ALTER TABLE subscriptions ADD COLUMN format TEXT NOT NULL DEFAULT 'html' CHECK (format IN ('html', 'plain'));
-- What the state was before the reader left, so that a slip can be taken back.
ALTER TABLE subscriptions ADD COLUMN left_from TEXT;

-- What somebody with a reader's link asked for, and what takes effect only by a mail: another address (by a link sent
-- to that address), the reader's data (by a link sent to theirs), their own link.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    email TEXT,
    old_email TEXT,
    created_at INTEGER NOT NULL,
    done_at INTEGER,
    stopped_at INTEGER
) STRICT;
CREATE INDEX requests_subscription ON requests (subscription_id, kind, created_at);

-- What is logged about one reader: the reader may ask for it.
CREATE INDEX events_subscription ON events (subscription_id, id) WHERE subscription_id IS NOT NULL;

-- The request that a mail's link is about.
ALTER TABLE deliveries ADD COLUMN request_id INTEGER;

-- Who may be sent what is no issue. Who had everything erased may come back: what they confirm themselves is sent to
-- them; issues, and what operators bring in, are not, until they have.
DROP VIEW reachable;
CREATE VIEW reachable AS
SELECT s.id AS subscription_id, s.newsletter_id, s.subscriber_id, s.state
FROM subscriptions s
JOIN subscribers u ON u.id = s.subscriber_id
WHERE NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_hash = u.address_hash AND x.reason <> 'erased');
