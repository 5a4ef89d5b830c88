import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { env as ownEnv } from 'node:process';
import { beforeAll, expect, test } from '@jest/globals';
import { Command } from 'commander';
import fc from 'fast-check';
import type { Services } from '../../src/app/services.js';
import { TpksError } from '../../src/base/errors.js';
import { defineCommand } from '../../src/commands/command-table.js';
import { globalOptions } from '../../src/commands/global-options.js';
import { contents } from '../../src/commands/index.js';
import { createScript } from '../../src/commands/shell/completion.js';
import type { HttpRequest } from '../../src/platform/http/send.js';
import { listCommands } from '../support/commands/leaves.js';
import { fakeSend, tokenBody } from '../support/fakes/fake-send.js';
import { virtualClock } from '../support/fakes/virtual-clock.js';
import { createUser } from '../support/program/cli.js';
import type { HeadlessResult } from '../support/program/headless.js';
import { isNightly } from '../support/runner/nightly.js';
import { crash } from './crash.js';
import { seed } from './seed.js';

/** Commands that listen on ports, or wait for a browser or an interrupt. */
const waiting = ['sandbox', 'uaa token authcode get', 'uaa token implicit get'];

const cases = isNightly ? 4000 : 250;

const words = [
  ...['', ' ', '-', '--', '=', '.', '..', '/', '\\', '0', '-1', '-0', '1e999', 'NaN', 'null'],
  ...['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf', 'prototype', 'then'],
  ...[
    'größe',
    '集群',
    '👩‍👩‍👧',
    '\u202eabc',
    '\u0000',
    '\u001b[31m',
    'a\nb',
    '\ud800',
    '%00',
    '%',
    '$(x)',
  ],
  ...['https://', 'http://[', 'https://pks.test:99999', 'file:///etc/passwd', 'localhost', '::1'],
  ...[
    'a:b',
    'a=b',
    'a,b',
    ',',
    'json',
    'yaml',
    'name',
    'table',
    '5m',
    '-5m',
    '99999999h',
    'env:HOME',
  ],
  ...['x'.repeat(10_000), '['.repeat(1000), '/dev/null/x', '@file', '~root', '--help', '-h', '-V'],
];

interface Known {
  readonly path: readonly string[];
  readonly flags: readonly string[];
}

let known: readonly Known[] = [];
beforeAll(async () => {
  known = await commandTree();
});

/** Every command with all its flags. */
async function commandTree(): Promise<readonly Known[]> {
  const shared = globalOptions().flatMap(({ long }) => long ?? []);
  const commands = await Promise.all(
    (await listCommands(contents)).map(async ({ words: path, part }) => {
      const command = new Command(path);
      // Describing a command calls no service.
      defineCommand(command, part, {} as Services);
      const own = command.options.flatMap(({ long, short }) => [long ?? [], short ?? []].flat());
      return { path: path.split(' '), flags: [...own, ...shared, '--zone', '--trace'] };
    }),
  );
  return commands.filter(({ path }) => !waiting.includes(path.join(' ')));
}

/** Without a session and without a network. */
const offline = {
  send: () => Promise.reject(new TpksError('unavailable', 'Nothing can be sent')),
  env: { TPKS_STORE: 'file' },
};

/** With credentials in the environment, and servers that only issue tokens. */
const online = {
  send: (request: HttpRequest) =>
    fakeSend(request.url.endsWith('/oauth/token') ? { body: tokenBody } : { status: 404 }).send(
      request,
    ),
  env: {
    TPKS_STORE: 'file',
    TPKS_API: 'https://pks.test',
    TPKS_USERNAME: 'cody',
    TPKS_PASSWORD: 'pass-word',
  },
};

test(`${String(cases)} command lines end with an exit code and without a stack trace`, async () => {
  const word = fc.oneof(
    fc.constantFrom(...words),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.integer().map(String),
  );
  const line = fc.constantFrom(...known).chain(({ path, flags }) => {
    const flag = fc.constantFrom(...flags);
    const piece = fc.oneof(
      { weight: 3, arbitrary: flag.map((name) => [name]) },
      { weight: 3, arbitrary: fc.tuple(flag, word).map(([name, value]) => [name, value]) },
      { weight: 1, arbitrary: fc.tuple(flag, word).map(([name, value]) => [`${name}=${value}`]) },
      { weight: 3, arbitrary: word.map((value) => [value]) },
    );
    return (
      fc
        .tuple(fc.nat({ max: 20 }), fc.array(piece, { maxLength: 6 }))
        // One line in twenty leaves out the last word of the command.
        .map(([cut, pieces]) => [...(cut === 0 ? path.slice(0, -1) : path), ...pieces.flat()])
    );
  });
  const codes = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(line, fc.constantFrom(offline, online), async (argv, surroundings) => {
      const user = createUser();
      const result = await user.tpks([...argv], {
        ...surroundings,
        clock: virtualClock(),
      });
      codes.set(result.code, (codes.get(result.code) ?? 0) + 1);
      const problem = problemOf(result);
      if (problem !== undefined) throw new Error(problem);
    }),
    { seed, numRuns: cases },
  );
  // Many lines must get past the parser.
  const pastParsing = [0, 1, 4].map((code) => codes.get(code) ?? 0);
  expect(Math.min(...pastParsing)).toBeGreaterThan(cases / 100);
}, 300_000);

