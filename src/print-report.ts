import type { Environment } from './config/environment.js';
import type { Report } from './report.js';
import { isColorEnabled, loadPaint } from './terminal/palette.js';
import type { Screen } from './terminal/terminal-io.js';

export interface PrintOptions {
  readonly json: boolean;
  /** `false` if `--no-color` was given. */
  readonly color: boolean;
  readonly env: Environment;
}

/** Prints an error on stderr. Resolves when it is written, or the write has failed. */
export async function printReport(
  report: Report,
  { json, color, env }: PrintOptions,
  stderr: Screen,
): Promise<void> {
  const isPainted = !json && isColorEnabled({ isTty: stderr.isTTY === true, env, color });
  const text = json
    ? `${JSON.stringify(report.json)}\n`
    : isPainted
      ? await paintLabel(report.text)
      : report.text;
  // kubectl runs a failed plugin up to five times, and shows its output each time.
  const isPlugin = env.KUBERNETES_EXEC_INFO !== undefined;
  await new Promise((resolve) => {
    stderr.write(isPlugin ? text.trimStart() : text, resolve);
  });
}

/** Makes `Error:` red. The message stays uncolored, because red text is hard to read on some themes. */
async function paintLabel(text: string): Promise<string> {
  const paint = await loadPaint();
  return text.replace(/^\nError:/, `\n${paint('Error:', 'bad')}`);
}
