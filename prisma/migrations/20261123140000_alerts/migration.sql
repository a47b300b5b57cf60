-- Secrets of alert targets, sealed as the keys are; a row opens only under its own name.
CREATE TABLE "target_secrets" (
    "name" TEXT NOT NULL,
    "kid" TEXT NOT NULL,
    "seal_version" INTEGER NOT NULL,
    "sealed" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(6) NOT NULL,
    "set_by" TEXT NOT NULL,

    CONSTRAINT "target_secrets_pkey" PRIMARY KEY ("name")
);

-- The outbox: an alert is a row for each of its targets before anybody is told.
CREATE TABLE "alerts" (
    "at" TIMESTAMPTZ(6) NOT NULL,
    "id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "fields" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claimed_until" TIMESTAMPTZ(6),
    "attempted_at" TIMESTAMPTZ(6),
    "delivered_at" TIMESTAMPTZ(6),
    "last_error" TEXT,
    "summed_in" TEXT,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("at", "id")
);

-- One by its id.
CREATE UNIQUE INDEX "alerts_id_key" ON "alerts"("id");

-- What a target has to be told, and how often it was told of late.
CREATE INDEX "alerts_target_state_due_at_idx" ON "alerts"("target", "state", "due_at");
CREATE INDEX "alerts_target_attempted_at_idx" ON "alerts"("target", "attempted_at");

-- Whether the same was told already.
CREATE INDEX "alerts_rule_topic_at_idx" ON "alerts"("rule", "topic", "at" DESC);
