-- Pictures as they are served and embedded, named by their content. In the database, so that every server has them.
CREATE TABLE images (
    digest TEXT COLLATE "C" PRIMARY KEY,
    format TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    -- When it was last stored: one that nothing refers to yet is not taken away at once.
    stored_at BIGINT NOT NULL
);

-- What the text of a revision calls an image, and how large it shows it. The page of the issue needs it, and the mail
-- that embeds it.
CREATE TABLE revision_images (
    revision_id BIGINT NOT NULL REFERENCES revisions (id),
    name TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL REFERENCES images (digest),
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    embedded BOOLEAN NOT NULL,
    PRIMARY KEY (revision_id, name)
);
CREATE INDEX revision_images_digest ON revision_images (digest);
