import { rmSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuditHead, newestLine } from '../../src/keys/audit/audit-head.js';
import { AuditRepository } from '../../src/keys/audit/audit.repository.js';
import { OfflineMasterKey } from '../../src/keys/index.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import type { Settings } from '../../src/platform/config/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import type { Queries } from '../../src/platform/prisma/index.js';
import { databaseByUrl, embeddedDatabase, openDuring } from '../support/databases.js';
import { KEY_TABLES } from '../support/keys-service.js';
import { VaultRig } from '../support/vault-rig.js';
import { waitFor } from '../support/wait-for.js';

const target = (await databaseByUrl()) ?? embeddedDatabase();
const log = openLog('silent');

describe('the newest line outside of the database', () => {
  const opened = openDuring(target);
  const headOf = (): AuditHead => new AuditHead(opened.database, { dataDir: target.dataDir }, log);

  afterEach(async () => {
    await opened.database.query(`TRUNCATE ${KEY_TABLES.join(', ')}`);
    rmSync(new VaultRig(opened.database, target.dataDir).file, { force: true });
    rmSync(headOf().file, { force: true });
  });

  it('follows a line whose transaction ends long after the line was appended', async () => {
    const head = headOf();
    const audit = new AuditRepository(head);
    const append = (q: Queries): Promise<void> =>
      audit.append(q, { atMs: 1_795_000_000_000, actor: 'a', action: 'key_added', keyId: 'k', detail: {} });
    const isNewest = async (): Promise<boolean> => {
      const [known, newest] = [await head.read(), await newestLine(opened.database)];
      return newest !== null && known?.hash === newest.hash;
    };
    await opened.database.transaction(append);
    await waitFor('the first line is known', isNewest);
    await opened.database.transaction(async (q) => {
      await append(q);
      await pass(400); // By then it has looked, and found nothing.
    });
    await waitFor('the second line is known', isNewest);
    await head.close();
  });

  it('is brought up to date by a rotation of the master key without a service', async () => {
    await new VaultRig(opened.database, target.dataDir).add('k1');
    const { database } = opened;
    const settings = { dataDir: target.dataDir } as Settings;
    const keys = OfflineMasterKey.over({ database, settings, clock: new SystemClock(), log });
    expect(await keys.rotate('test', () => undefined)).toMatchObject({ isNew: true, resealed: 1 });
    await keys.close();
    expect(await headOf().read()).toEqual(await newestLine(database));
  });
});
