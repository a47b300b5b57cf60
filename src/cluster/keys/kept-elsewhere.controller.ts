import { All, Controller } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RequireScope } from '../../platform/auth/index.js';
import { ProblemError } from '../../platform/http/index.js';

/** Says on a gateway where keys and alerts are administered: only a keeper holds what opens them. */
@ApiExcludeController()
@Controller(['v1/keys', 'v1/alerts'])
@RequireScope('keys:read')
export class KeptElsewhereController {
  @All(['', '*path'])
  refuse(): never {
    const detail =
      'a gateway holds no keys: ask the keeper, on its own address and port; the channel "keys" shows their health here too';
    throw new ProblemError(404, 'at_the_keeper', detail);
  }
}
