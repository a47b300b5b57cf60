// Reads Jest's JSON of a run, and of a second run of the files in which tests failed.
//   files FIRST            the files in which something failed, one a line
//   counts FIRST [AGAIN]   "PASSED FAILED"; on standard error the tests that failed, and those that passed only alone
import { existsSync, readFileSync } from 'node:fs';

const [mode, first, again] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8')).testResults;
const failuresIn = ({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed');
const isBroken = (file) => file.status === 'failed' && failuresIn(file).length === 0;
const nameOf = (file, test) => `${file.name.replace(`${process.cwd()}/`, '')} › ${test.fullName}`;

/** Names of what failed: tests, and files that could not be run. */
function failures(files) {
  return files.flatMap((file) =>
    isBroken(file)
      ? [`${file.name.replace(`${process.cwd()}/`, '')} could not be run`]
      : failuresIn(file).map((test) => nameOf(file, test)),
  );
}

const files = read(first);
if (mode === 'files') {
  for (const file of files) if (isBroken(file) || failuresIn(file).length > 0) console.log(file.name);
} else {
  const second = again && existsSync(again) ? read(again) : [];
  const newer = new Map(second.map((file) => [file.name, file]));
  const last = files.map((file) => newer.get(file.name) ?? file);
  const still = failures(last);
  for (const name of failures(files)) if (!still.includes(name)) console.error(`passed only alone: ${name}`);
  for (const name of still) console.error(`failed: ${name}`);
  const passed = last.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed');
  console.log(passed.length, still.length);
}
