import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { toPrintable } from '../../base/sanitize.js';
import type { OutputName } from '../../domain/each/programs.js';
import type { RunFolder } from '../../domain/each/run-folder.js';
import { type Span, sourceTones } from '../../platform/terminal/lines.js';

type Terminal = Pick<Services['terminal'], 'relay'>;

/** Handles the output of the command for one cluster. */
export interface Output {
  readonly read: (name: OutputName, output: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Called after the command has ended. */
  readonly finish: () => Promise<void>;
}

/** Prints each line as soon as it arrives, after the cluster name. */
export function createPrefixedOutputs(names: readonly string[], terminal: Terminal): Output[] {
  const labels = names.map(toPrintable);
  const width = labels.reduce((widest, label) => Math.max(widest, label.length), 0);
  return labels.map((label, index) => {
    const tone = sourceTones[index % sourceTones.length] ?? 'source1';
    return {
      read: (name, output) =>
        relayLines(name, { text: `${label.padEnd(width)} | `, tone }, output, terminal),
      finish: () => Promise.resolve(),
    };
  });
}

/** Prints the output of each cluster as one block when its command has ended. */
export function createGroupedOutputs(
  names: readonly string[],
  folder: RunFolder,
  terminal: Terminal,
): Output[] {
  let printed = Promise.resolve();
  const fileName = (name: OutputName, index: number) => `${index} ${name}`;
  const print = async (label: string, index: number, isFirst: boolean) => {
    const heading = { text: `${label}:`, tone: 'strong' } as const;
    if (!isFirst) await terminal.relay('stdout', '', ['']);
    await terminal.relay('stdout', heading, ['']);
    for (const name of ['stdout', 'stderr'] as const) {
      await relayLines(name, '', folder.read(fileName(name, index)), terminal);
    }
  };
  let count = 0;
  return names.map((label, index) => ({
    read: async (name, output) => {
      for await (const chunk of output) await folder.append(fileName(name, index), chunk);
    },
    finish: () => {
      const isFirst = count === 0;
      count += 1;
      // Blocks must not overlap.
      printed = printed.then(() => print(label, index, isFirst));
      return printed;
    },
  }));
}

async function relayLines(
  name: OutputName,
  label: Span,
  output: AsyncIterable<Uint8Array>,
  terminal: Terminal,
): Promise<void> {
  for await (const lines of splitLines(output)) {
    if (await terminal.relay(name, label, lines)) continue;
    throw new TpksError('failed', 'The output was closed before all commands had finished', {
      hint: 'write the output to a file first: tpks each ... >FILE',
    });
  }
}

/** Longer lines are broken, so that output without line breaks is not kept in memory. */
const maximumLineLength = 64 * 1024;

/** Splits UTF-8 into lines. Yields all lines of a chunk at once. */
export async function* splitLines(
  output: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length >= maximumLineLength) {
      lines.push(rest);
      rest = '';
    }
    if (lines.length > 0) yield lines.map((line) => line.replace(/\r$/, ''));
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}

/** The limit for stdout and for stderr in `-o json`. */
export const maximumJsonBytes = 1024 * 1024;

/** Keeps the start of stdout and stderr, for JSON and YAML. */
export class CollectedOutput implements Output {
  readonly #chunks: Record<OutputName, Uint8Array[]> = { stdout: [], stderr: [] };
  #isTruncated = false;

  async read(name: OutputName, output: AsyncIterable<Uint8Array>): Promise<void> {
    let left = maximumJsonBytes;
    for await (const chunk of output) {
      if (left > 0) this.#chunks[name].push(chunk.subarray(0, left));
      left -= chunk.length;
      if (left < 0) this.#isTruncated = true;
    }
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  text(name: OutputName): string {
    return Buffer.concat(this.#chunks[name]).toString('utf8');
  }

  isTruncated(): boolean {
    return this.#isTruncated;
  }
}
