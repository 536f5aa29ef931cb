-- One issue of a newsletter goes out at a moment. What a person wants to go out beside another says so. What was queued
-- for one moment before this rule stays as it is.
ALTER TABLE issues ADD COLUMN beside BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE issues SET beside = TRUE WHERE state = 'queued' AND EXISTS (
    SELECT 1 FROM issues o
    WHERE o.newsletter_id = issues.newsletter_id AND o.state = 'queued' AND o.due_at = issues.due_at
      AND (o.on_slot > issues.on_slot OR (o.on_slot = issues.on_slot AND o.id < issues.id)));
DROP INDEX issues_slot;
CREATE UNIQUE INDEX issues_moment ON issues (newsletter_id, due_at) WHERE state = 'queued' AND NOT beside;

-- Where an issue's file was when it was last queued, if it lies outside its newsletter's folder.
ALTER TABLE issues ADD COLUMN file TEXT;

-- Slots on which no issue goes out, on purpose.
CREATE TABLE skips (
    newsletter_id BIGINT NOT NULL REFERENCES newsletters (id),
    slot_at BIGINT NOT NULL,
    note TEXT NOT NULL,
    account_id BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (newsletter_id, slot_at)
);

-- The settings of its newsletters that a scheduling process runs with, as JSON: a command that reads others says so.
ALTER TABLE workers ADD COLUMN settings TEXT;
