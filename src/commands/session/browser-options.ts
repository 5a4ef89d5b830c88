import { InvalidArgumentError, type Command } from 'commander';
import { TpksError } from '../../errors.js';
import type { GlobalOptions } from '../../services.js';

/** Flags of the commands that send a person to a browser. */
export interface BrowserFlags {
  /** `false` after `--no-browser`. */
  readonly browser: boolean;
  readonly browserTimeout: number;
}

/** How long a person may take, in seconds. */
const usualPatience = 300;

export function addBrowserOptions(command: Command): Command {
  return command
    .option('--no-browser', 'open no browser: show the address alone')
    .option(
      '--browser-timeout <seconds>',
      'how long to wait for the browser’s answer',
      toSeconds,
      usualPatience,
    );
}

/** @throws {TpksError} `usage` under `--non-interactive`: nobody would answer in the browser. */
export function refuseUnattended({ interactive }: GlobalOptions, insteadUse: string): void {
  if (interactive) return;
  throw new TpksError('usage', 'A login in a browser needs a person', {
    hint: `leave out --non-interactive, or ${insteadUse}`,
  });
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds > 0) || seconds > 86_400) {
    throw new InvalidArgumentError('give a number of seconds, as in --browser-timeout 60');
  }
  return seconds;
}
