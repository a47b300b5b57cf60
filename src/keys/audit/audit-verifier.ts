import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { type ChainedLine, type ChainPosition, GENESIS, lineHash } from './audit-chain.js';
import { AuditHead } from './audit-head.js';
import { AuditRepository } from './audit.repository.js';

/** What may be wrong with the audit. */
export type AuditFault = 'changed' | 'missing' | 'inserted' | 'reordered' | 'cut_tail';

/** The first thing that is wrong with the audit. */
export interface BrokenLine {
  /** Number of the line in the chain; null for lines from before the chain. */
  readonly sequence: number | null;
  readonly keyId: string | null;
  readonly fault: AuditFault;
  /** What was found, for people. */
  readonly detail: string;
}

/** What a walk along the audit found. */
export interface AuditReport {
  readonly isWhole: boolean;
  /** Lines of the chain that were read. */
  readonly lines: number;
  /** Lines from before the chain, which its first line vouches for. */
  readonly unchained: number;
  /** The newest line as kept outside of the database; null where nothing was kept, and then a cut tail does not show. */
  readonly head: ChainPosition | null;
  readonly broken: BrokenLine | null;
}

/** Walks the chain of the audit in batches, and says where it breaks and how. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditRepository,
    private readonly head: AuditHead,
  ) {}

  async verify(): Promise<AuditReport> {
    // Read before the walk: lines that come meanwhile are beyond it and do no harm.
    const head = await this.head.read();
    const { lines, last, broken, first } = await this.walk(head);
    const unchained = await this.audit.unchained(this.database);
    const found = broken ?? beforeChain(first, unchained) ?? cutTail(last, head);
    return { isWhole: found === null, lines, unchained: unchained.lines, head, broken: found };
  }

  private async walk(head: ChainPosition | null): Promise<Walk> {
    let last: ChainPosition = { sequence: 0, hash: GENESIS };
    let first: ChainedLine | null = null;
    for (;;) {
      const batch = await this.audit.chained(this.database, last.sequence);
      for (const line of batch) {
        first ??= line;
        const broken = await this.judge(line, last, head);
        if (broken) return { lines: line.sequence, last, broken, first };
        last = line;
      }
      if (batch.length === 0) return { lines: last.sequence, last, broken: null, first };
    }
  }

  private async judge(line: ChainedLine, last: ChainPosition, head: ChainPosition | null): Promise<BrokenLine | null> {
    const expected = last.sequence + 1;
    if (line.sequence > expected && lineHash(last.hash, line) !== line.hash) {
      const until = line.sequence - 1;
      const which = until === expected ? `line ${expected} is` : `lines ${expected} to ${until} are`;
      return { sequence: expected, keyId: null, fault: 'missing', detail: `${which} not there any more` };
    }
    if (line.sequence !== expected || lineHash(last.hash, line) !== line.hash) {
      return this.misplaced(line, last, head);
    }
    if (line.sequence !== head?.sequence || line.hash === head.hash) return null;
    const detail = `line ${line.sequence} is another one than audit.head has seen: the chain was written anew`;
    return { sequence: line.sequence, keyId: line.keyId, fault: 'changed', detail };
  }

  /** Says why a line does not follow the one before it. */
  private async misplaced(line: ChainedLine, last: ChainPosition, head: ChainPosition | null): Promise<BrokenLine> {
    const { sequence, keyId } = line;
    const place = await this.placeOf(line);
    if (place !== null) {
      const where = place === 0 ? 'it is the first of all' : `it follows the line that is now number ${place}`;
      return { sequence, keyId, fault: 'reordered', detail: `line ${sequence} is genuine but out of place: ${where}` };
    }
    const [next] = await this.audit.chained(this.database, sequence);
    const isPushedIn = next ? lineHash(last.hash, next) === next.hash : head !== null && sequence > head.sequence;
    if (isPushedIn) {
      const why = next
        ? 'the line after it follows the one before it'
        : 'it is beyond audit.head and its digest is wrong';
      const detail = `line ${sequence} was never appended: ${why}`;
      return { sequence, keyId, fault: 'inserted', detail };
    }
    const detail = `line ${sequence} does not say what was written: its time, actor, action, key, detail or digest was changed`;
    return { sequence, keyId, fault: 'changed', detail };
  }

  /** The number of the line that a genuine line follows, wherever that stands now; null when it follows none. */
  private async placeOf(line: ChainedLine): Promise<number | null> {
    if (lineHash(GENESIS, line) === line.hash) return 0;
    let after = 0;
    for (;;) {
      const batch = await this.audit.chained(this.database, after);
      const found = batch.find(({ hash }) => lineHash(hash, line) === line.hash);
      if (found) return found.sequence;
      const end = batch.at(-1);
      if (!end) return null;
      after = end.sequence;
    }
  }
}

interface Walk {
  readonly lines: number;
  readonly last: ChainPosition;
  readonly broken: BrokenLine | null;
  readonly first: ChainedLine | null;
}

function cutTail(last: ChainPosition, head: ChainPosition | null): BrokenLine | null {
  if (head === null || head.sequence <= last.sequence) return null;
  const detail = `the audit ends with line ${last.sequence}, but audit.head has seen line ${head.sequence}: the end was cut off`;
  return { sequence: last.sequence + 1, keyId: null, fault: 'cut_tail', detail };
}

/** Compares the lines from before the chain with what its first line says of them. */
function beforeChain(
  first: ChainedLine | null,
  { lines, digest }: { readonly lines: number; readonly digest: string },
): BrokenLine | null {
  // A table that no line was chained in yet vouches for nothing.
  if (first === null) return null;
  const told = toldOfEarlier(first);
  if (lines === told.lines && (lines === 0 || digest === told.digest)) return null;
  const fault = lines > told.lines ? 'inserted' : lines < told.lines ? 'missing' : 'changed';
  const more = fault === 'changed' ? ', and one of them was changed' : '';
  const detail = `of the lines from before the chain there were ${told.lines}, there are ${lines}${more}`;
  return { sequence: null, keyId: null, fault, detail };
}

/** What the first line of a chain says of the lines before it; none where it says nothing. */
function toldOfEarlier({ action, detail }: ChainedLine): { readonly lines: number; readonly digest: string | null } {
  if (action !== 'chain_started') return { lines: 0, digest: null };
  const { lines, digest } = detail as { lines?: unknown; digest?: unknown };
  return { lines: typeof lines === 'number' ? lines : 0, digest: typeof digest === 'string' ? digest : null };
}
