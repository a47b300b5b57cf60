import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type FrameFate, UNHARMED } from '../faults/frame-faults.js';
import { FrameLane } from './frame-lane.js';

describe('FrameLane', () => {
  const sent: string[] = [];
  let lane: FrameLane;
  let number = 0;
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    sent.length = 0;
    number = 0;
    lane = new FrameLane(Date.now);
  });
  afterEach(() => {
    lane.close();
    jest.useRealTimers();
  });
  // Numbered as an exchange counts the frames of a connection.
  const send = (name: string, fate: Partial<FrameFate> = {}): void => {
    lane.send(
      () => {
        const frame = `${name}${++number}`;
        return () => sent.push(frame);
      },
      { ...UNHARMED, ...fate },
    );
  };

  it('counts a lost frame', () => {
    send('a');
    send('b', { isLost: true });
    send('c');
    expect(sent).toEqual(['a1', 'c3']);
  });

  it('sends a frame twice under one number', () => {
    send('a', { copies: 2 });
    expect(sent).toEqual(['a1', 'a1']);
  });

  it('lets the next frame go first, and then goes on in order', () => {
    send('a', { isSwapped: true });
    send('b');
    send('c');
    expect(sent).toEqual(['b2', 'a1', 'c3']);
  });

  it('keeps the order of delayed frames, also of one that need not wait, and numbers them when they leave', () => {
    send('a', { dueMs: 100 });
    send('b', { dueMs: 60 });
    send('c');
    number = 10;
    jest.advanceTimersByTime(99);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sent).toEqual(['a11', 'b12', 'c13']);
    send('d');
    expect(sent.at(-1)).toBe('d14');
  });

  it('sends everything when it is flushed, and nothing once it is closed', () => {
    send('a', { dueMs: 100 });
    send('b', { dueMs: 200 });
    lane.flush();
    expect(sent).toEqual(['a1', 'b2']);
    send('c', { dueMs: 100 });
    lane.close();
    jest.advanceTimersByTime(1_000);
    expect(sent).toEqual(['a1', 'b2']);
  });
});
