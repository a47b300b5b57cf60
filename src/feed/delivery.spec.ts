import { describe, expect, it } from '@jest/globals';
import { Delivery } from './delivery.js';
import { FeedEvent } from './feed-event.js';

const prefixOf = (sub: string): string => `{"type":"update","channel":"spreads","sub":"${sub}","seq":`;

/** A delivery of the seventh event, and how often its body was written as JSON. */
function delivery(): { delivery: Delivery; writings: () => number } {
  let count = 0;
  const toJSON = (): object => {
    count += 1;
    return { event: 'updated', name: 'Zürich' };
  };
  const event = new FeedEvent(7, { kind: 'state', key: 'k', subject: null, body: { toJSON } });
  return { delivery: new Delivery(event, 1_000.5), writings: () => count };
}

describe('Delivery', () => {
  it('writes the message of one subscription as UTF-8', () => {
    const message = delivery().delivery.messageFor(prefixOf('a'), 3);
    expect(JSON.parse(message.toString('utf8'))).toEqual({
      ...{ type: 'update', channel: 'spreads', sub: 'a', seq: 7, prevSeq: 3, sentAtMs: 1_000.5 },
      data: [{ event: 'updated', name: 'Zürich' }],
    });
  });

  it('gives the same bytes to all who share name and position', () => {
    const { delivery: one, writings } = delivery();
    const [first, , second] = ['a', 'b', 'a'].map((sub) => one.messageFor(prefixOf(sub), 3));
    expect(second).toBe(first);
    expect(writings()).toBe(1);
  });

  it('tells names and positions apart, also beyond those that it keeps', () => {
    const { delivery: one, writings } = delivery();
    const asked = Array.from({ length: 40 }, (_, at) => ({ sub: `s${at % 10}`, prevSeq: at % 4 }));
    const told = [...asked, ...asked].map(({ sub, prevSeq }) => {
      const message: unknown = JSON.parse(one.messageFor(prefixOf(sub), prevSeq).toString('utf8'));
      return message as { sub: string; prevSeq: number };
    });
    expect(told.map(({ sub, prevSeq }) => ({ sub, prevSeq }))).toEqual([...asked, ...asked]);
    expect(writings()).toBe(1);
  });

  it('writes nothing while nobody asks', () => {
    expect(delivery().writings()).toBe(0);
  });
});
