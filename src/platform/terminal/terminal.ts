import { TpksError } from '../../base/errors.js';
import { toJson, toPrintable, toPrintableLines, toPrintablePieces } from '../../base/sanitize.js';
import type { Environment } from '../config/environment.js';
import { readText } from '../disk/bounded-read.js';
import {
  allTones,
  isColorEnabled,
  type Line,
  originalTones,
  renderLine,
  renderLines,
  type Span,
  type Tone,
} from './lines.js';
import { createLiveArea, type SlowServers } from './live-area.js';
import type { Page, Pager } from './pager.js';
import { fitLines } from './screen.js';
import { createPrompt, createQuitKeys, type Prompt, type PromptOptions } from './prompt.js';
import { createStdinReader, readLine, type StdinReader } from './stdin.js';
import { wrapHint } from './wrap.js';
import { createSink, isCharacterDevice, type Sink } from './stdout.js';
import type { TerminalIo } from './terminal-io.js';

/** The values of `--output`. Not every command accepts all of them. */
export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'csv' | 'name';

/** A result both as JSON and as text. The terminal prints the requested one. */
export interface View {
  /** What `--json` and `-o yaml` print. */
  readonly json: unknown;
  /** Lines for users, escaped by the terminal; in a pipe, links named `pks` or `tkgi` print them unchanged. */
  readonly text: readonly Line[];
  /**
   * Returns the lines that a terminal shows instead of `text`, unless tpks is run through a link.
   * @param columns - the width of the terminal. No line may be wider.
   */
  readonly screen?: (columns: number) => readonly Line[];
  /** Whether the text names tpks commands; a link prints its own name in them. False by default. */
  readonly namesCommands?: boolean;
  /** Spaces per level of JSON: 3 for the PKS API, as in the original CLI; 2 by default. */
  readonly indent?: number;
  /** What `-o name` prints, one name per line; the text by default. */
  readonly name?: string | readonly string[] | undefined;
}

/** Input and output. Only this module handles TTYs, color, `--json` and `--non-interactive`. */
export interface Terminal extends StdinReader {
  /** Whether the result is printed as JSON or YAML. */
  readonly wantsJson: () => boolean;
  /** Whether `show` prints `View.screen`. Commands check this before they send requests that only it needs. */
  readonly usesScreen: () => boolean;
  /** Whether stderr shows lines that are redrawn in place, in the same layout. */
  readonly usesLiveScreen: () => boolean;
  /** Whether stdin (not read yet) and stderr are terminals, and `--non-interactive` was not given. */
  readonly canPrompt: () => boolean;
  readonly show: (view: View) => Promise<void>;
  /** Prints a long text to stdout, through a pager if stdout is a terminal. */
  readonly showPage: (page: Page) => Promise<void>;
  /** Writes bytes or text to stdout unchanged. Waits for a slow reader. */
  readonly write: (chunk: string | Uint8Array) => Promise<void>;
  /**
   * Writes data from a server to stdout: unchanged to a pipe or a file; on a terminal, as text with
   * escaped control characters.
   */
  readonly writeUntrusted: (
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ) => Promise<void>;
  /**
   * Writes lines of another program, each prefixed with a label. On a terminal, the label has a color, and control
   * characters are escaped. Waits for a slow reader.
   * @returns `false` if the reader has closed the stream.
   */
  readonly relay: (
    stream: 'stdout' | 'stderr',
    label: Span,
    lines: readonly string[],
  ) => Promise<boolean>;
  /** Whether lines can be redrawn: stderr has a movable cursor, and `ACCESSIBLE` is not set. */
  readonly canRepaint: () => boolean;
  /** Width of the screen on which lines are redrawn in place. */
  readonly columns: () => number;
  /**
   * Shows lines on stderr that replace the lines of the previous call, in color unless tpks is run through a link.
   * An empty list removes them. Shows nothing if `canRepaint` returns `false`.
   */
  readonly showLive: (lines: readonly Line[]) => void;
  /** Whether `untilQuit` reads keys: lines can be redrawn, and the user can type. */
  readonly canQuit: () => boolean;
  /**
   * Runs work until the user presses `q` or Ctrl-C. If `canQuit` returns `false`, waits until the work has finished.
   * @returns `undefined` if the user pressed a key; the work may then still be running.
   */
  readonly untilQuit: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  /**
   * Shows below the live lines which servers have not responded yet; `undefined` removes the line. If
   * lines cannot be redrawn, each server is named once. Shows nothing if stderr is not a terminal.
   */
  readonly showSlow: (slow: SlowServers | undefined) => void;
  /** Prints one line to stderr, e.g. progress. */
  readonly note: (text: string) => void;
  /**
   * Prints the lines above a question, such as a summary of the changes. A link named `pks` or `tkgi`
   * prints them to stdout, as the original CLI does, unless the result is JSON or YAML; otherwise,
   * they are printed to stderr.
   */
  readonly announce: (lines: readonly Line[]) => Promise<void>;
  /** Prints `Warning: TEXT` to stderr, but the same text only once per run. */
  readonly warn: (text: string) => void;
  /**
   * Prompts the user on stderr and reads one line. Without a terminal, a link named `pks` or `tkgi`
   * reads hidden input from a pipe, as the original CLI does.
   * @throws {TpksError} `usage` if the user cannot be prompted; `cancelled` on Ctrl-C or end of input.
   */
  readonly prompt: (question: PromptOptions) => Promise<string>;
  /**
   * Reads the next line that a script pipes to stdin.
   * @returns `undefined` at the end of input, if stdin is a terminal, or if no line arrives within
   *   3 s (60 s through a link named `pks` or `tkgi`).
   */
  readonly readLine: () => Promise<string | undefined>;
}

