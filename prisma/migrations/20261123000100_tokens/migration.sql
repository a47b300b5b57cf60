-- Tokens for programs and people beside the owner's: only the digest of each secret is here.
CREATE TABLE "tokens" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "scopes" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "tokens_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "tokens_secret_hash_key" ON "tokens"("secret_hash");

-- A name stands in the audit for who did something: of those that are not revoked, only one has it.
CREATE UNIQUE INDEX "tokens_living_name_key" ON "tokens"("name") WHERE "revoked_at" IS NULL;
