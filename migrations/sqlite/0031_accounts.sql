-- People with a login.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    -- What two spellings of one address share.
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    operator INTEGER NOT NULL CHECK (operator IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    created_at INTEGER NOT NULL
) STRICT;

-- What each does for which newsletter.
CREATE TABLE members (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    newsletter_id INTEGER NOT NULL REFERENCES newsletters (id),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'writer', 'editor', 'owner')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, newsletter_id)
) STRICT;
CREATE INDEX members_newsletter ON members (newsletter_id);

-- What each shows to sign in: of a password, its hash.
CREATE TABLE methods (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('password', 'totp')),
    secret TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind)
) STRICT;

-- Browsers that are signed in. The secret that a browser has is not here, but its SHA-256.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash BLOB NOT NULL UNIQUE,
    method TEXT NOT NULL CHECK (method IN ('link', 'password')),
    -- When the person last showed who they are.
    strong_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    network TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account_id);

-- One-time links. The link is the sealed number of its row, bound to its mark, so this table alone yields none.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('welcome', 'recovery')),
    created_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    -- When it was used, or a newer one took its place.
    closed_at INTEGER,
    mark INTEGER
) STRICT;
CREATE INDEX entries_account ON entries (account_id);
CREATE TRIGGER entries_mark AFTER INSERT ON entries WHEN NEW.mark IS NULL BEGIN
    UPDATE entries SET mark = random() WHERE id = NEW.id;
END;

-- Tries to sign in, for an hour. The key is a keyed hash of who tried: an address, a browser, a network.
CREATE TABLE sign_in_tries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_tries_bucket ON sign_in_tries (bucket, at);
