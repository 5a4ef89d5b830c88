import type { Environment } from '../config/environment.js';
import type { Tone } from './terminal.js';

export interface ColorOptions {
  /** Whether stdout is a terminal. */
  readonly isTty: boolean;
  readonly env: Environment;
  /** `false` after `--no-color`. */
  readonly color: boolean;
}

/**
 * Whether to use colour. `--no-color` always wins; `FORCE_COLOR` (unless `0` or `false`) beats
 * `NO_COLOR`, as in Node itself; then `NO_COLOR`, `TERM=dumb`, and the terminal.
 *
 * @see https://no-color.org and https://force-color.org
 */
export function isColorEnabled({ isTty, env, color }: ColorOptions): boolean {
  if (!color) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined) return false;
  return isTty && env.TERM !== 'dumb';
}

export type Paint = (text: string, tone: Tone) => string;

/** Loads chalk, with the sixteen colours that are readable in every terminal theme. */
export async function loadPaint(): Promise<Paint> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const paints: Readonly<Record<Tone, (text: string) => string>> = {
    good: chalk.green,
    bad: chalk.red,
    muted: chalk.dim,
    strong: chalk.bold,
  };
  return (text, tone) => paints[tone](text);
}