export interface TerminalOptions {
  readonly json: boolean;
  readonly output?: OutputFormat | undefined;
  readonly interactive: boolean;
  readonly color: boolean;
}

export interface TerminalDeps {
  /** Each stream is opened on first use, because opening stdin takes several milliseconds. */
  readonly io: TerminalIo;
  readonly env: Environment;
  /** Called on each use, because the options are known only after argv has been parsed. */
  readonly options: () => TerminalOptions;
  /** Shows long texts; if absent, they are only written. */
  readonly pager?: Pager;
  /** Whether output and prompts are identical to the original CLI. */
  readonly imitatesPks: boolean;
  /** Whether the original layout is used even on a terminal. */
  readonly hasOriginalLayout: boolean;
}

export function createTerminal({
  io,
  env,
  options,
  pager = () => Promise.resolve(false),
  imitatesPks,
  hasOriginalLayout,
}: TerminalDeps): Terminal {
  const sink = createSink(() => io.stdout, io.stdoutDescriptor);
  const isStdoutTerminal = () =>
    io.stdoutDescriptor === undefined
      ? io.stdout.isTTY === true
      : isCharacterDevice(io.stdoutDescriptor);
  const warned = new Set<string>();
  const stdin = createStdinReader(() => io.stdin);

  const canRepaint = () =>
    io.stderr.isTTY === true && env.TERM !== 'dumb' && env.ACCESSIBLE === undefined;
  /** The width at which text is broken. Some terminals, e.g. serial consoles, report 0. */
  const stderrColumns = () =>
    (!hasOriginalLayout && io.stderr.isTTY && io.stderr.columns) || Infinity;
  let isLineIncomplete = false;
  const note = (text: string, label = '') => {
    live.clear();
    io.stderr.write(`${label}${wrapNote(toPrintable(text), label.length, stderrColumns())}\n`);
  };
  const live = createLiveArea({
    screen: () => io.stderr,
    canRepaint,
    isLineIncomplete: () => isLineIncomplete && isStdoutTerminal(),
    note,
    isPainted: () =>
      !hasOriginalLayout && isColorEnabled({ isTty: canRepaint(), env, color: options().color }),
  });
  const output: Sink = {
    isClosed: sink.isClosed,
    write: (chunk) => {
      live.clear();
      if (chunk.length > 0) isLineIncomplete = !['\n', 0x0a].includes(chunk.at(-1) ?? '');
      return sink.write(chunk);
    },
  };
  const errorSink = createSink(() => io.stderr);
  let promptUser: Prompt | undefined;
  const isStdinRead = () => stdin.stdinName() !== undefined;
  const canPrompt = () =>
    options().interactive && !isStdinRead() && io.stdin.isTTY === true && io.stderr.isTTY === true;
  const quitKeys = createQuitKeys(() => io.stdin);
  const canQuit = () => usesLiveScreen() && canPrompt() && isInForeground();
  const wantsJson = () => options().json || options().output === 'yaml';
  const usesScreen = () =>
    !hasOriginalLayout &&
    !wantsJson() &&
    !['name', 'csv'].includes(options().output ?? '') &&
    isStdoutTerminal();
  const usesLiveScreen = () => usesScreen() && canRepaint();
  const stdoutColumns = () => io.stdout.columns || 80;
  const showText = async (lines: readonly Line[], tones: readonly Tone[] = originalTones) => {
    const { color, output: form } = options();
    const isTty = isStdoutTerminal();
    const painted = isColorEnabled({ isTty, env, color });
    // In a pipe, pks and tkgi print the same bytes as the original CLI. Formats that it does not have are always escaped.
    const escaped = isTty || !imitatesPks || form === 'name' || form === 'wide';
    await output.write(renderLines(lines, { painted, escaped, tones }));
  };
  const show = async ({ json, text, screen, indent, name }: View) => {
    const { json: isJson, output: form } = options();
    if (isJson) return output.write(`${toJson(json, indent)}\n`);
    if (form === 'yaml') {
      const { toYaml } = await import('./yaml.js');
      return output.write(`${(await toYaml(json)).join('\n')}\n`);
    }
    if (screen !== undefined && usesScreen()) return showText(screen(stdoutColumns()), allTones);
    await showText(form === 'name' && name !== undefined ? [name].flat() : text);
  };
  const readPipedLine = async (): Promise<string | undefined> => {
    if (io.stdin.isTTY === true || isStdinRead()) return undefined;
    return readLine(io.stdin, imitatesPks ? linkLineMilliseconds : lineMilliseconds);
  };

  return {
    ...stdin,
    wantsJson,
    usesScreen,
    usesLiveScreen,
    canPrompt,
    write: output.write,
    async writeUntrusted(chunks) {
      const pieces = isStdoutTerminal() ? toPrintablePieces(chunks) : chunks;
      for await (const piece of pieces) {
        await output.write(piece);
        // Stop reading a body that may be endless once the reader has closed the pipe.
        if (output.isClosed()) return;
      }
    },
    async relay(stream, label, lines) {
      const isTty = stream === 'stdout' ? isStdoutTerminal() : io.stderr.isTTY === true;
      const painted = isColorEnabled({ isTty, env, color: options().color });
      const start = renderLine([label], { painted, escaped: true, tones: allTones });
      const text = lines
        .map((line) => `${start}${isTty ? toPrintableLines(line) : line}\n`)
        .join('');
      live.clear();
      const target = stream === 'stdout' ? output : errorSink;
      await target.write(text);
      return !target.isClosed();
    },
    note: (text) => {
      note(text);
    },
    canRepaint,
    columns: () => io.stderr.columns || 80,
    canQuit,
    untilQuit: (work) => (canQuit() ? quitKeys.runUntilQuit(work) : work()),
    showLive: live.show,
    showSlow: live.showSlow,
    show,
    async showPage({ json, text, screen }) {
      if (wantsJson() || !isStdoutTerminal()) return show({ json, text: text(80) });
      const lines = (hasOriginalLayout ? text : (screen ?? text))(stdoutColumns());
      const painted = isColorEnabled({ isTty: true, env, color: options().color });
      const page = renderLines(lines, { painted, escaped: true, tones: originalTones });
      if (!(await live.suspend(() => pager(page)))) await output.write(page);
    },
    async announce(lines) {
      const { json, output: form, color } = options();
      if (imitatesPks && !json && form !== 'yaml') return showText(lines);
      const painted = isColorEnabled({ isTty: io.stderr.isTTY === true, env, color });
      const tones = hasOriginalLayout ? originalTones : allTones;
      const fitted = fitLines(lines, stderrColumns());
      live.clear();
      io.stderr.write(renderLines(fitted, { painted, escaped: true, tones }));
    },
    warn(text) {
      if (warned.has(text)) return;
      warned.add(text);
      note(text, 'Warning: ');
    },
    async prompt(question) {
      if (canPrompt()) {
        const prompt = (promptUser ??= createPrompt({ keyboard: io.stdin, screen: io.stderr }));
        return live.suspend(() => quitKeys.suspend(() => prompt(question)));
      }
      if (imitatesPks && question.hidden === true && options().interactive) {
        const piped = await readPipedLine();
        if (piped !== undefined) return piped;
      }
      throw missingInputError(question, stdin.stdinName());
    },
    readLine: readPipedLine,
  };
}

