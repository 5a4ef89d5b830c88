import type { Command } from 'commander';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import type { BrowserOptions } from '../../domain/auth/browser-login.js';
import { parseSeconds } from '../option-values.js';

export interface BrowserFlags {
  /** `false` after `--no-browser`. */
  readonly browser: boolean;
  /** Seconds. */
  readonly browserTimeout: number;
}

/** The default of `--browser-timeout`. */
export const defaultBrowserTimeoutSeconds = 300;

/** Adds `--no-browser` and `--browser-timeout`. */
export function addBrowserOptions(command: Command): Command {
  return command
    .option('--no-browser', 'print the login URL instead of opening a browser')
    .option(
      '--browser-timeout <seconds>',
      'how long to wait for the login in the browser',
      parseSeconds,
      defaultBrowserTimeoutSeconds,
    );
}

/**
 * Ports for the redirect from the browser. The first free one is used. They are fixed because a UAA
 * accepts only registered redirect URIs, and the URI includes the port.
 * @see docs/contributing/servers/uaa.md#redirect-uris
 */
export const loopbackPorts: readonly number[] = [28443, 28444, 28445];

/**
 * Creates the browser options of a grant from the command-line options.
 * @param alternative - the part of the hint that names a way to log in without a browser.
 * @throws {TpksError} `usage` with `--non-interactive`.
 */
export function createBrowserOptions(
  { browser, browserTimeout, port }: BrowserFlags & { readonly port?: number },
  { options }: Pick<Services, 'options'>,
  {
    alternative,
    ...rest
  }: Pick<BrowserOptions, 'path' | 'browserlessCommand' | 'offersCode'> & {
    readonly alternative: string;
  },
): BrowserOptions {
  if (!options().interactive) {
    throw new TpksError('usage', 'A browser login requires a user', {
      hint: `omit --non-interactive, or ${alternative}`,
    });
  }
  return {
    ...rest,
    ports: port === undefined ? loopbackPorts : [port],
    timeoutSeconds: browserTimeout,
    canOpenBrowser: browser,
  };
}
