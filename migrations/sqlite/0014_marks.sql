-- A number comes again after a restored backup; a mark does not. Every row that a link names is born with one, however it
-- is inserted. Rows from before have none, for ever: their links are known by the number alone.
ALTER TABLE subscriptions ADD COLUMN mark INTEGER;
ALTER TABLE consents ADD COLUMN mark INTEGER;
ALTER TABLE requests ADD COLUMN mark INTEGER;

CREATE TRIGGER subscriptions_mark AFTER INSERT ON subscriptions WHEN NEW.mark IS NULL BEGIN
    UPDATE subscriptions SET mark = random() WHERE id = NEW.id;
END;
CREATE TRIGGER consents_mark AFTER INSERT ON consents WHEN NEW.mark IS NULL BEGIN
    UPDATE consents SET mark = random() WHERE id = NEW.id;
END;
CREATE TRIGGER requests_mark AFTER INSERT ON requests WHEN NEW.mark IS NULL BEGIN
    UPDATE requests SET mark = random() WHERE id = NEW.id;
END;

-- How the address was typed, where the case or the composition of its letters is another than the stored one's: who
-- confirms has proved this spelling.
ALTER TABLE consents ADD COLUMN spelling TEXT;

-- What is left of a change of address when the person has been erased: its link says so, for as long as it would have
-- stopped the change. No address.
CREATE TABLE erased_requests (
    id INTEGER PRIMARY KEY NOT NULL,
    mark INTEGER,
    newsletter_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- The keys that this database was made with, by their fingerprints. The one that hashes addresses has number 0; `folding`
-- is the version of the rules by which the stored addresses were last folded and hashed.
CREATE TABLE keys (
    kind TEXT NOT NULL CHECK (kind IN ('address', 'link')),
    number INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    retired_at INTEGER,
    folding INTEGER,
    PRIMARY KEY (kind, number)
) STRICT;

-- The mailbox beside the address, where it is known: a person refuses and complains once, whatever the spelling.
ALTER TABLE refusals ADD COLUMN mailbox_tag INTEGER;
CREATE INDEX refusals_mailbox_tag ON refusals (mailbox_tag) WHERE mailbox_tag IS NOT NULL;
ALTER TABLE suppressions ADD COLUMN mailbox_hash BLOB;
CREATE INDEX suppressions_mailbox_hash ON suppressions (mailbox_hash) WHERE mailbox_hash IS NOT NULL;
-- Which address of the mailbox was written to: "not me" knows no more than that.
ALTER TABLE asked_mails ADD COLUMN address_tag INTEGER;
CREATE INDEX asked_mails_address_tag ON asked_mails (address_tag) WHERE address_tag IS NOT NULL;
