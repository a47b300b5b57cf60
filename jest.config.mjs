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
  projects: [
    { ...common, displayName: 'unit', rootDir: '.', testMatch: ['<rootDir>/src/**/*.spec.ts'] },
    { ...common, displayName: 'e2e', rootDir: '.', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
    { ...common, displayName: 'faults', rootDir: '.', testMatch: ['<rootDir>/test/**/*.faults-spec.ts'] },
  ],
};
