import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withKeychain } from '../support/keychain/keychain.js';
import { createUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';
import { binary } from './binary.js';

const nodeBuild = fileURLToPath(new URL('../../bin/tpks.js', import.meta.url));

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describeIfPart('secret-service', 'with one config folder and one keychain', () => {
  test.each([
    { first: 'the Node build', second: 'the binary', login: nodeBuild, other: binary },
    { first: 'the binary', second: 'the Node build', login: binary, other: nodeBuild },
  ])('$second reads and ends a session of $first', ({ login, other }) =>
    withKeychain('unlocked', async (keychain) => {
      const user = createUser();
      const run = (link: string, words: readonly string[]) =>
        user.spawn(words, { link, env: keychain });
      const words = [...sandbox.loginOptions, '-u', 'cody', '-p', 'cody-password'];
      const loginWords = ['login', ...words, '--store', 'keychain'];
      expect(await run(login, loginWords)).toMatchObject({ code: 0 });
      expect(await run(other, ['clusters'])).toMatchObject({ code: 0 });
      expect(await run(other, ['logout'])).toMatchObject({ code: 0 });
      expect(await run(login, ['clusters'])).toMatchObject({ code: 4 });
    }),
  );
});
