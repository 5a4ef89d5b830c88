import { Readable } from 'node:stream';
import { TpksError } from '../../../src/base/errors.js';
import type { Line } from '../../../src/platform/terminal/lines.js';
import { createStdinReader } from '../../../src/platform/terminal/stdin.js';
import type { Terminal, View } from '../../../src/platform/terminal/terminal.js';

/** A terminal that records the output of a command, and answers its prompts. */
export interface RecordedTerminal extends Terminal {
  /** Lines on stdout. */
  readonly lines: string[];
  /** The values that `--json` would print. */
  readonly json: unknown[];
  readonly warnings: string[];
  readonly notes: string[];
  /** The content of the live area after each update. */
  readonly liveUpdates: (readonly string[])[];
  /** The prompts that were shown, in order. */
  readonly prompts: string[];
}

/**
 * Creates a terminal that records output.
 *
 * @param answers - by prompt; a prompt without an answer fails, as it does without a terminal.
 * @param stdin - the content of stdin.
 */
export function recordedTerminal(
  answers: Readonly<Record<string, string>> = {},
  stdin = '',
): RecordedTerminal {
  const lines: string[] = [];
  const json: unknown[] = [];
  const warnings: string[] = [];
  const notes: string[] = [];
  const asked: string[] = [];
  const lives: (readonly string[])[] = [];
  const show = async (view: View): Promise<void> => {
    json.push(view.json);
    lines.push(...view.text.map(plain));
  };
  return {
    lines,
    json,
    warnings,
    notes,
    prompts: asked,
    liveUpdates: lives,
    canRepaint: () => false,
    columns: () => 80,
    canQuit: () => false,
    untilQuit: (work) => work(),
    showLive: (lines) => {
      lives.push(lines.map(plain));
    },
    showSlow: () => undefined,
    show,
    showPage: async ({ json: value, text }) => {
      await show({ json: value, text: text(80) });
    },
    wantsJson: () => false,
    usesScreen: () => false,
    usesLiveScreen: () => false,
    canPrompt: () => Object.keys(answers).length > 0,
    write: async (chunk) => {
      lines.push(String(chunk));
    },
    writeUntrusted: async (chunks) => {
      for await (const chunk of chunks) lines.push(Buffer.from(chunk).toString());
    },
    relay: async (_stream, label, added) => {
      lines.push(...added.map((line) => `${plain([label])}${line}`));
      return true;
    },
    note: (text) => {
      notes.push(text);
    },
    announce: async (lines) => {
      notes.push(...lines.map(plain));
    },
    warn: (text) => {
      warnings.push(text);
    },
    prompt: async ({ message: prompt, hint: insteadUse }) => {
      asked.push(prompt);
      const answer = answers[prompt];
      if (answer === undefined) {
        throw new TpksError('usage', `${prompt} is missing`, { hint: insteadUse });
      }
      return answer;
    },
    ...createStdinReader(() => Readable.from([stdin])),
    readLine: async () => (stdin === '' ? undefined : stdin.split('\n')[0]),
  };
}

/** Returns a recorded terminal that shows the layout for a terminal of this width. */
export function withScreen(terminal: RecordedTerminal, columns: number): RecordedTerminal {
  return {
    ...terminal,
    usesScreen: () => true,
    show: (view) => terminal.show({ ...view, text: view.screen?.(columns) ?? view.text }),
  };
}

function plain(line: Line): string {
  const spans = typeof line === 'string' ? [line] : line;
  return spans.map((span) => (typeof span === 'string' ? span : span.text)).join('');
}
