import { describe, expect, it } from '@jest/globals';
import { type DepthNumbers, DepthSequence, type Place } from './depth-sequence.js';

function places(isFutures: boolean, snapshot: number, frames: readonly DepthNumbers[]): Place[] {
  const sequence = new DepthSequence(isFutures);
  sequence.start(snapshot);
  return frames.map((frame) => sequence.take(frame));
}

describe('DepthSequence', () => {
  it('joins spot frames with their snapshot and each with the one before', () => {
    const frames = [
      { U: 90, u: 100 },
      { U: 99, u: 103 },
      { U: 104, u: 104 },
    ];
    expect(places(false, 100, frames)).toEqual(['before_snapshot', 'follows', 'follows']);
    expect(places(false, 102, [{ U: 103, u: 105 }])).toEqual(['follows']);
  });

  it('joins futures frames by the end of the one before, whose own numbers jump', () => {
    const frames = [
      { U: 80, u: 99, pu: 79 },
      { U: 95, u: 100, pu: 90 },
      { U: 140, u: 150, pu: 100 },
    ];
    expect(places(true, 100, frames)).toEqual(['before_snapshot', 'follows', 'follows']);
  });

  it.each([
    ['spot after the snapshot', false, [{ U: 102, u: 103 }]],
    [
      'spot between frames',
      false,
      [
        { U: 101, u: 103 },
        { U: 105, u: 106 },
      ],
    ],
    [
      'spot twice the same',
      false,
      [
        { U: 101, u: 103 },
        { U: 101, u: 103 },
      ],
    ],
    ['futures after the snapshot', true, [{ U: 101, u: 103, pu: 100 }]],
    [
      'futures between frames',
      true,
      [
        { U: 90, u: 103, pu: 80 },
        { U: 110, u: 120, pu: 105 },
      ],
    ],
  ])('finds a hole: %s; nothing follows before another snapshot', (_, isFutures, frames) => {
    const found = places(isFutures, 100, [...frames, { U: 200, u: 201, pu: 199 }]);
    expect(found.slice(-2)).toEqual(['gap', 'gap']);
    expect(found.slice(0, -2)).toEqual(frames.slice(1).map(() => 'follows'));
  });
});
