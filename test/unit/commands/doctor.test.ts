import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { diagnose, titles } from '../../../src/commands/doctor.js';
import {
  fail,
  notChecked,
  pass,
  skip,
  warn,
  type CheckResult,
} from '../../../src/domain/doctor/check.js';
import { lineText } from '../../../src/platform/terminal/lines.js';
import type { View } from '../../../src/platform/terminal/terminal.js';
import { findRowProblems } from '../../support/checks/rows.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';

const depsWithResults = (results: readonly CheckResult[]) => ({
  terminal: recordedTerminal(),
  options: () => ({ json: false, interactive: false, color: false, trace: false }),
  doctor: async () => ({ context: undefined, uaaContext: undefined, results }),
});

test.each([
  [1, '1 check failed', 'apply the fix above, then check again: tpks doctor'],
  [2, '2 checks failed', 'apply the fixes above, then check again: tpks doctor'],
])('after %i failed checks, the error is "%s"', async (count, message, hint) => {
  const results = Array<CheckResult>(count).fill(fail('tcp', 'connection refused', 'start it'));
  await expect(diagnose({}, depsWithResults(results))).rejects.toMatchObject({
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

describe('on a terminal', () => {
  const results: readonly CheckResult[] = [
    pass('context', 'cody@api.example.com'),
    pass('dns', 'api.example.com: 192.0.2.7'),
    {
      ...fail(
        'tls',
        'The certificate of api.example.com:9021 is not signed by a CA that this machine trusts',
        'if you trust it, log in with its CA: tpks login -a api.example.com --ca-cert FILE\n' +
          'or turn off the verification of the certificate with -k, only for tests',
      ),
      facts: [
        ['Issuer', 'CN=Installation CA, O=Example Company, L=Far away from everything'],
        ['SHA-256', Array(32).fill('AB').join(':')],
      ],
    },
    skip('version', 'api.example.com: not checked, because an earlier check failed'),
    notChecked('clock', 'uaa.example.com: the server does not send its time'),
    warn('links', 'tpks is not on PATH', "sudo ln -s '/opt/a folder/tpks' /usr/local/bin/tpks"),
  ];

  /** Returns the lines that a terminal of this width shows. */
  async function screenOf(
    shown: readonly CheckResult[],
    { width = 60, verbose = false } = {},
  ): Promise<readonly string[]> {
    const lines: string[] = [];
    const deps = depsWithResults(shown);
    const show = async (view: View) => {
      lines.push(...(view.screen?.(width).map(lineText) ?? []));
    };
    const terminal = { ...deps.terminal, show };
    await diagnose({ verbose }, { ...deps, terminal }).catch(() => undefined);
    return lines;
  }

  test('the problems are shown by group and fit the width, except commands and long words', async () => {
    expect(await screenOf(results)).toEqual([
      'Network',
      '  FAIL  TLS    The certificate of api.example.com:9021 is',
      '               not signed by a CA that this machine trusts',
      '        Issuer:   CN=Installation CA, O=Example Company,',
      '                  L=Far away from everything',
      `        SHA-256:  ${Array(32).fill('AB').join(':')}`,
      '        Fix: if you trust it, log in with its CA:',
      '             tpks login -a api.example.com --ca-cert FILE',
      '             or turn off the verification of the certificate',
      '             with -k, only for tests',
      '  SKIP  Clock  uaa.example.com: the server does not send its',
      '               time',
      '',
      'Machine',
      '  WARN  Links  tpks is not on PATH',
      "        Fix: sudo ln -s '/opt/a folder/tpks' /usr/local/bin/tpks",
      '',
      '2 checks passed, 1 warning, 1 failed, 2 skipped',
    ]);
  });

  test('--verbose shows all checks', async () => {
    const lines = await screenOf(results, { width: 120, verbose: true });
    expect(lines.filter((line) => /^(?: {2}[A-Z]|\S)/.test(line))).toEqual([
      'Network',
      '  PASS  DNS      api.example.com: 192.0.2.7',
      '  FAIL  TLS      The certificate of api.example.com:9021 is not signed by a CA that this machine trusts',
      '  SKIP  Version  api.example.com: not checked, because an earlier check failed',
      '  SKIP  Clock    uaa.example.com: the server does not send its time',
      'Session',
      '  PASS  Context  cody@api.example.com',
      'Machine',
      '  WARN  Links    tpks is not on PATH',
      '2 checks passed, 1 warning, 1 failed, 2 skipped',
    ]);
  });

  test('without a problem, only the number of checks is shown', async () => {
    expect(await screenOf([pass('dns', 'fine')])).toEqual(['1 check passed']);
  });
});
