import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from './databases.js';
import type { KeysService } from './keys-service.js';

/**
 * Gives the tests of a file a database that they share, and after each of them stops its service and forgets its keys.
 *
 * @param running - The service of the test that just ended.
 * @returns The database; there from the first test on.
 */
export function keysSuite(running: () => KeysService): { readonly database: TestDatabase } {
  let database: TestDatabase;
  beforeAll(async () => {
    database = (await databaseByUrl()) ?? embeddedDatabase();
  });
  afterAll(async () => {
    await database.remove();
  });
  afterEach(async () => {
    await running().clear();
    await running().stop();
    rmSync(path.join(database.dataDir, 'master.key'), { force: true });
  });
  return {
    get database() {
      return database;
    },
  };
}
