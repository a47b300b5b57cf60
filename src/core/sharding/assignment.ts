// FNV-1a of 32 bits, finished so that near texts lie far apart: spreads names evenly, and is the same on every machine.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * Shares work out among members: each piece goes to the member with the highest weight that has room, so that nobody has
 * more than one piece above another and little moves when a member comes or goes.
 *
 * Rendezvous hashing (Thaler and Ravishankar 1998) with bounded loads (Mirrokni, Thorup and Zadimoghaddam 2018). Whoever
 * knows the same pieces and members comes to the same result, without a word between them.
 *
 * @param pieces - What is to be shared out; order and repetitions mean nothing.
 * @param members - Among whom; likewise.
 * @returns The member of each piece; empty without members.
 */
export function assignments(pieces: Iterable<string>, members: Iterable<string>): Map<string, string> {
  const names = [...new Set(members)].sort();
  const all = [...new Set(pieces)].sort();
  const shares = new Map<string, string>();
  if (names.length === 0) return shares;
  const room = Math.ceil(all.length / names.length);
  const loads = new Map(names.map((name) => [name, 0]));
  for (const piece of all) {
    let best = '';
    let bestWeight = -1;
    for (const name of names) {
      const weight = hash(`${name} ${piece}`);
      if (weight <= bestWeight || (loads.get(name) ?? 0) >= room) continue;
      best = name;
      bestWeight = weight;
    }
    shares.set(piece, best);
    loads.set(best, (loads.get(best) ?? 0) + 1);
  }
  return shares;
}
