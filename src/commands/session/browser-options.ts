import type { Command } from 'commander';
import type { BrowserOptions } from '../../auth/request-token.js';
import { TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { parseSeconds } from '../numbers.js';

/** Flags of the commands that open a browser. */
export interface BrowserFlags {
  /** `false` after `--no-browser`. */
  readonly browser: boolean;
  readonly browserTimeout: number;
}

/** How long the user may take. */
const defaultTimeoutSeconds = 300;

export function addBrowserOptions(command: Command): Command {
  return command
    .option('--no-browser', 'open no browser, only print the address')
    .option(
      '--browser-timeout <seconds>',
      'how long to wait for the login in the browser',
      parseSeconds,
      defaultTimeoutSeconds,
    );
}

/**
 * Ports for the redirect from the browser; the first that is free is used. They are fixed, because a
 * UAA does not accept a redirect URI with any port: clients are registered with these.
 * @see real-uaa, section 3
 */
export const loopbackPorts: readonly number[] = [28443, 28444, 28445];

/**
 * The browser part of a grant, from the flags.
 * @param insteadUse - what to use if there is no user at a browser.
 * @throws {TpksError} `usage` under `--non-interactive`.
 */
export function browserGrant(
  { browser, browserTimeout, port }: BrowserFlags & { readonly port?: number },
  { options }: Pick<Services, 'options'>,
  {
    insteadUse,
    ...rest
  }: Pick<BrowserOptions, 'path' | 'withoutBrowser'> & { readonly insteadUse: string },
): BrowserOptions {
  if (!options().interactive) {
    throw new TpksError('usage', 'A login in a browser needs a user', {
      hint: `leave out --non-interactive, or ${insteadUse}`,
    });
  }
  return {
    ...rest,
    ports: port === undefined ? loopbackPorts : [port],
    limitSeconds: browserTimeout,
    opensBrowser: browser,
  };
}
