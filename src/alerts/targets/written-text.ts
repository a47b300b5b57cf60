/** A piece of a text, as it is and as a target wants it written; never cut. */
export interface Piece {
  readonly raw: string;
  readonly written: string;
}

/** How a target writes text. */
export interface Writing {
  /** Most units that it takes. */
  readonly limit: number;
  /** Whether it counts what is written, with every escape, or what is read then. */
  readonly counts: 'written' | 'raw';
  readonly write: (piece: string) => string;
}

const ADDRESS = /(https?:\/\/[^\s<>"]+)/;

/**
 * Writes text as a target wants it, cut where it would take no more, and never within a character or an escape.
 *
 * @param text - Plain text.
 * @param writing - How the target writes.
 * @returns What it shows as that text, ending in `…` where it was cut.
 */
export function writtenText(text: string, { limit, counts, write }: Writing): string {
  const pieces = Array.from(text, (raw): Piece => ({ raw, written: write(raw) }));
  return joined(pieces, limit, counts);
}

/** The same where addresses of pages are written by a rule of their own, each as a whole. */
export function writtenWithAddresses(text: string, writing: Writing, writeAddress: (url: string) => string): string {
  const pieces = text
    .split(ADDRESS)
    .flatMap((part, at): Piece[] =>
      at % 2 === 1
        ? [{ raw: part, written: writeAddress(part) }]
        : Array.from(part, (raw) => ({ raw, written: writing.write(raw) })),
    );
  return joined(pieces, writing.limit, writing.counts);
}

function joined(pieces: readonly Piece[], limit: number, counts: Writing['counts']): string {
  const size = (piece: Piece): number => piece[counts].length;
  const total = pieces.reduce((sum, piece) => sum + size(piece), 0);
  if (total <= limit) return pieces.map(({ written }) => written).join('');
  let left = limit - 1;
  const kept: string[] = [];
  for (const piece of pieces) {
    left -= size(piece);
    if (left < 0) break;
    kept.push(piece.written);
  }
  return `${kept.join('')}…`;
}
