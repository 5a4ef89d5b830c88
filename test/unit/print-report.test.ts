import { describe, expect, test } from '@jest/globals';
import { readEnvironment } from '../../src/config/environment.js';
import { TpksError } from '../../src/errors.js';
import { printReport, type PrintOptions, toReport } from '../../src/report.js';
import { collectOutput } from '../support/program/headless.js';

interface Options extends Partial<Omit<PrintOptions, 'env'>> {
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly hint?: string;
}

async function print({
  isTTY = false,
  env = {},
  hint = 'look elsewhere',
  ...options
}: Options): Promise<string> {
  const error = new TpksError('notFound', 'Error: not found', { hint });
  const report = toReport(error, { command: 'tpks clusters', stackTrace: [] });
  const { stream, text } = collectOutput();
  const printOptions = { json: false, color: true, ...options, env: readEnvironment(env) };
  await printReport(report, printOptions, Object.assign(stream, { isTTY }));
  return text();
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

  test('prints two lines for kubectl, which repeats the output of a failed plugin', async () => {
    const env = { KUBERNETES_EXEC_INFO: '{}' };
    const lines = await print({ env, hint: 'check the CA, then:\ntpks login' });
    expect(lines).toBe('Error: Error: not found\nHint: check the CA, then: tpks login\n');
  });

  test('prints color without a terminal with FORCE_COLOR', async () => {
    expect(await print({ env: { FORCE_COLOR: '1' } })).toBe(red);
  });

  test('prints JSON without color', async () => {
    const text = await print({ json: true, isTTY: true, env: { FORCE_COLOR: '1' } });
    expect(text).not.toContain('\u001b');
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'notFound' } });
  });
});
