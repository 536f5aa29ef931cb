-- A number comes again after a restored backup; a mark does not. Every row that a link names is born with one, however it
-- is inserted. Rows from before have none, for ever: their links are known by the number alone.
ALTER TABLE subscriptions ADD COLUMN mark BIGINT;
ALTER TABLE consents ADD COLUMN mark BIGINT;
ALTER TABLE requests ADD COLUMN mark BIGINT;

ALTER TABLE subscriptions ALTER COLUMN mark
    SET DEFAULT CAST(CAST('x' || encode(substr(uuid_send(gen_random_uuid()), 9, 8), 'hex') AS BIT(64)) AS BIGINT);
ALTER TABLE consents ALTER COLUMN mark
    SET DEFAULT CAST(CAST('x' || encode(substr(uuid_send(gen_random_uuid()), 9, 8), 'hex') AS BIT(64)) AS BIGINT);
ALTER TABLE requests ALTER COLUMN mark
    SET DEFAULT CAST(CAST('x' || encode(substr(uuid_send(gen_random_uuid()), 9, 8), 'hex') AS BIT(64)) AS BIGINT);

-- How the address was typed, where the case or the composition of its letters is another than the stored one's: who
-- confirms has proved this spelling.
ALTER TABLE consents ADD COLUMN spelling TEXT COLLATE "C";

-- What is left of a change of address when the person has been erased: its link says so, for as long as it would have
-- stopped the change. No address.
CREATE TABLE erased_requests (
    id BIGINT PRIMARY KEY NOT NULL,
    mark BIGINT,
    newsletter_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The keys that this database was made with, by their fingerprints. The one that hashes addresses has number 0; `folding`
-- is the version of the rules by which the stored addresses were last folded and hashed.
CREATE TABLE keys (
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('address', 'link')),
    number BIGINT NOT NULL,
    fingerprint BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    retired_at BIGINT,
    folding BIGINT,
    PRIMARY KEY (kind, number)
);

-- The mailbox beside the address, where it is known: a person refuses and complains once, whatever the spelling.
ALTER TABLE refusals ADD COLUMN mailbox_tag BIGINT;
CREATE INDEX refusals_mailbox_tag ON refusals (mailbox_tag) WHERE mailbox_tag IS NOT NULL;
ALTER TABLE suppressions ADD COLUMN mailbox_hash BYTEA;
CREATE INDEX suppressions_mailbox_hash ON suppressions (mailbox_hash) WHERE mailbox_hash IS NOT NULL;
-- Which address of the mailbox was written to: "not me" knows no more than that.
ALTER TABLE asked_mails ADD COLUMN address_tag BIGINT;
CREATE INDEX asked_mails_address_tag ON asked_mails (address_tag) WHERE address_tag IS NOT NULL;
