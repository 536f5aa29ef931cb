-- The state of who unsubscribed is called what it is called everywhere.

ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_state_check;
UPDATE subscriptions SET state = 'unsubscribed' WHERE state = 'left';
ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_state_check
    CHECK (state IN ('pending', 'active', 'paused', 'unsubscribed'));

DROP INDEX subscriptions_left;
CREATE INDEX subscriptions_unsubscribed ON subscriptions (left_at) WHERE state = 'unsubscribed';
