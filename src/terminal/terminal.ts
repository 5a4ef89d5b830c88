import type { Environment } from '../config/environment.js';
import type { Readable, Writable } from 'node:stream';
import { TpksError, errorMessage, isTpksError } from '../errors.js';
import { createLive } from './live.js';
import { loadPaint, wantsColor } from './palette.js';
import type { Page, Pager } from './pager.js';
import type { Keyboard } from './prompt.js';
import { printable, printablePieces, toJson } from './sanitize.js';
import { createSink, writePieces } from './sink.js';

/** What a piece of text means; only the palette knows its colour. */
export type Tone = 'good' | 'bad' | 'muted' | 'strong';

export type Span = string | { readonly text: string; readonly tone: Tone };

/** One line of output: spans side by side. */
export type Line = string | readonly Span[];

/** What `--output` accepts; not every command accepts all of them. */
export type OutputForm = 'table' | 'wide' | 'json' | 'yaml' | 'name';

/** A result as JSON and as text; the terminal knows which one to print. */
export interface View {
  /** What `--json` and `-o yaml` print. */
  readonly json: unknown;
  /** Lines for users. They may contain unescaped text from a server: the terminal escapes it. */
  readonly text: readonly Line[];
  /** Spaces per level of JSON: 3 for the PKS API, as in the original; 2 elsewhere. */
  readonly indent?: number;
  /** What `-o name` prints; the text if absent. */
  readonly name?: string | undefined;
}

export interface Question {
  /** The question with its punctuation, e.g. `Password: `. */
  readonly prompt: string;
  /** Echo one `*` per character. */
  readonly hidden?: boolean;
  /** For the error if the terminal cannot ask, e.g. `--password-stdin or TPKS_PASSWORD`. */
  readonly insteadUse: string;
}

/** The one place that knows about TTYs, colour, `--json` and `--non-interactive`. */
export interface Terminal {
  /** Whether the result is printed as JSON or YAML. */
  readonly wantsJson: () => boolean;
  /**
   * Whether a user can answer: stdin and stderr, where questions are shown, are terminals, and
   * `--non-interactive` was not given.
   */
  readonly canAsk: () => boolean;
  /** Prints the result to stdout. */
  readonly show: (view: View) => Promise<void>;
  /** Prints a long text to stdout, through a pager if stdout is a terminal. */
  readonly showPage: (page: Page) => Promise<void>;
  /** Writes bytes or text to stdout unchanged, and waits for a slow reader. */
  readonly write: (chunk: string | Uint8Array) => Promise<void>;
  /**
   * Writes what a server sent to stdout: unchanged in a pipe or a file; on a terminal as text whose
   * control characters are escaped.
   */
  readonly writeUntrusted: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /**
   * Writes text to stdout piece by piece, as its source provides it, until the reader has gone.
   * @throws what the source throws; after the first piece, the message adds that the output is
   *   incomplete.
   */
  readonly writeAll: (pieces: AsyncIterable<string>) => Promise<void>;
  /**
   * Whether lines can change in place: stderr is a terminal with a movable cursor, and `ACCESSIBLE`
   * is not set.
   */
  readonly canRepaint: () => boolean;
  /** Width of the screen on which lines change in place. */
  readonly columns: () => number;
  /**
   * Shows lines on stderr that change in place: they replace the lines of the last call; an empty
   * list removes them. Shows nothing if `canRepaint` is false.
   */
  readonly live: (lines: readonly string[]) => void;
  /** Prints one line to stderr: progress, or information besides the result. */
  readonly note: (text: string) => void;
  /** Prints `Warning: …` to stderr; the same text only once per run. */
  readonly warn: (text: string) => void;
  /**
   * Asks on stderr and reads one line.
   * @throws {TpksError} `usage` if the terminal cannot ask; `cancelled` on Ctrl-C or end of input.
   */
  readonly ask: (question: Question) => Promise<string>;
  /** Everything on stdin, read once: for `--password-stdin` and `-`. */
  readonly readStdin: () => Promise<string>;
  /**
   * The next line on stdin if it is not a terminal: an answer that a script pipes in.
   * @returns `undefined` at its end, on a terminal, and if no line arrives within 3 seconds.
   */
  readonly readLine: () => Promise<string | undefined>;
}

