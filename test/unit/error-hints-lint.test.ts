import { readFileSync } from 'node:fs';
import { expect, jest, test } from '@jest/globals';
import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { functionsWithoutHint, plugin } from '../../eslint/error-hints.mjs';

// The first case reads the types of the whole project: 7 s, and 20 s on a busy machine.
jest.setTimeout(90_000);

const typescript = new RuleTester({
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { projectService: { allowDefaultProject: ['*.ts'] } },
  },
});

const missing = /^Add a hint: /;

typescript.run('hints/required', plugin.rules.required, {
  valid: [
    "new TpksError('failed', 'It failed', { hint: 'try again: tpks clusters' });",
    "const hint = 'try again' as string; new TpksError('failed', 'It failed', { hint, cause: 1 });",
    "new TpksError('cancelled', 'Interrupted');",
    "new Error('It failed');",
    {
      code: "function toStatusError() { return new TpksError('failed', 'HTTP 400'); }",
      filename: 'src/http/status-error.ts',
    },
  ].map((each) =>
    typeof each === 'string'
      ? { code: each, filename: 'example.ts' }
      : { ...each, languageOptions: { parserOptions: { projectService: true } } },
  ),
  invalid: [
    { code: "new TpksError('failed', 'It failed');", errors: [{ message: missing }] },
    { code: "new TpksError('failed', 'No', { cause: 1 });", errors: [{ message: missing }] },
    { code: "new TpksError(kind, 'cancelled', details);", errors: [{ message: missing }] },
    { code: "new TpksError('failed', 'No', { hint: '' });", errors: [{ message: /empty/ }] },
    {
      code: "declare const hint: string | undefined; new TpksError('failed', 'No', { hint });",
      errors: [{ message: /^This hint can be undefined/ }],
    },
    {
      code: "new TpksError('failed', 'No', { hint: undefined });",
      errors: [{ message: /^This hint can be undefined/ }],
    },
    {
      code: "function toStatusError() { return new TpksError('failed', 'No'); }",
      errors: [{ message: missing }],
    },
  ].map((each) => ({ ...each, filename: 'example.ts' })),
});

test.each(Object.keys(functionsWithoutHint))('the exception %s is still needed', (exception) => {
  const [path = '', name = ''] = exception.split(' ');
  const source = readFileSync(path, 'utf8');
  const [, body = ''] = source.split(`function ${name}(`);
  expect(body.split('\n}\n')[0]).toContain('new TpksError(');
});
