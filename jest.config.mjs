import { swcOptions } from './scripts/swc-options.mjs';

/** @type {import('jest').Config} */
const swc = ['@swc/jest', { ...swcOptions, sourceMaps: 'inline' }];
/** What every project of tests has in common. */
export const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp'],
};
export default {
  // Many files wait more than they compute.
  maxWorkers: '100%',
  // What hangs ends; a machine that is busy with other work is no fault.
  testTimeout: 30_000,
  projects: [
    { ...common, displayName: 'unit', rootDir: '.', testMatch: ['<rootDir>/{src,web/src}/**/*.spec.ts'] },
    { ...common, displayName: 'e2e', rootDir: '.', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
    { ...common, displayName: 'contract', rootDir: '.', testMatch: ['<rootDir>/test/**/*.contract-spec.ts'] },
    { ...common, displayName: 'faults', rootDir: '.', testMatch: ['<rootDir>/test/**/*.faults-spec.ts'] },
    { ...common, displayName: 'chaos', rootDir: '.', testMatch: ['<rootDir>/test/**/*.chaos-spec.ts'] },
    { ...common, displayName: 'cluster', rootDir: '.', testMatch: ['<rootDir>/test/**/*.cluster-spec.ts'] },
    { ...common, displayName: 'package', rootDir: '.', testMatch: ['<rootDir>/test/**/*.package-spec.ts'] },
    { ...common, displayName: 'web', rootDir: '.', testMatch: ['<rootDir>/test/**/*.web-spec.ts'] },
  ],
};
