// A test runner for Stryker that runs the specs of src/core within one process. They are pure, so nothing has to be
// loaded anew between two changes: Jest takes two seconds for each, this takes the time of the tests alone.
import { PluginKind, commonTokens, declareClassPlugin, tokens } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { transformFileSync } from '@swc/core';
import fc from 'fast-check';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { swcOptions } from '../swc-options.mjs';
import { tests } from './globals.mjs';

const GLOBALS = pathToFileURL(path.join(import.meta.dirname, 'globals.mjs')).href;
/** Where the specs and all that they import lie. */
const ROOT = 'src/core';

/** What the changed code looks at: which change is on, and how often it was reached. */
const context = (globalThis.__stryker__ ??= {});

class CoreSpecRunner {
  static inject = tokens(commonTokens.options);
  #tookMs = new Map();

  constructor({ specsOf }) {
    this.folder = path.join(ROOT, specsOf);
  }

  // Modules stay what they are once they are imported: Stryker starts a process for each change that is made on import.
  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun() {
    // A fixed seed, since the same changes should survive each time; fewer runs, since a rule that only one in a
    // hundred tests is not tested well.
    fc.configureGlobal({ seed: 1, numRuns: 30 });
    await this.#load();
    const results = [];
    for (const test of tests) {
      context.currentTestId = test.id;
      results.push(await this.#run(test));
    }
    context.currentTestId = undefined;
    return { status: 'complete', tests: results, mutantCoverage: context.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, disableBail, hitLimit }) {
    fc.configureGlobal({ seed: 1, numRuns: 30 });
    context.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
    context.hitLimit = hitLimit;
    context.hitCount = hitLimit === undefined ? undefined : 0;
    try {
      await this.#load();
    } catch (error) {
      return { status: 'killed', killedBy: ['import'], failureMessage: String(error), nrOfTests: 0 };
    }
    context.activeMutant = activeMutant.id;
    const wanted = testFilter ? tests.filter(({ id }) => testFilter.includes(id)) : [...tests];
    wanted.sort((a, b) => (this.#tookMs.get(a.id) ?? 0) - (this.#tookMs.get(b.id) ?? 0));
    const results = [];
    for (const test of wanted) {
      const result = await this.#run(test);
      results.push(result);
      const isEndless = determineHitLimitReached(context.hitCount, hitLimit);
      if (isEndless) return isEndless;
      if (result.status === 1 && !disableBail) break;
    }
    context.activeMutant = undefined;
    return toMutantRunResult({ status: 'complete', tests: results }, disableBail);
  }

  async #run({ id, run }) {
    const startedAt = performance.now();
    let failureMessage;
    try {
      await run();
    } catch (error) {
      failureMessage = String(error?.message ?? error);
    }
    const timeSpentMs = performance.now() - startedAt;
    if (!this.#tookMs.has(id)) this.#tookMs.set(id, timeSpentMs);
    const result = { id, name: id, timeSpentMs };
    return failureMessage === undefined ? { ...result, status: 0 } : { ...result, status: 1, failureMessage };
  }

  // Imports the specs once; Stryker has written the changed sources into the working directory.
  async #load() {
    if (tests.length > 0) return;
    const sources = readdirSync(ROOT, { recursive: true })
      .map((name) => path.join(ROOT, name))
      .filter((name) => name.endsWith('.ts'));
    for (const source of sources) {
      const { code } = transformFileSync(source, swcOptions);
      writeFileSync(source.replace(/\.ts$/, '.js'), code.replace(/(['"])@jest\/globals\1/g, `'${GLOBALS}'`));
    }
    const specs = sources.filter((name) => path.dirname(name) === this.folder && name.endsWith('.spec.ts'));
    for (const spec of specs.sort()) await import(pathToFileURL(path.resolve(spec.replace(/\.ts$/, '.js'))).href);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'core-specs', CoreSpecRunner)];
