import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { exitCodes, TpksError, type ErrorKind } from '../../../src/base/errors.js';
import { Secret } from '../../../src/base/secret.js';
import {
  createReport,
  printReport,
  type PrintOptions,
  type Report,
} from '../../../src/cli/report.js';
import { readEnvironment } from '../../../src/platform/config/environment.js';
import { findLeaks } from '../../support/checks/leaks.js';
import { readAvailable } from '../../support/checks/read-available.js';

interface ReportOptions {
  readonly trace?: boolean;
  readonly command?: string;
  readonly rename?: (text: string) => string;
}

interface JsonError {
  readonly hint: string | null;
}

/** @returns an error as it is printed, as text and as JSON. */
async function report(
  thrown: unknown,
  { trace = false, command = 'tpks clusters', rename = (text) => text }: ReportOptions = {},
) {
  const commandPath = command.split(' ');
  const created = await createReport(thrown, { commandPath, trace, rename });
  const text = await printed(created, { json: false });
  const json = JSON.parse(await printed(created, { json: true })) as { readonly error: JsonError };
  return { kind: created.kind, text, json };
}

async function printed(
  created: Report,
  { json, isTTY = false, columns, env = {}, color = true }: Options & { readonly json: boolean },
): Promise<string> {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), {
    isTTY,
    ...(columns === undefined ? {} : { columns }),
  });
  await printReport(created, { json, color, env: readEnvironment(env) }, stream);
  return readAvailable(stream);
}

test('the exit codes are those of the documentation', () => {
  expect(exitCodes).toEqual({
    ...{ failed: 1, notFound: 1, forbidden: 1, conflict: 1, usage: 2, changes: 3 },
    ...{
      unauthenticated: 4,
      unavailable: 5,
      untrusted: 6,
      keychain: 7,
      storage: 7,
      cancelled: 130,
    },
  });
});

test('a link renames the commands in all forms of a report', async () => {
  const error = new TpksError('failed', 'see tpks', { hint: 'tpks a\ntpks b' });
  const rename = (text: string) => text.replace('tpks', 'pks');
  const { text, json } = await report(error, { rename });
  expect(text).toBe('\nError: see pks\nHint: pks a\n      pks b\n');
  expect(json.error).toMatchObject({ message: 'see pks', hint: 'pks a\npks b' });
});

test('an error is printed as an empty line, a message and a hint, as in pks', async () => {
  const error = new TpksError('notFound', 'Cluster dev-1 not found', { hint: 'tpks clusters' });
  expect((await report(error)).text).toBe(
    '\nError: Cluster dev-1 not found\nHint: tpks clusters\n',
  );
});

test('a hint of several lines is indented', async () => {
  const error = new TpksError('untrusted', 'No', { hint: 'trust it:\ntpks login --ca-cert FILE' });
  expect((await report(error)).text).toBe(
    '\nError: No\nHint: trust it:\n      tpks login --ca-cert FILE\n',
  );
});

const untrusted = new TpksError('untrusted', 'The certificate of api.example.com has expired', {
  facts: [
    ['Issuer', 'CN=Example\u202e CA'],
    ['SHA-256', 'AA:BB'],
  ],
  hint: 'no',
});

test('the facts of an error are indented lines below the message', async () => {
  expect((await report(untrusted)).text).toBe(
    '\nError: The certificate of api.example.com has expired\n' +
      '       Issuer:   CN=Example\\u202e CA\n       SHA-256:  AA:BB\nHint: no\n',
  );
});

test('as JSON, the message contains the facts', async () => {
  expect((await report(untrusted)).json.error).toMatchObject({
    message:
      'The certificate of api.example.com has expired (Issuer: CN=Example\\u202e CA; SHA-256: AA:BB)',
  });
});

test.each<[number, ErrorKind, string, RegExp]>([
  [400, 'failed', 'tpks resize', /^check the arguments: tpks resize --help$/m],
  [404, 'notFound', 'tpks curl', /^check the arguments: tpks curl --help$/m],
  [401, 'unauthenticated', 'tpks clusters', /: tpks status$/m],
  [403, 'forbidden', 'tpks uaa curl', /: tpks uaa context$/m],
  [403, 'forbidden', 'uaac curl', /: tpks uaa context$/m],
])(
  'an unexplained HTTP %i (%s) of %s has the next command as a hint',
  async (status, kind, command, hint) => {
    const error = new TpksError(kind, 'Bad request', { status });
    const { json } = await report(error, { command });
    expect(json.error.hint).toMatch(hint);
    expect(json.error.hint).toMatch(/^to show the request and the response, .* --trace$/m);
  },
);

test('an error is an object with --json, and only temporary errors are retryable', async () => {
  const error = new TpksError('unavailable', 'HTTP 503', { hint: 'try again', status: 503 });
  expect((await report(error)).json).toEqual({
    error: {
      code: 'unavailable',
      message: 'HTTP 503',
      hint: 'try again',
      retryable: true,
      status: 503,
    },
  });
  expect((await report(new TpksError('failed', 'no'))).json).toEqual({
    error: { code: 'failed', message: 'no', hint: null, retryable: false, status: null },
  });
});

describe('a bug', () => {
  const bug = () => new TypeError('x is not a function');

  test('is reported as a bug, with a hint how to report it', async () => {
    expect(await report(bug())).toMatchObject({
      kind: 'failed',
      text: expect.stringMatching(
        /^\nError: Internal tpks error: x is not a function\nHint: this is a bug in tpks; .*--trace.*\n$/,
      ),
    });
  });

  test('shows its stack trace only with --trace', async () => {
    expect((await report(bug(), { trace: true })).text).toMatch(
      /\nTypeError: x is not a function\n +at /,
    );
    expect((await report(bug())).text).not.toContain(' at ');
  });

  test.each(['text', 7, null, undefined, {}])(
    'can be anything that was thrown: %j',
    async (thrown) => {
      expect(await report(thrown)).toMatchObject({
        kind: 'failed',
        json: { error: { code: 'failed' } },
      });
    },
  );
});