/**
 * Breaks a note between words, but does not break commands. Continuation lines are aligned with the first word. A line
 * with columns, such as a label and a value, is not broken.
 */
function wrapNote(text: string, start: number, columns: number): string {
  if (/\S {2,}\S/.test(text)) return text;
  const [indent = ''] = /^ */.exec(text) ?? [];
  return indent + wrapHint(text.slice(indent.length), start + indent.length, columns);
}

/**
 * Whether this process may change the mode of its terminal, which stops a background process that tries. A process is
 * in the background after `&` and when `timeout` starts it. Without `/proc`, as on macOS, returns `true`.
 * @see proc_pid_stat(5): pgrp and tpgid are fields 5 and 8; tpgid is -1 without a terminal.
 */
function isInForeground(): boolean {
  let stat: string;
  try {
    stat = readText('/proc/self/stat', { maximumBytes: 4096 });
  } catch {
    return true;
  }
  // The name of the program is in parentheses and can contain spaces.
  const [, , group, , , foregroundGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return foregroundGroup === '-1' || group === foregroundGroup;
}

/** A script writes its input immediately, and a pipe without a writer must not block the command. */
const lineMilliseconds = 3000;

/** The command that prints a password, such as the client of a vault, can take longer. */
const linkLineMilliseconds = 60_000;

/**
 * The error for a prompt that cannot be shown, e.g. `Missing password` for `Password: `.
 * @param stdinName - the input that stdin was read for; `undefined` if it was not read.
 */
function missingInputError(
  { message, hint }: PromptOptions,
  stdinName: string | undefined,
): TpksError {
  const subject = message
    .replace(/[\s:?]+$/, '')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const reason = stdinName === undefined ? '' : `: stdin was read for ${stdinName}`;
  return new TpksError('usage', `Missing ${subject}${reason}`, { hint });
}
