import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { schemaReader } from './schema-reader.js';

type Json = Readonly<Record<string, unknown>>;

interface AsyncApi {
  readonly channels: Readonly<Record<string, { readonly messages: Json; readonly 'x-close-codes'?: Json }>>;
  readonly operations: Readonly<Record<string, { readonly action: string; readonly messages: { $ref: string }[] }>>;
  readonly components: { readonly messages: Json; readonly schemas: Readonly<Record<string, Json>> };
}

const docs = path.resolve(import.meta.dirname, '../../docs');
/** Where the description of the live feed is. */
export const ASYNC_FILE = path.join(docs, 'asyncapi.yaml');
/** Under which names the files find each other. */
const BASE = 'https://crossbook.invalid/docs';

const upper = (name: string): string => `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;

/** `docs/asyncapi.yaml` as a judge of messages. */
export class AsyncDocument {
  readonly api: AsyncApi;
  /** The shapes that come from REST. */
  readonly shapes: Json;
  private readonly validators: ReadonlyMap<string, ValidateFunction>;

  private constructor(ajv: Awaited<ReturnType<typeof schemaReader>>) {
    this.api = parse(readFileSync(ASYNC_FILE, 'utf8')) as AsyncApi;
    this.shapes = JSON.parse(readFileSync(path.join(docs, 'rest-shapes.json'), 'utf8')) as Json;
    ajv.addSchema(this.api, `${BASE}/asyncapi.yaml`);
    ajv.addSchema(this.shapes, `${BASE}/rest-shapes.json`);
    this.validators = new Map(
      Object.keys(this.api.components.messages).map((name) => [
        name,
        ajv.compile({ $ref: `${BASE}/asyncapi.yaml#/components/schemas/${upper(name)}` }),
      ]),
    );
  }

  static async read(): Promise<AsyncDocument> {
    return new AsyncDocument(await schemaReader());
  }

  /** Names of all messages that one side sends. */
  messagesOf(action: 'send' | 'receive'): string[] {
    const operations = Object.values(this.api.operations);
    const said = operations.filter((one) => one.action === action).flatMap(({ messages }) => messages);
    const replies = operations.flatMap((one) => {
      const { reply } = one as { reply?: { messages: { $ref: string }[] } };
      return action === 'send' ? (reply?.messages ?? []) : [];
    });
    return [...new Set([...said, ...replies].map(({ $ref }) => $ref.split('/').at(-1) ?? ''))].sort();
  }

  /** What the filter of a channel may and must hold. */
  filterOf(channel: string): { readonly properties: object; readonly required?: readonly string[] } {
    return this.api.components.schemas[`${upper(channel)}Filter`] as never;
  }

  /** Codes with which the server ends a connection. */
  get closeCodes(): number[] {
    return Object.keys(this.api.channels['session']?.['x-close-codes'] ?? {}).map(Number);
  }

  /** Stable codes of error messages. */
  get errorCodes(): string[] {
    const { code } = this.api.components.schemas['Error']?.['properties'] as { code: { enum: string[] } };
    return code.enum;
  }

  /**
   * The one message that a frame of the server is.
   *
   * @throws {Error} When none is called so, or when it holds what is not documented or lacks what is.
   */
  nameOf(frame: Json): string {
    const { type, channel } = frame as { type?: string; channel?: string };
    const isData = type === 'snapshot' || type === 'update';
    const name = isData ? `${channel ?? ''}${upper(type)}` : String(type);
    this.assertFits(name, frame);
    return name;
  }

  /** Whether a message of a client is one that is documented. */
  accepts(message: Json): boolean {
    return this.validators.get(String(message['op']))?.(message) ?? false;
  }

  private assertFits(name: string, frame: Json): void {
    const validate = this.validators.get(name);
    if (!validate) throw new Error(`a message that is not documented: ${JSON.stringify(frame).slice(0, 500)}`);
    if (validate(frame)) return;
    const wrong = (validate.errors ?? []).slice(0, 5).map((one) => `${one.instancePath} ${one.message ?? ''}`);
    const extra = (validate.errors ?? []).map(({ params }) => JSON.stringify(params)).slice(0, 5);
    throw new Error(
      `${name} is not as documented: ${wrong.join('; ')} ${extra.join(' ')} in ${JSON.stringify(frame).slice(0, 2_000)}`,
    );
  }
}
