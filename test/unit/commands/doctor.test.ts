import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { diagnose, titles } from '../../../src/commands/doctor.js';
import { fail, type CheckResult } from '../../../src/domain/doctor/check.js';
import { findRowProblems } from '../../support/checks/rows.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';

const depsWithResults = (results: readonly CheckResult[]) => ({
  terminal: recordedTerminal(),
  options: () => ({ json: false, interactive: false, color: false, trace: false }),
  doctor: async () => ({ context: undefined, uaaContext: undefined, results }),
});

test.each([
  [1, '1 check failed', 'fix it as shown above, then check again: tpks doctor'],
  [2, '2 checks failed', 'fix them as shown above, then check again: tpks doctor'],
])('after %i failed checks, the error is "%s"', async (count, message, hint) => {
  const results = Array<CheckResult>(count).fill(fail('tcp', 'connection refused', 'start it'));
  await expect(diagnose(depsWithResults(results))).rejects.toMatchObject({
    kind: 'failed',
    message,
    hint,
  });
});

test('docs/doctor.md lists all checks, with their titles and their names in JSON', () => {
  const text = readFileSync('docs/doctor.md', 'utf8');
  const [, table = ''] = /^## Checks\n(.*?)^## JSON/ms.exec(text) ?? [];
  const rows = [...table.matchAll(/^\| (\w[\w ]*?) +\|/gm)].map(([, title = '']) => title).slice(1);
  const [, list = ''] = /^`check` is (.*?)\. A check/ms.exec(text) ?? [];
  const names = [...list.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const file = 'docs/doctor.md';
  expect([
    ...findRowProblems({ file, rows, expected: Object.values(titles), help: 'see Checks' }),
    ...findRowProblems({ file, rows: names, expected: Object.keys(titles), help: 'see JSON' }),
  ]).toEqual([]);
});