/**
 * Most lines exit with 0, 1 or 2. A valid line exits with 4 without a session, with 5 because nothing
 * can be sent, with 6 for a `curl` to another host, and with 7 if a path cannot be used.
 */
function problemOf({ code, stdout, stderr }: HeadlessResult): string | undefined {
  if (![0, 1, 2, 4, 5, 6, 7].includes(code)) return `exit ${String(code)}: ${stderr}`;
  return crash.test(stdout + stderr) ? `a crash: ${stderr}` : undefined;
}

/** Characters with a meaning in a shell, and words that a wrong quoting would run. */
const shellPieces = [
  ...[
    "'",
    '"',
    '\u2018',
    '\u2019',
    '\u201b',
    '!',
    '!!',
    '\\',
    '$',
    '$(touch x)',
    '`',
    '(',
    ')',
    ';',
  ],
  ...[
    ' ',
    '~',
    '=',
    ':',
    '@',
    '#',
    '&',
    '|',
    '<',
    '>',
    '*',
    '?',
    '{a,b}',
    '[a]',
    '^',
    '%',
    'x',
    'ü',
  ],
];

/** Completes each name unquoted and in both kinds of quotes. Prints each result that bash does not read as the name. */
const completeNames = `
while IFS= read -r NAME; do
  export NAME
  for open in '' "'" '"'; do
    COMP_LINE="tpks cluster $open" COMP_POINT=\${#COMP_LINE} COMP_TYPE=9
    _tpks_complete
    text=$open\${COMPREPLY[0]}
    # Readline closes the quote, unless the text already ends in that character.
    [[ -n $open && \${COMPREPLY[0]} != *"$open" ]] && text+=$open
    eval "words=($text)" && [[ \${#words[@]} == 1 && \${words[0]} == "$NAME" ]] || printf '%s\\n' "$text"
  done
done
`;

test('bash inserts every name as one word', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-names-'));
  try {
    writeFileSync(join(folder, 'tpks'), '#!/bin/sh\nprintf \'%s\\n:none\\n\' "$NAME"\n', {
      mode: 0o755,
    });
    const name = fc.array(fc.constantFrom(...shellPieces), { minLength: 1, maxLength: 6 });
    const names = fc
      .sample(name, { seed, numRuns: isNightly ? 300 : 100 })
      .map((pieces) => pieces.join(''));
    const wrong = execFileSync(
      'bash',
      ['--norc', '-c', createScript('bash', 'tpks') + completeNames],
      {
        input: `${names.join('\n')}\n`,
        cwd: folder,
        env: { ...ownEnv, PATH: `${folder}:${ownEnv['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8' },
        encoding: 'utf8',
      },
    );
    expect(wrong).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test('completion install writes only the file of the program', async () => {
  const piece = fc.constantFrom('.', '..', '-', '_', 'a', '9', '/', ' ', '\n', '%', 'ü');
  const name = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const shell = fc.constantFrom('bash', 'zsh', 'fish');
  await fc.assert(
    fc.asyncProperty(shell, name, async (kind, program) => {
      const words = ['completion', 'install', '--json', kind, '--', program];
      const { code, stdout, stderr } = await createUser().tpks(words);
      if (code === 2) return;
      if (code !== 0) throw new Error(`exit ${String(code)}: ${stderr}`);
      const { path } = JSON.parse(stdout) as { path: string };
      const file = { bash: program, zsh: `_${program}`, fish: `${program}.fish` }[kind];
      expect([basename(path), basename(dirname(path))]).toEqual([
        file,
        kind === 'zsh' ? 'site-functions' : 'completions',
      ]);
      expect(file).not.toMatch(/^\./);
    }),
    {
      seed,
      numRuns: isNightly ? 100 : 20,
      examples: [
        ['bash', '..'],
        ['zsh', '..'],
        ['fish', '.'],
      ],
    },
  );
}, 120_000);
