-- Lists of readers that came in from elsewhere: what was read how, what it changed, so that it can be taken back.

CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    -- Who did it, as events spell it.
    actor TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'undoing', 'undone')),
    -- The files' names, a line each, and one digest over all that is in them.
    files TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- What each column was taken for, as JSON.
    mapping TEXT NOT NULL,
    -- Where the readers agreed, in the operator's words; empty when it was not said.
    agreed TEXT NOT NULL,
    -- How far it is, in rows, and what it did, as JSON.
    position INTEGER NOT NULL,
    counts TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    undone_at INTEGER
) STRICT;
CREATE INDEX imports_newsletter ON imports (newsletter_id, id);

-- One row per change, for as long as it can be taken back. A suppression has no subscription: a keyed hash alone.
CREATE TABLE import_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    import_id INTEGER NOT NULL REFERENCES imports (id),
    subscription_id INTEGER REFERENCES subscriptions (id) ON DELETE CASCADE,
    address_hash BLOB,
    did TEXT NOT NULL CHECK (did IN ('added', 'activated', 'unsubscribed', 'suppressed'))
) STRICT;
CREATE INDEX import_changes_import ON import_changes (import_id, id);
CREATE INDEX import_changes_subscription ON import_changes (subscription_id);

-- What operators said of columns that nobody else could know: offered when the same column comes again.
CREATE TABLE import_answers (
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    column_name TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (newsletter_id, column_name)
) STRICT;

-- Whose act the end of a subscription was. Rows from before this column have none: they count as the reader's own.
ALTER TABLE subscriptions ADD COLUMN ended_by TEXT
    CHECK (ended_by IN ('reader', 'operator', 'import', 'complaint', 'provider'));
