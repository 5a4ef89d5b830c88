import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { TestUser } from '../program/cli.js';
import { type Pty, spawnPty } from '../program/pty.js';
import { preloadVariables } from '../program/spawned.js';
import type { TestSandbox } from '../servers/sandbox.js';
import { type CodeBlock, findCodeBlocks, isRun } from './code-blocks.js';

type Answer = (match: RegExpExecArray, run: PromptedRun) => string | Promise<string>;

interface PromptedRun {
  readonly sandbox: TestSandbox;
  /** The user of the last login. */
  readonly user: string;
}

/** What to type at the end of each prompt of tpks. */
const answers: readonly (readonly [RegExp, Answer])[] = [
  [/API address.*: $/, () => 'api.example.com'],
  [/\(yes\/no\): $/, () => 'yes'],
  [/\(y\/n\):? $/, () => 'y'],
  [/Username.*: $/, () => 'cody'],
  [/Password of (\w+) at .*: $/, ([, user]) => `${user}-password`],
  [/Passcode.*: $/, (_match, { sandbox, user }) => sandbox.passcode(user)],
  [/(?:New|Verify new) client secret: $/, () => 'ci-secret'],
  [/[Cc]lient secret: $/, () => 'adminsecret'],
  [/[Pp]assword: $/, (_match, { user }) => `${user}-password`],
];

const redirection = fileURLToPath(
  new URL('../preload/sandbox-at-default-ports.cjs', import.meta.url),
);

interface GuideRun {
  readonly user: TestUser;
  readonly sandbox: TestSandbox;
  readonly markdown: string;
  /** A script that runs first, e.g. to log in. */
  readonly preparation: string;
}

/**
 * Runs the commands of a guide from top to bottom in one bash on a terminal, and answers its prompts. Compares the output that
 * the guide shows below a command, except for numbers and spaces.
 * @returns one line for each problem: the first command that failed, and output that differs.
 */
export async function runGuide(run: GuideRun): Promise<readonly string[]> {
  const { user, sandbox } = run;
  const root = dirname(user.home);
  const blocks = findCodeBlocks(run.markdown).filter(isTested);
  const path = [dirname(user.link('tpks')), user.env['PATH']].join(':');
  for (const name of ['pks', 'uaac']) user.link(name);
  writeFileSync(join(root, '.curlrc'), toCurlConfig(sandbox));
  const script = join(root, 'guide.sh');
  writeFileSync(
    script,
    ['set -eo pipefail', run.preparation, ...blocks.map(toScript), mark(0), ''].join('\n'),
  );
  const terminal = spawnPty('bash', ['--norc', script], {
    cwd: root,
    columns: 120,
    env: {
      ...user.env,
      ...preloadVariables(redirection),
      PATH: path,
      TPKS_STORE: 'file',
      TPKS_TEST_API: sandbox.api,
      TPKS_TEST_UAA: sandbox.uaa,
      PAGER: 'cat',
      TERM: 'xterm',
      USER: 'alana',
    },
  });
  await answerPrompts(terminal, sandbox);
  return findProblems(blocks, stripVTControlCharacters(terminal.screen()));
}

/** Types the answers until the script ends. @throws Error after 45 seconds, e.g. if a prompt has no answer. */
async function answerPrompts(terminal: Pty, sandbox: TestSandbox): Promise<void> {
  const state = { hasExited: false };
  void terminal.exited.then(() => (state.hasExited = true));
  const deadline = Date.now() + 45_000;
  let answered = 0;
  while (!state.hasExited) {
    await sleep(15);
    if (Date.now() > deadline) {
      terminal.hangUp();
      await terminal.exited;
      const end = stripVTControlCharacters(terminal.screen()).slice(-2000);
      throw new Error(`The commands did not end within 45 s:\n${end}`);
    }
    const output = terminal.screen();
    const text = stripVTControlCharacters(output.slice(answered));
    const user = /.*^User: (\w+)/ms.exec(stripVTControlCharacters(output))?.[1] ?? 'alana';
    const found = answers
      .map(([prompt, answer]) => ({ match: prompt.exec(text), answer }))
      .find(({ match }) => match !== null);
    if (!found?.match) continue;
    answered = output.length;
    terminal.type(`${await found.answer(found.match, { sandbox, user })}\n`);
  }
}

function isTested({ language, mark: marked }: CodeBlock): boolean {
  return marked?.kind === 'file' || marked?.kind === 'exit' || (isRun(language) && !marked);
}

/** Makes curl send requests for the example hosts to the sandbox, which has a certificate for other names. */
function toCurlConfig({ api, uaa }: TestSandbox): string {
  const lines = [
    [9021, api],
    [8443, uaa],
  ].map(([port, url]) => `connect-to = "api.example.com:${port}:${new URL(String(url)).host}"`);
  return [...lines, 'insecure', ''].join('\n');
}

interface Command {
  readonly line: number;
  readonly text: string;
  readonly output: readonly string[];
}

/** The commands of a block with the output that the guide shows; a block without output is one command. */
function findCommands({ line, language, code }: CodeBlock): readonly Command[] {
  if (language === 'sh') return [{ line, text: code, output: [] }];
  const parts = [...code.matchAll(/^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)/gm)];
  return parts.map(({ index, 1: text = '', 2: output = '' }) => ({
    line: line + code.slice(0, index).split('\n').length,
    text,
    output: output.split('\n'),
  }));
}

const mark = (line: number): string => `printf '\\n@@ %s\\n' ${line}`;

function toScript(block: CodeBlock): string {
  const { code, line, mark: marked } = block;
  if (marked?.kind === 'file') return `cat > ${marked.value} <<'END_OF_FILE'\n${code}END_OF_FILE`;
  if (marked?.kind === 'exit') {
    return [mark(line), `set +e\n${code}`, `[ $? -eq ${marked.value} ] || exit`, 'set -e'].join(
      '\n',
    );
  }
  return (
    findCommands(block)
      // The last line, because `set -e` ignores the failure of `a` in `a && b`.
      .map((command) => `${mark(command.line)}\n${command.text}\n[ $? -eq 0 ]`)
      .join('\n')
  );
}

function findProblems(blocks: readonly CodeBlock[], screen: string): readonly string[] {
  const [before = '', ...sections] = screen.replaceAll('\r', '').split(/^@@ /m);
  const outputs = new Map(
    sections.map((section) => {
      const [line = '', ...lines] = section.split('\n');
      return [Number(line), lines];
    }),
  );
  const last = [...outputs.keys()].at(-1);
  if (last === undefined) return [`the preparation failed:\n${before}`];
  if (last !== 0) {
    return [`line ${last}: the command failed:\n${outputs.get(last)?.slice(-30).join('\n')}`];
  }
  return blocks
    .filter(({ language }) => language === 'console')
    .flatMap(findCommands)
    .flatMap(({ line, text, output }) => {
      const actual = outputs.get(line) ?? [];
      const rest = actual.map(normalize);
      const missing = output.filter((each) => {
        const index = rest.indexOf(normalize(each));
        rest.splice(0, index + 1);
        return index === -1 && each.trim() !== '...';
      });
      if (missing.length === 0) return [];
      return [
        `line ${line}: ${text} does not print:\n${missing.join('\n')}\nbut:\n${actual.join('\n')}`,
      ];
    });
}

/** Ignores spaces, and the values of numbers and identifiers. */
function normalize(line: string): string {
  return line
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/\d+/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
