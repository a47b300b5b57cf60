import { factsFrom, fields, type KeyReader, label, timeMs } from './key-reader.js';

const READ_BY_ADDRESS = 'read by its address: nothing can be signed with that';

interface Agent {
  readonly name: string;
  readonly validUntilMs: number;
}

/**
 * POST /info `extraAgents`: who may trade for the account, each by a name and until when. An address itself has no rights;
 * anybody may read any account
 * (https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/nonces-and-api-wallets).
 */
export const hyperliquidKey: KeyReader = {
  read: async (ask, { address, nowMs = 0 }) => {
    const answer: unknown = await ask('publicPostInfo', { type: 'extraAgents', user: address });
    if (!Array.isArray(answer)) return null;
    const agents = answer.flatMap((row): Agent[] => {
      const { name, validUntil } = fields(row);
      const validUntilMs = timeMs(validUntil);
      return validUntilMs === null ? [] : [{ name: label(name) ?? 'without a name', validUntilMs }];
    });
    // Those that have ended stay listed, and end nothing any more.
    const valid = agents
      .filter(({ validUntilMs }) => validUntilMs > nowMs)
      .sort((a, b) => a.validUntilMs - b.validUntilMs);
    const seen = valid.map(({ name, validUntilMs }) => `${name} until ${new Date(validUntilMs).toISOString()}`);
    return factsFrom('POST /info extraAgents', {
      scopes: { read: true, trade: false, withdraw: false, transfer: false },
      expiresAtMs: valid[0]?.validUntilMs ?? null,
      evidence: {
        read: READ_BY_ADDRESS,
        trade: READ_BY_ADDRESS,
        withdraw: READ_BY_ADDRESS,
        transfer: READ_BY_ADDRESS,
        expires: `agents that trade for it: ${seen.join(', ') || 'none'}`,
      },
    });
  },
};
