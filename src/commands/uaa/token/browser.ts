import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Token } from '../../../auth/token.js';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { GrantsInput } from '../../../services/token-ways.js';
import { refuseUnattended, type BrowserFlags } from '../../session/browser-options.js';
import { loopbackPorts } from '../../session/loopback-ports.js';

/** Flags of the commands here that send a person to a browser. */
export interface PortFlags extends BrowserFlags {
  readonly port?: number;
  /** Of `uaac`, which also wrote a file of the old `cf`. */
  readonly cf?: boolean;
}

export function addPortOption(command: Command): Command {
  return command
    .option(
      '--port <port>',
      `where the browser brings the answer, on this machine (${loopbackPorts.join(', ')})`,
      toPort,
    )
    .addOption(new Option('--cf').hideHelp())
    .addOption(new Option('--no-cf').hideHelp());
}

export interface BrowserRequest {
  readonly client: GrantsInput;
  readonly responseType: 'code' | 'token';
  /** Path of the redirect URI. */
  readonly path: string;
  readonly scope: string | undefined;
  /** The command that needs no browser. */
  readonly withoutBrowser: string;
}

/**
 * Lets a person log in at the UAA and brings the token.
 * @throws {TpksError} `usage` under `--non-interactive`; `failed` for a client that may not come
 *   back to this machine; `unauthenticated` when the person refuses or takes too long.
 */
export async function tokenByBrowser(
  { client, responseType, path, scope, withoutBrowser }: BrowserRequest,
  flags: PortFlags,
  { browserLogin, options, terminal }: Pick<Services, 'browserLogin' | 'options' | 'terminal'>,
): Promise<Token> {
  refuseUnattended(options(), 'use tpks uaa token client get or owner get');
  if (flags.cf === true) terminal.warn('--cf does nothing here: no ~/.cf_token is written');
  const { clientId, tokenFormat } = client;
  const pending = await (
    await browserLogin(client)
  ).begin({
    ...{ clientId, responseType, path, scope, tokenFormat, withoutBrowser },
    ports: flags.port === undefined ? loopbackPorts : [flags.port],
    limitSeconds: flags.browserTimeout,
    opensBrowser: flags.browser,
  });
  if (pending.isWelcome) return pending.token();
  await pending.cancel();
  const { redirectUri } = pending;
  throw new TpksError(
    'failed',
    `The UAA has no client ${clientId} that may come back to ${redirectUri}`,
    {
      hint:
        `let an administrator add that to its redirect URIs: tpks uaa client get ${clientId}\n` +
        'or use --port with one that it is registered with: http://localhost:PORT',
    },
  );
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('give a port from 0 to 65535; 0 is any free one');
  }
  return port;
}
