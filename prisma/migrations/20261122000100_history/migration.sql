-- Ids and names are compared byte by byte (COLLATE "C"), so that an order, and a cursor on it, is the same on every
-- server. The fill factor leaves room for updates within a page: the newest rows change several times a second.
CREATE TABLE "opportunities" (
    "opened_at" TIMESTAMPTZ(6) NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "epoch" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "base" TEXT NOT NULL,
    "quote" TEXT NOT NULL,
    "buy_exchange" TEXT NOT NULL,
    "sell_exchange" TEXT NOT NULL,
    "route_id" TEXT NOT NULL,
    "legs" JSONB NOT NULL,
    "gross_bps" DOUBLE PRECISION NOT NULL,
    "top_net_bps" DOUBLE PRECISION NOT NULL,
    "size" DOUBLE PRECISION NOT NULL,
    "notional" DOUBLE PRECISION NOT NULL,
    "net_profit" DOUBLE PRECISION NOT NULL,
    "net_bps" DOUBLE PRECISION NOT NULL,
    "currency" TEXT NOT NULL,
    "notional_usd" DOUBLE PRECISION,
    "after_transfer" JSONB,
    "opened_at_ms" DOUBLE PRECISION NOT NULL,
    "updated_at_ms" DOUBLE PRECISION NOT NULL,
    "closed_at_ms" DOUBLE PRECISION,
    "close_reason" TEXT,
    "peak_net_bps" DOUBLE PRECISION NOT NULL,
    "standing" BOOLEAN NOT NULL,
    "detected_at_ms" DOUBLE PRECISION NOT NULL,
    "books" JSONB,

    CONSTRAINT "opportunities_pkey" PRIMARY KEY ("opened_at","id")
) WITH (fillfactor = 70);

CREATE TABLE "detector_epochs" (
    "epoch" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "lease_until" TIMESTAMPTZ(6) NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "process_mark" TEXT NOT NULL,

    CONSTRAINT "detector_epochs_pkey" PRIMARY KEY ("epoch")
);

CREATE INDEX "opportunities_id_idx" ON "opportunities"("id");

CREATE INDEX "opportunities_symbol_opened_at_id_idx" ON "opportunities"("symbol", "opened_at", "id");

CREATE INDEX "opportunities_route_id_opened_at_idx" ON "opportunities"("route_id", "opened_at");

CREATE INDEX "opportunities_state_opened_at_id_idx" ON "opportunities"("state", "opened_at", "id");

CREATE INDEX "detector_epochs_lease_until_idx" ON "detector_epochs"("lease_until");
