import type {
  AuditReport,
  AuditView,
  Compromised,
  KeyView,
  ManyCompromised,
  MasterKeyStatus,
  RotationReport,
  UsageCall,
} from '../keys/index.js';
import type { KeyInput, KeysClient, Query, SuccessorInput } from './keys-client.js';
import { linesOf } from './lines-of.js';
import type { RestCaller } from './rest-caller.js';

/** What the command line does with keys, through the running service. */
export class RestKeysClient implements KeysClient {
  constructor(private readonly service: RestCaller) {}

  async list(): Promise<readonly KeyView[]> {
    const answer = (await this.service.call('GET', '/v1/keys')) as { data?: unknown } | null;
    if (!Array.isArray(answer?.data)) throw this.service.stranger();
    return answer.data as KeyView[];
  }

  async add(key: KeyInput): Promise<KeyView> {
    await this.list(); // Before secrets are sent: is it Crossbook that answers there?
    return (await this.service.call('POST', '/v1/keys', key)) as KeyView;
  }

  async check(id: string): Promise<KeyView> {
    return (await this.service.call('POST', `/v1/keys/${encodeURIComponent(id)}/check`)) as KeyView;
  }

  async acknowledge(id: string): Promise<KeyView> {
    return (await this.service.call('POST', `/v1/keys/${encodeURIComponent(id)}/acknowledge`)) as KeyView;
  }

  async rotate(id: string, key: SuccessorInput): Promise<KeyView> {
    await this.list(); // As above.
    return (await this.service.call('POST', `/v1/keys/${encodeURIComponent(id)}/rotate`, key)) as KeyView;
  }

  async compromise(id: string): Promise<Compromised> {
    return (await this.service.call('POST', `/v1/keys/${encodeURIComponent(id)}/compromise`)) as Compromised;
  }

  async compromiseMany(which: { readonly exchange: string } | { readonly all: true }): Promise<ManyCompromised> {
    return (await this.service.call('POST', '/v1/keys/compromise', which)) as ManyCompromised;
  }

  async *usage(id: string, query: Query): AsyncGenerator<UsageCall> {
    const target = `/v1/keys/${encodeURIComponent(id)}/usage?${new URLSearchParams(query).toString()}`;
    const response = await this.service.fetch('GET', target, undefined, 'application/x-ndjson');
    if (!response.ok || !response.body) throw this.service.refusal(await response.text());
    for await (const line of linesOf(response.body)) yield JSON.parse(line) as UsageCall;
  }

  async audit(query: Query): Promise<readonly AuditView[]> {
    const answer = await this.service.call('GET', `/v1/keys/audit?${new URLSearchParams(query).toString()}`);
    return (answer as { data: AuditView[] }).data;
  }

  async verifyAudit(): Promise<AuditReport> {
    return (await this.service.call('GET', '/v1/keys/audit/verify')) as AuditReport;
  }

  async disable(id: string): Promise<KeyView> {
    return (await this.service.call('POST', `/v1/keys/${encodeURIComponent(id)}/disable`)) as KeyView;
  }

  async remove(id: string): Promise<void> {
    await this.service.call('DELETE', `/v1/keys/${encodeURIComponent(id)}`);
  }

  async masterStatus(): Promise<MasterKeyStatus> {
    return (await this.service.call('GET', '/v1/keys/master')) as MasterKeyStatus;
  }

  async rotateMaster(): Promise<RotationReport> {
    await this.list(); // Before anything changes: is it Crossbook that answers there?
    return (await this.service.call('POST', '/v1/keys/master/rotate')) as RotationReport;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
