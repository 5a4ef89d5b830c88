import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/cli.js';
import { inTurn, neverAnswers, type Behaviour } from '../support/faulty-server.js';
import { startFront, type Front } from '../support/front.js';
import { leaks } from '../support/leaks.js';
import { describeIfPart } from '../support/optional-part.js';
import type { Pty } from '../support/pty.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

const context = 'cody@127.0.0.1';
const past = '2020-01-01T00:00:00.000Z';
let sandbox: TestSandbox;
let front: Front;
let person: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});
beforeEach(() => {
  front.mend();
  person = createUser();
});

/** Somebody at a terminal types `tpks WORDS`. */
function atTerminal(words: readonly string[], env: Record<string, string> = {}): Pty {
  return person.atTerminal(words, { TERM: 'xterm-256color', TPKS_STORE: 'file', ...env });
}

const login = (...words: string[]) => ['login', ...front.target, ...words];
/** What a person reads, without cursor movements. */
const visible = ({ screen }: Pty) => stripVTControlCharacters(screen()).replaceAll('\r', '');

async function logIn(): Promise<void> {
  const words = [...login('-u', 'cody', '--password-stdin', '--store', 'file')];
  expect(await person.tpks(words, { stdin: 'cody-password' })).toMatchObject({ code: 0 });
  front.mend();
}

const slowly =
  (milliseconds: number, behaviour: Behaviour): Behaviour =>
  (...exchange) =>
    void setTimeout(() => behaviour(...exchange), milliseconds);

describeIfPart('pty', 'a person at a terminal', () => {
  test('is asked for the password, which shows as stars', async () => {
    const terminal = atTerminal(login('-u', 'cody'));
    await terminal.waitFor('Password: ');
    terminal.type('cody-password\r');
    expect(await terminal.exited).toBe(0);
    expect(visible(terminal)).toMatch(
      /Password: \*{13}\n[^]*\nAPI Endpoint: .*\nUser: cody\nLogin successful\.\n/,
    );
    expect(leaks(terminal.screen(), { password: 'cody-password' })).toEqual([]);
  });

  test('is asked for the user name too', async () => {
    const terminal = atTerminal(login());
    await terminal.waitFor('Username: ');
    terminal.type('cody\r');
    await terminal.waitFor('Password: ');
    terminal.type('cody-password\r');
    expect(await terminal.exited).toBe(0);
  });

  test('is shown where the code for single sign-on is, and asked for it without an echo', async () => {
    const code = await sandbox.passcode('cody');
    const terminal = atTerminal(login('--sso'));
    await terminal.waitFor('Passcode: ');
    expect(visible(terminal)).toMatch(/\( Get one at https:\/\/.*\/passcode \)\n/);
    terminal.type(`${code}\r`);
    expect(await terminal.exited).toBe(0);
    expect(leaks(terminal.screen(), { code })).toEqual([]);
  });

  test('is asked for a client’s secret', async () => {
    const terminal = atTerminal(login('--client-name', 'admin'));
    await terminal.waitFor('Client secret: ');
    terminal.type('adminsecret\r');
    expect(await terminal.exited).toBe(0);
  });

  test('is asked nothing with --non-interactive', async () => {
    const terminal = atTerminal([...login('-u', 'cody'), '--non-interactive']);
    expect(await terminal.exited).toBe(2);
    expect(visible(terminal)).toContain('Error: Missing password');
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('may give up with %s: exit 130, nothing is sent, nothing is kept', async (_name, key) => {
    const terminal = atTerminal(login('-u', 'cody'));
    await terminal.waitFor('Password: ');
    terminal.type(`cody-pass${key}`);
    expect(await terminal.exited).toBe(130);
    expect(visible(terminal)).toMatch(/\nError: .+\n$/);
    expect(front.uaa.requests).toEqual([]);
    expect(person.files().filter((file) => !file.startsWith('config'))).toEqual([]);
    // The terminal is as it was: what is typed next shows again.
    expect(leaks(terminal.screen(), { password: 'cody-pass' })).toEqual([]);
  });

  test('who goes away ends the command', async () => {
    const terminal = atTerminal(login('-u', 'cody'));
    await terminal.waitFor('Password: ');
    terminal.hangUp();
    const outcome = await Promise.race([terminal.exited, sleep(5000, 'still there')]);
    expect(outcome).not.toBe('still there');
    expect(front.uaa.requests).toEqual([]);
  });

  test('sees colours, unless they are not wanted', async () => {
    await logIn();
    const screenOf = async (words: readonly string[], env: Record<string, string> = {}) => {
      const terminal = atTerminal(words, env);
      expect(await terminal.exited).toBe(0);
      return terminal.screen();
    };
    expect(await screenOf(['clusters'])).toContain('\u001b[');
    expect(await screenOf(['clusters', '--no-color'])).not.toContain('\u001b');
    expect(await screenOf(['clusters'], { NO_COLOR: '1' })).not.toContain('\u001b');
    expect(await screenOf(['clusters'], { TERM: 'dumb' })).not.toContain('\u001b');
    expect(await screenOf(['clusters', '--json'])).not.toContain('\u001b');
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s during a request ends at once: exit 130, the session unchanged',
  async (signal) => {
    await logIn();
    const before = person.read(person.sessionFile());
    front.api.behave(neverAnswers);
    let sent: Promise<unknown> = Promise.resolve();
    const running = person.spawn(['clusters'], {
      started: (child) => {
        sent = until(() => front.api.requests.length === 1).then(() => child.kill(signal));
      },
    });
    await sent;
    const sentAt = performance.now();
    expect(await running).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/^\nError: Interrupted\n/),
    });
    expect(performance.now() - sentAt).toBeLessThan(2000);
    expect(person.read(person.sessionFile())).toEqual(before);
  },
);

test('Ctrl-C during a refresh waits for the new token, so that it is not lost', async () => {
  await logIn();
  await person.alter(context, { expiresAt: past });
  const { accessToken } = await person.session(context);
  front.uaa.behave(slowly(700, front.toUaa));
  let sent: Promise<unknown> = Promise.resolve();
  const running = person.spawn(['clusters'], {
    started: (child) => {
      sent = until(() => front.uaa.requests.length === 1).then(() => child.kill('SIGINT'));
    },
  });
  await sent;
  expect(await running).toMatchObject({ code: 130, stdout: '' });
  const renewed = await person.session(context);
  expect(renewed.accessToken).not.toBe(accessToken);
  expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.now());
  expect(person.files().filter((file) => /\.(lock|tmp)$/.test(file))).toEqual([]);
});

test('Ctrl-C during a refresh that hangs ends all the same', async () => {
  await logIn();
  await person.alter(context, { expiresAt: past });
  const before = person.read(person.sessionFile());
  front.uaa.behave(inTurn(neverAnswers));
  let sent: Promise<unknown> = Promise.resolve();
  const running = person.spawn(['clusters'], {
    started: (child) => {
      sent = until(() => front.uaa.requests.length === 1).then(() => child.kill('SIGINT'));
    },
  });
  await sent;
  const sentAt = performance.now();
  expect(await running).toMatchObject({ code: 130 });
  expect(performance.now() - sentAt).toBeLessThan(7000);
  expect(person.read(person.sessionFile())).toEqual(before);
  front.mend();
  expect(await person.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
});

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition();) {
    if (Date.now() > deadline) throw new Error('it never came to that');
    await sleep(10);
  }
}
