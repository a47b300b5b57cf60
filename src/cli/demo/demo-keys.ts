import type { ServiceClient } from './service-client.js';

interface SimulatedKey {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
}

const READ_ONLY = { read: true, trade: false, withdraw: false, transfer: false };

/** The keys of the demo: made anew at each start, one of them with a right that no monitor should have. */
const DEMO_KEYS = [
  { exchange: 'binance', label: 'main, read only', scopes: READ_ONLY, ipList: ['127.0.0.1'] },
  { exchange: 'okx', label: 'main, read only', scopes: READ_ONLY, ipList: ['127.0.0.1'] },
  { exchange: 'bybit', label: 'no address bound', scopes: READ_ONLY, ipList: [] },
  {
    exchange: 'kraken',
    label: 'old bot, can withdraw',
    scopes: { ...READ_ONLY, trade: true, withdraw: true },
    ipList: [],
  },
] as const;

/**
 * Has the simulated exchanges issue a key each and gives them to the service, as an owner would by REST.
 *
 * @param simulatorUrl - Where the simulator listens.
 * @param service - The service.
 */
export async function addDemoKeys(simulatorUrl: string, service: ServiceClient): Promise<void> {
  for (const { exchange, label, scopes, ipList } of DEMO_KEYS) {
    const response = await fetch(`${simulatorUrl}/__sim/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ exchange, label, scopes, ipList }),
    });
    if (!response.ok) throw new Error(`the simulator made no ${exchange} key: ${response.status}`);
    const key = (await response.json()) as SimulatedKey;
    await service.post('/v1/keys', {
      exchange,
      label,
      apiKey: key.apiKey,
      secret: key.secret,
      ...(key.passphrase === undefined ? {} : { passphrase: key.passphrase }),
    });
  }
}
