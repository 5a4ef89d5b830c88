import type { Environment } from '../config/environment.js';

export interface ColorOptions {
  /** Whether stdout is a terminal. */
  readonly isTty: boolean;
  readonly env: Environment;
  /** `false` if `--no-color` was given. */
  readonly color: boolean;
}

/**
 * Whether to use color. In order of precedence: `--no-color`; `FORCE_COLOR` (`0` and `false` turn color
 * off), which overrides `NO_COLOR` as in Node; `NO_COLOR`; `TERM=dumb`; whether stdout is a terminal.
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

/** The meaning of a piece of text. Only the palette maps it to a color. */
export type Tone = 'good' | 'bad' | 'muted' | 'strong';

/** Adds color to a text. */
export type Paint = (text: string, tone: Tone) => string;

/** Loads chalk, limited to the 16 colors that are readable in every terminal theme. */
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
