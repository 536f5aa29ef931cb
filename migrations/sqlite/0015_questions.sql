-- What is typed with a question belongs to the question. It becomes the person's when the question is confirmed.
ALTER TABLE consents ADD COLUMN name TEXT;
ALTER TABLE consents ADD COLUMN language TEXT;

-- What one newsletter calls its reader, where that is not what the person is called; empty where it calls them nothing.
ALTER TABLE subscriptions ADD COLUMN name TEXT;

-- Whoever typed first is no judge of somebody else's name: of people who never showed that the mailbox is theirs it goes
-- back to the first question.
UPDATE consents SET name = (
    SELECT u.name FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id WHERE s.id = consents.subscription_id)
WHERE id IN (
    SELECT MIN(c.id) FROM consents c JOIN subscriptions s ON s.id = c.subscription_id GROUP BY s.subscriber_id
    HAVING MIN(c.id) = MIN(CASE WHEN c.kind = 'asked' THEN c.id END)
       AND SUM(CASE WHEN c.kind IN ('asked', 'withdrawn') THEN 0 ELSE 1 END) = 0);
UPDATE subscribers SET name = NULL
WHERE id IN (
    SELECT s.subscriber_id FROM consents c JOIN subscriptions s ON s.id = c.subscription_id GROUP BY s.subscriber_id
    HAVING MIN(c.id) = MIN(CASE WHEN c.kind = 'asked' THEN c.id END)
       AND SUM(CASE WHEN c.kind IN ('asked', 'withdrawn') THEN 0 ELSE 1 END) = 0);
-- So does the language, to the latest.
UPDATE consents SET language = (SELECT s.language FROM subscriptions s WHERE s.id = consents.subscription_id)
WHERE id IN (
    SELECT MAX(CASE WHEN c.kind = 'asked' THEN c.id END) FROM consents c GROUP BY c.subscription_id
    HAVING MIN(c.id) = MIN(CASE WHEN c.kind = 'asked' THEN c.id END)
       AND SUM(CASE WHEN c.kind IN ('asked', 'withdrawn') THEN 0 ELSE 1 END) = 0);
UPDATE subscriptions SET language = NULL
WHERE id IN (
    SELECT c.subscription_id FROM consents c GROUP BY c.subscription_id
    HAVING MIN(c.id) = MIN(CASE WHEN c.kind = 'asked' THEN c.id END)
       AND SUM(CASE WHEN c.kind IN ('asked', 'withdrawn') THEN 0 ELSE 1 END) = 0);

-- Mails that were asked for are counted for each newsletter and in total, and apart by what shows who asks: a form that
-- anybody fills in, a link that was mailed, the form for one's own link. Rows from before count for every newsletter.
ALTER TABLE asked_mails ADD COLUMN newsletter_id INTEGER;
ALTER TABLE asked_mails ADD COLUMN asked_by TEXT NOT NULL DEFAULT 'form' CHECK (asked_by IN ('form', 'mail', 'link'));

-- For which address a challenge opened the door: who presses twice is let through twice.
ALTER TABLE spent_challenges ADD COLUMN address_tag INTEGER;