/** A stream that text is shown on. */
export type Screen = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The caller must listen for the `error` events of stdout and stderr. */
export interface TerminalIo {
  readonly stdin: Keyboard;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

export interface TerminalOptions {
  readonly json: boolean;
  readonly output?: OutputForm | undefined;
  readonly interactive: boolean;
  readonly color: boolean;
}

/**
 * @param io - each stream is opened on first use: opening stdin alone takes several milliseconds.
 * @param options - read on each use: they are known only after argv has been parsed.
 * @param pager - shows long texts; by default, they are only written.
 */
export function createTerminal(
  io: TerminalIo,
  env: Environment,
  options: () => TerminalOptions,
  pager: Pager = () => Promise.resolve(false),
): Terminal {
  const output = createSink(() => io.stdout);
  const warned = new Set<string>();
  let input: Promise<string> | undefined;

  const live = createLive(() => io.stderr);
  const note = (text: string) => {
    live.show([]);
    io.stderr.write(`${printable(text)}\n`);
  };
  const canRepaint = () =>
    io.stderr.isTTY === true && env.TERM !== 'dumb' && env.ACCESSIBLE === undefined;
  const canAsk = () => options().interactive && io.stdin.isTTY === true && io.stderr.isTTY === true;
  const showText = async (lines: readonly Line[]) => {
    const { color } = options();
    const painted = wantsColor({ isTty: io.stdout.isTTY === true, env, color });
    await output.write(await rendered(lines, painted));
  };
  const show = async ({ json, text, indent, name }: View) => {
    live.show([]);
    const { json: isJson, output: form } = options();
    if (isJson) return output.write(`${toJson(json, indent)}\n`);
    if (form === 'yaml') {
      const { asYaml } = await import('./as-yaml.js');
      return output.write(`${(await asYaml(json)).join('\n')}\n`);
    }
    await showText(form === 'name' && name !== undefined ? [name] : text);
  };

  return {
    wantsJson: () => options().json || options().output === 'yaml',
    canAsk,
    write: output.write,
    async writeUntrusted(chunks) {
      const pieces = io.stdout.isTTY === true ? printablePieces(chunks) : chunks;
      for await (const piece of pieces) {
        await output.write(piece);
        // An endless body must not be read after the reader has gone.
        if (output.closed()) return;
      }
    },
    writeAll: (pieces) => writePieces(pieces, output),
    note,
    canRepaint,
    columns: () => io.stderr.columns ?? 80,
    live: (lines) => {
      if (canRepaint()) live.show(lines);
    },
    show,
    async showPage({ json, text }) {
      const lines = text(io.stdout.isTTY === true ? (io.stdout.columns ?? 80) : 80);
      const isText = !options().json && options().output !== 'yaml';
      if (isText && (await pager(`${lines.join('\n')}\n`))) return;
      await show({ json, text: lines });
    },
    warn(text) {
      if (warned.has(text)) return;
      warned.add(text);
      note(`Warning: ${text}`);
    },
    async ask(question) {
      if (canAsk()) {
        // Loaded on first use: most runs ask nothing.
        const { prompt } = await import('./prompt.js');
        return prompt(question, { keyboard: io.stdin, screen: io.stderr });
      }
      const subject = question.prompt.replace(/[\s:?]+$/, '');
      throw new TpksError('usage', `${subject} is missing`, { hint: question.insteadUse });
    },
    readStdin: () => (input ??= readAll(io.stdin)),
    async readLine() {
      if (io.stdin.isTTY === true) return undefined;
      const { readLine } = await import('./read-line.js');
      return readLine(io.stdin, linePatienceMilliseconds);
    },
  };
}

/** A script has its answer ready; a pipe without a writer must not block the command. */
const linePatienceMilliseconds = 3000;

/** Lines as text. Without colour no information is lost, because tones only repeat what the text says. */
async function rendered(lines: readonly Line[], painted: boolean): Promise<string> {
  const spans = (line: Line): readonly Span[] => (typeof line === 'string' ? [line] : line);
  const hasTones = lines.some((line) => spans(line).some((span) => typeof span !== 'string'));
  const paint = painted && hasTones ? await loadPaint() : (text: string) => text;
  const shown = (span: Span) =>
    typeof span === 'string' ? printable(span) : paint(printable(span.text), span.tone);
  return lines.map((line) => `${spans(line).map(shown).join('')}\n`).join('');
}

/** Limit of a request body; standard input can be an endless device. */
const maximumInputBytes = 16 * 1024 * 1024;

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      length += bytes.length;
      if (length > maximumInputBytes) {
        throw new TpksError('usage', 'Standard input is too large (limit 16 MiB)', {
          hint: 'check what is piped in; nothing was sent',
        });
      }
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (isTpksError(error)) throw error;
    throw new TpksError('failed', `Cannot read standard input: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
