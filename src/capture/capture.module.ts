import { Module } from '@nestjs/common';
import { CaptureService } from './capture.service.js';

/** Writes what detection sees, where the settings name a file for it. */
@Module({ providers: [CaptureService], exports: [CaptureService] })
export class CaptureModule {}
