import { describe, expect, it } from '@jest/globals';
import { connectionByUrl } from './connection.js';
import { DatabaseError, toDatabaseError } from './database.errors.js';

const fault = (message: string, code?: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('toDatabaseError', () => {
  it.each([
    ['ECONNREFUSED', true],
    ['ECONNRESET', true],
    ['57P01', true],
    ['57P03', true],
    ['08006', true],
    ['53300', true],
    ['40P01', true],
    ['23505', false],
    ['22003', false],
    ['42P01', false],
    ['28P01', false],
  ])('keeps the code %s and says whether to try again: %s', (code, isRetryable) => {
    expect(toDatabaseError(fault('x', code))).toMatchObject({ code, isRetryable, message: 'x' });
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('knows %j of the driver, which has no code', (message) => {
    expect(toDatabaseError(fault(message))).toMatchObject({ code: 'connection', isRetryable: true });
  });

  it('does not try again what it does not know, and leaves ours as they are', () => {
    expect(toDatabaseError(fault('Cannot use a pool after calling end on the pool')).isRetryable).toBe(false);
    const own = new DatabaseError('bad_database_url', 'm', false);
    expect(toDatabaseError(own)).toBe(own);
  });

  it('looks into the many faults of a host with many addresses', () => {
    const all = new AggregateError([fault('connect ECONNREFUSED ::1:5432', 'ECONNREFUSED')], '');
    expect(toDatabaseError(all)).toMatchObject({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED ::1:5432' });
  });
});

describe('connectionByUrl', () => {
  it('names the server without the password, and adds UTC to the options that were given', () => {
    const { label, config } = connectionByUrl(
      'postgresql://u:hush@db.example/market?sslmode=require&options=-c%20a%3D1',
    );
    expect(label).toBe('db.example:5432/market');
    const options = new URL(config.connectionString ?? '').searchParams.get('options');
    expect(options).toBe('-c a=1 -c TimeZone=UTC');
  });
});
