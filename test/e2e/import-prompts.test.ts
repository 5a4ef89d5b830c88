import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { credsFile, credsPath } from '../support/fixtures/old-cli-files.js';
import { withKeychain } from '../support/keychain/keychain.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const context = 'alana@localhost';
const env = { TPKS_STORE: 'file' };
const replacePrompt = `Context ${context} exists. Replace its session`;
const deletePrompt = 'It contains tokens in plain text. (y/n): ';

let sandbox: TestSandbox;
/** Tokens as the original CLIs store them. */
let tokens: { readonly accessToken: string; readonly refreshToken: string };
let user: TestUser;
/** `~/.pks/creds.yml` */
let path: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  const other = createUser();
  await sandbox.login(other, 'alana', ['--name', 'alana']);
  const { accessToken, refreshToken } = await other.readSession('alana');
  tokens = { accessToken, refreshToken: refreshToken! };
});
afterAll(() => sandbox.close());
beforeEach(() => {
  user = createUser();
  path = credsPath(user);
  mkdirSync(dirname(path));
  writeFileSync(path, credsFile({ api: sandbox.api, caCert: sandbox.caPem, ...tokens }));
});

const readToken = async () => (await user.readSession(context)).accessToken;

describeIfPart('pty', 'tpks import on a terminal', () => {
  /** Answers the prompts in order, and waits until the command has ended. */
  const answer = async (
    answers: readonly (readonly [prompt: string, keys: string])[],
    words: readonly string[] = [],
  ) => {
    const pty = user.atTerminal(['import', ...words], env);
    for (const [prompt, keys] of answers) {
      await pty.waitFor(prompt, 20);
      await pty.waitFor('(y/n): ');
      pty.type(keys);
    }
    return { code: await pty.exited, screen: pty.screen() };
  };

  describe('if the context exists', () => {
    let before: string;
    beforeEach(async () => {
      await sandbox.login(user, 'alana');
      await user.changeSession(context, { expiresAt: '2020-01-01T00:00:00.000Z' });
      before = await readToken();
    });

    test('keeps its session after Enter, and does not offer to delete the file', async () => {
      const { code, screen } = await answer([[replacePrompt, '\r']]);
      expect(code).toBe(0);
      expect(screen).toContain('skipped: not confirmed');
      expect(screen).not.toContain('Delete ');
      expect([await readToken(), existsSync(path)]).toEqual([before, true]);
    });

    test('changes nothing after Ctrl-C', async () => {
      const config = user.read('config.json');
      const { code, screen } = await answer([[replacePrompt, '\u0003']]);
      expect(code).toBe(130);
      expect(screen).toMatch(/\n.*Error:.* Cancelled\r\n$/);
      expect([await readToken(), existsSync(path)]).toEqual([before, true]);
      expect(user.read('config.json')).toEqual(config);
    });

    test('replaces its session after y, and then offers to delete the file', async () => {
      const { code, screen } = await answer([
        [replacePrompt, 'y\r'],
        ['Delete ', '\r'],
      ]);
      expect(code).toBe(0);
      expect(screen).toContain('replaced the existing session');
      expect([await readToken(), existsSync(path)]).toEqual([tokens.accessToken, true]);
    });

    test('neither replaces it nor deletes the file with --non-interactive', async () => {
      const { code, screen } = await answer([], ['--non-interactive', path]);
      expect(code).toBe(1);
      expect(screen).not.toContain('(y/n)');
      expect(screen.replaceAll(/\s+/g, '')).toContain(
        `tpksimport${path}--overwrite`.replaceAll(/\s+/g, ''),
      );
      expect([await readToken(), existsSync(path)]).toEqual([before, true]);
    });
  });

  test.each([
    ['deletes', 'y', 'y\r', false],
    ['keeps', 'Enter', '\r', true],
  ])('%s the file after %s at the prompt', async (_verb, _name, keys, isKept) => {
    const { code, screen } = await answer([['Delete ', keys]]);
    expect(code).toBe(0);
    expect([await readToken(), existsSync(path)]).toEqual([tokens.accessToken, isKept]);
    expect(screen.includes(`Deleted ${path}`)).toBe(!isKept);
  });

  test('shows what it has imported after Ctrl-C at the prompt to delete the file', async () => {
    const { code, screen } = await answer([['Delete ', '\u0003']]);
    expect(code).toBe(130);
    expect(screen).toContain(deletePrompt);
    expect(screen).toMatch(/alana@localhost .* imported/);
    expect(screen).toContain('Current context: alana@localhost');
    expect(screen).toContain('Cancelled');
    expect([await readToken(), existsSync(path)]).toEqual([tokens.accessToken, true]);
  });

  test('--dry-run does not prompt and changes nothing', async () => {
    const { code, screen } = await answer([], ['--dry-run']);
    expect(code).toBe(0);
    expect(screen).toContain('will be imported');
    expect(screen).not.toContain('(y/n)');
    expect([user.files(), existsSync(path)]).toEqual([[], true]);
  });
});

describeIfPart('secret-service', 'tpks import with a keychain', () => {
  test('stores the key in the keychain, and no token in a file', async () => {
    await withKeychain('unlocked', async (keychainEnv) => {
      const { DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = '' } = keychainEnv;
      const bus = { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR };
      const { code, stdout } = await user.spawn(['import', '--json', '--delete-files'], {
        env: bus,
      });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        contexts: [{ name: context, store: 'keychain', result: 'imported' }],
      });
      expect(existsSync(path)).toBe(false);
      expect(user.files().filter((file) => file.endsWith('.key'))).toEqual([]);
      const leaks = user
        .files()
        .filter((file) => findLeaks(user.read(file).toString('latin1'), tokens).length > 0);
      expect(leaks).toEqual([]);
      expect(await user.spawn(['clusters'], { env: bus })).toMatchObject({ code: 0 });
      expect(await user.spawn(['clusters'])).toMatchObject({ code: 7 });
    });
  });
});