test('no form of a report contains a secret or a control character', async () => {
  const secrets = { password: 'p&ss+wörd<"x' };
  new Secret(secrets.password);
  const text = `said ${encodeURIComponent(secrets.password)} and ${secrets.password}\u001b[31m\u202e`;
  const thrown = Object.assign(new Error(text), { stack: `Error: ${text}\n    at ${text}` });
  const hinted = new TpksError('failed', text, { hint: `${text}\n${text}` });
  const trace = true;
  const all = [
    await report(thrown, { trace }),
    await report(hinted),
    await report(hinted, { trace }),
  ];
  const output = all.flatMap((each) => [each.text, JSON.stringify(each.json)]).join('\n');
  expect(findLeaks(output, secrets)).toEqual([]);
  expect(output).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  expect(output).toContain('said ••• and •••\\x1b[31m\\u202e');
});

interface Options extends Partial<Omit<PrintOptions, 'env'>> {
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly kind?: ErrorKind;
  readonly hint?: string;
}

async function print({
  kind = 'notFound',
  hint = 'look elsewhere',
  ...options
}: Options): Promise<string> {
  const error = new TpksError(kind, 'Error: not found', { hint });
  const input = { commandPath: ['tpks'], trace: false, rename: (text: string) => text };
  return printed(await createReport(error, input), { json: false, ...options });
}

const plain = '\nError: Error: not found\nHint: look elsewhere\n';
const red = '\n\u001b[31mError:\u001b[39m Error: not found\nHint: look elsewhere\n';

describe('printReport', () => {
  test('prints `Error:` in red on a terminal', async () => {
    expect(await print({ isTTY: true })).toBe(red);
    expect(await print({ isTTY: true, env: { TERM: 'xterm' } })).toBe(red);
  });

  test.each([
    ['stderr is not a terminal', {}],
    ['NO_COLOR is set', { isTTY: true, env: { NO_COLOR: '1' } }],
    ['TERM is dumb', { isTTY: true, env: { TERM: 'dumb' } }],
    ['--no-color was given', { isTTY: true, color: false }],
    ['FORCE_COLOR turns colors off', { isTTY: true, env: { FORCE_COLOR: '0' } }],
    ['--no-color and FORCE_COLOR were given', { color: false, env: { FORCE_COLOR: '1' } }],
  ])('prints no color if %s', async (_condition, options) => {
    expect(await print(options)).toBe(plain);
  });

  test('prints nothing about existing changes, which are no error', async () => {
    expect(await print({ kind: 'changes' })).toBe('');
  });

  describe('breaks long lines between words', () => {
    const hint =
      'first check the clock, then log in again, with the command:\ntpks login -a api.example.com --client-name ci --ca-cert FILE';
    const error = new TpksError('untrusted', 'The certificate of api.example.com is not valid', {
      facts: [['Issued for', 'a.example.com, b.example.com']],
      hint,
    });
    const options = { json: false, isTTY: true, columns: 40, color: false };
    const printError = async (more: Options = {}, thrown = error) => {
      const input = { commandPath: ['tpks'], trace: false, rename: (text: string) => text };
      return printed(await createReport(thrown, input), { ...options, ...more });
    };

    test('and never inside a command', async () => {
      expect(await printError()).toBe(`
Error: The certificate of
       api.example.com is not valid
       Issued for:  a.example.com,
                    b.example.com
Hint: first check the clock, then log in
      again, with the command:
      tpks login -a api.example.com --client-name ci --ca-cert FILE
`);
    });

    test.each([
      [
        'check it, then try: curl -v https://api.example.com',
        'check it, then try:\n      curl -v https://api.example.com',
      ],
      [
        "tpks login --name 'a, b' -a api.example.com, or set TPKS_STORE",
        "tpks login --name 'a, b' -a api.example.com,\n      or set TPKS_STORE",
      ],
      [
        'use tpks uaa target api.example.com or tpks login -a api.example.com',
        'use\n      tpks uaa target api.example.com or\n      tpks login -a api.example.com',
      ],
    ])('of a hint with commands: %s', async (text, expected) => {
      const thrown = new TpksError('failed', 'No', { hint: text });
      expect(await printError({}, thrown)).toBe(`\nError: No\nHint: ${expected}\n`);
    });

    test.each<[string, Options]>([
      ['without a terminal', { isTTY: false }],
      ['if the lines fit', { columns: 120 }],
      ['in a terminal that reports the width 0', { columns: 0 }],
    ])('but not %s', async (_condition, more) => {
      expect(await printError(more)).toBe(
        '\nError: The certificate of api.example.com is not valid\n' +
          '       Issued for:  a.example.com, b.example.com\n' +
          `Hint: ${hint.replace('\n', '\n      ')}\n`,
      );
    });

    test('nor in JSON, nor for kubectl', async () => {
      const json = await printed(
        await createReport(error, { commandPath: [], trace: false, rename: (text) => text }),
        { ...options, json: true },
      );
      expect(json.trim().split('\n')).toHaveLength(1);
      const lines = await printError({ env: { KUBERNETES_EXEC_INFO: '{}' } });
      expect(lines).toBe(
        'Error: The certificate of api.example.com is not valid (Issued for: a.example.com, b.example.com)\n' +
          `Hint: ${hint.replace('\n', ' ')}\n`,
      );
    });
  });
});
