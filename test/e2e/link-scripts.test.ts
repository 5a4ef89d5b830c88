import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeIfPart } from '../support/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import { createShellUser, type ShellUser } from '../support/shell-lines.js';

let sandbox: TestSandbox;
let operator: ShellUser;

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 1 });
  operator = createShellUser({
    API: sandbox.api,
    // The original has no variable for a UAA on a port other than 8443.
    TPKS_UAA_URL: sandbox.uaa,
    CA: sandbox.caCert,
  });
});
afterAll(() => sandbox.close());

describeIfPart('jq', 'login', () => {
  test.each(['pks', 'tkgi'])('of %s in a list of commands continues', async (link) => {
    const line = `${link} login -a "$API" -u cody -p cody-password --ca-cert "$CA" >/dev/null || exit 1; echo ok`;
    expect(await operator.shell(line)).toMatchObject({ code: 0, stdout: 'ok\n' });
  });
});
