import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, RequireScope } from '../../platform/auth/index.js';
import { ApiProblem, ProblemError } from '../../platform/http/index.js';
import { KeyRegistry } from '../key-registry.js';
import { CredentialsRepository } from '../credentials.repository.js';
import type { RotationReport } from './master-key-rotation.js';
import { MasterKeyService, type MasterKeyStatus } from './master-key.service.js';
import { VaultError, type VaultErrorCode } from './vault.errors.js';
import { MASTER_ROTATION_SCHEMA, MASTER_STATUS_SCHEMA } from '../keys.openapi.js';

/** Faults that a caller can wait out or put right; each is told with its way out. All others are 503. */
const STATUS: Readonly<Partial<Record<VaultErrorCode, number>>> = {
  rotation_running: 409,
  master_key_changed: 409,
  master_lock_settings: 409,
};

/** The master keys by REST: their names and ages, and their rotation; no key ever passes here. */
@ApiTags('keys')
@ApiBearerAuth()
@Controller('v1/keys/master')
export class MasterKeyController {
  constructor(
    private readonly masterKeys: MasterKeyService,
    private readonly registry: KeyRegistry,
    private readonly credentials: CredentialsRepository,
  ) {}

  @Get()
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'The master keys by name: rows, age, lock and place' })
  @ApiOkResponse({ description: 'The master keys.', schema: MASTER_STATUS_SCHEMA })
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  status(): Promise<MasterKeyStatus> {
    return told(this.masterKeys.status());
  }

  @Post('rotate')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Seal every stored key under a new master key, or finish what was begun' })
  @ApiOkResponse({ description: 'What was sealed anew.', schema: MASTER_ROTATION_SCHEMA })
  @ApiProblem(409, 'rotation_running, master_key_changed or master_lock_settings.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  async rotate(@Actor() actor: string): Promise<RotationReport> {
    try {
      return await told(this.masterKeys.rotate(actor));
    } finally {
      await this.showFingerprints();
    }
  }

  /** Fingerprints come from the master key: what is shown of each key follows. */
  private async showFingerprints(): Promise<void> {
    for (const { id, fingerprint } of await this.credentials.list()) {
      const shown = this.registry.get(id);
      if (shown && shown.fingerprint !== fingerprint) this.registry.put({ ...shown, fingerprint });
    }
  }
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VaultError) throw new ProblemError(STATUS[error.code] ?? 503, error.code, error.message);
    throw error;
  }
}
