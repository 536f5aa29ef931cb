-- The state of who unsubscribed is called what it is called everywhere. A CHECK names the states, so the table is built
-- anew, on a connection that holds no foreign keys: nothing that belongs to a subscription goes with the old table.

-- Views and keys go by the table's name, and stay as they are while it is away.
PRAGMA legacy_alter_table = ON;

CREATE TABLE subscriptions_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'unsubscribed')),
    language TEXT,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    paused_until INTEGER,
    left_at INTEGER,
    format TEXT NOT NULL DEFAULT 'html' CHECK (format IN ('html', 'plain')),
    left_from TEXT,
    ended_by TEXT CHECK (ended_by IN ('reader', 'operator', 'import', 'complaint', 'provider')),
    mark INTEGER,
    name TEXT,
    UNIQUE (newsletter_id, subscriber_id)
) STRICT;

INSERT INTO subscriptions_new (id, newsletter_id, subscriber_id, state, language, source, created_at, confirmed_at,
    paused_until, left_at, format, left_from, ended_by, mark, name)
SELECT id, newsletter_id, subscriber_id, CASE state WHEN 'left' THEN 'unsubscribed' ELSE state END, language, source,
    created_at, confirmed_at, paused_until, left_at, format, left_from, ended_by, mark, name
FROM subscriptions;

-- Numbers stand in links: those of rows that are gone never come again.
DELETE FROM sqlite_sequence WHERE name = 'subscriptions_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'subscriptions_new', seq FROM sqlite_sequence WHERE name = 'subscriptions';

DROP TABLE subscriptions;
ALTER TABLE subscriptions_new RENAME TO subscriptions;

CREATE INDEX subscriptions_subscriber ON subscriptions (subscriber_id);
CREATE INDEX subscriptions_paused ON subscriptions (paused_until) WHERE state = 'paused';
CREATE INDEX subscriptions_unsubscribed ON subscriptions (left_at) WHERE state = 'unsubscribed';
CREATE INDEX subscriptions_pending ON subscriptions (created_at) WHERE state = 'pending';

-- Rows from before marks have none, for ever: so it is made when they are in.
CREATE TRIGGER subscriptions_mark AFTER INSERT ON subscriptions WHEN NEW.mark IS NULL BEGIN
    UPDATE subscriptions SET mark = random() WHERE id = NEW.id;
END;

PRAGMA legacy_alter_table = OFF;

-- Nothing points to what is not there: otherwise the step fails, and nothing has changed.
CREATE TABLE dangling (number INTEGER CHECK (number = 0)) STRICT;
INSERT INTO dangling (number) SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE dangling;
