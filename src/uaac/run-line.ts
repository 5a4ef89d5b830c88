import { createInterface, type Interface } from 'node:readline';
import type { Services } from '../app/services.js';
import { isTpksError } from '../base/errors.js';
import { redact } from '../base/secret.js';
import type { TerminalIo } from '../platform/terminal/terminal-io.js';
import type { UaacLine } from './command-line.js';
import { formatHelp } from './help.js';
import { formatTree } from './tree.js';
import { formatFailure, requestError } from './uaac-error.js';
import type { UaacRun } from './uaac-run.js';

/**
 * Runs a command of `uaac`.
 * @returns the exit code: 0 for every success, 1 for every failure, 130 after an interruption.
 */
export async function runUaacLine(
  { command, args, options }: UaacLine,
  services: Services,
  io: Pick<TerminalIo, 'stdin' | 'stdout' | 'stderr'>,
): Promise<number> {
  const { terminal } = services;
  const lines = createLineReader(io.stdin);
  const isTerminal = io.stdout.isTTY === true;
  const print = (...text: readonly string[]) =>
    isTerminal ? terminal.show({ json: null, text }) : terminal.write(`${text.join('\n')}\n`);
  try {
    const action = await command.load();
    await action({
      args,
      options,
      services,
      isTerminal,
      print,
      printTree: (value) => print(...formatTree(value)),
      formatHelp,
      ...createPrompts(services, io, lines.next),
    });
    return 0;
  } catch (error) {
    if (isTpksError(error) && error.kind === 'cancelled') throw error;
    const { lines: text, hint, isHintNeeded } = formatFailure(error);
    if (text.length > 0) await print(...text.map(redact));
    if (hint !== undefined && (isHintNeeded || io.stderr.isTTY === true)) noteHint(hint, terminal);
    return 1;
  } finally {
    lines.close();
  }
}

/** How long to wait for a line: a pipe without a writer must not block a job forever. */
const inputMilliseconds = 300_000;

/** Reads lines that a script pipes to stdin, one per prompt. */
function createLineReader(input: TerminalIo['stdin']) {
  let reader: Interface | undefined;
  let lines: AsyncIterator<string, undefined> | undefined;
  return {
    /** @returns `undefined` at the end of the input, or if no line arrives in time. */
    next: async (): Promise<string | undefined> => {
      reader ??= createInterface({ input, crlfDelay: Infinity });
      lines ??= reader[Symbol.asyncIterator]();
      const timer = setTimeout(() => reader?.close(), inputMilliseconds);
      try {
        return (await lines.next()).value;
      } finally {
        clearTimeout(timer);
      }
    },
    /** Stops reading, so that an open pipe does not delay the exit. */
    close: () => {
      if (reader !== undefined) input.destroy();
    },
  };
}

function createPrompts(
  { terminal }: Pick<Services, 'terminal'>,
  { stdin }: Pick<TerminalIo, 'stdin'>,
  nextLine: () => Promise<string | undefined>,
): Pick<UaacRun, 'prompt' | 'promptHidden'> {
  const hint = 'pass the value on the command line, or pipe one line for each prompt to stdin';
  const read = async (label: string, hidden: boolean): Promise<string> => {
    const message = `${label}:  `;
    if (terminal.canPrompt() || stdin.isTTY === true) {
      return terminal.prompt({ message, hidden, hint });
    }
    await terminal.write(message);
    const line = await nextLine();
    if (hidden) await terminal.write(`${'*'.repeat(line?.length ?? 0)}\n`);
    else if (line === undefined) {
      throw requestError('EOFError', 'The input stream is exhausted.');
    }
    return line?.trim() ?? '';
  };
  return { prompt: (label) => read(label, false), promptHidden: (label) => read(label, true) };
}

function noteHint(hint: string, { note }: Pick<Services['terminal'], 'note'>): void {
  const [first = '', ...others] = redact(hint).split('\n');
  note(`Hint: ${first}`);
  for (const line of others) note(`      ${line}`);
}
