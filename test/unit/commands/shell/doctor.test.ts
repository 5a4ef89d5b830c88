import { expect, test } from '@jest/globals';
import { diagnose } from '../../../../src/commands/shell/doctor.js';
import { fail, type CheckResult } from '../../../../src/doctor/check.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';

const depsWithResults = (results: readonly CheckResult[]) => ({
  terminal: recordedTerminal(),
  options: () => ({ json: false, interactive: false, color: false, trace: false }),
  doctor: async () => async () => ({ context: undefined, uaaContext: undefined, results }),
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
