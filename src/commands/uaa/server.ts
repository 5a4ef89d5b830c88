import { Option } from 'commander';
import { readInfo, readUserinfo, type UaaInfo } from '../../api/uaa/info.js';
import { type BasicClient, createTokenVerifier } from '../../api/uaa/token-verification.js';
import { createZoneHeader } from '../../api/uaa/uaa-api.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { version as tpksVersion } from '../../base/version.js';
import type { View } from '../../platform/terminal/terminal.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import {
  addRequestOptions,
  bodyTimeoutNote,
  curl,
  type CurlDeps,
  type CurlFlags,
} from '../curl.js';
import { outputOption } from '../resource/list-command.js';
import { showObject } from './objects.js';
import { rejectZoneOptions } from './options.js';
import { requireTarget, type ResolvedTarget, type TargetDeps } from './resolve-target.js';
import { addSecretOptions, type SecretFlags, toSecretInput } from './token/get-token.js';

export const info = infoCommand({
  description: 'Show the version, links and login prompts of the UAA. No token is required.',
  examples: { 'show the version and the links of the UAA': 'tpks uaa info' },
  select: (response) => response,
  nameOf: (_response, uaa) => uaa,
});

export const prompts = infoCommand({
  description: 'Show the values that the UAA prompts for at login. No token is required.',
  examples: { 'show what the UAA prompts for at login': 'tpks uaa prompts' },
  select: (response) => response.prompts,
  nameOf: ({ prompts }) => Object.keys(prompts),
});

interface InfoCommand extends CommandHelp {
  readonly select: (response: UaaInfo) => object;
  readonly nameOf: (response: UaaInfo, uaa: string) => View['name'];
}

function infoCommand({ select, nameOf, ...help }: InfoCommand): Leaf {
  return {
    ...help,
    define(command, deps) {
      rejectZoneOptions(command)
        .addOption(outputOption('json', 'yaml', 'name'))
        .action(async () => {
          const target = await requireTarget(deps);
          const response = await deps.publicUaaRequest(readInfo, target);
          await showObject(select(response), deps, nameOf(response, target.uaa));
        });
    },
  };
}

export const me: Leaf = {
  description:
    'Show the user of the current token, from the /userinfo endpoint of the UAA. Requires the ' +
    'scope openid. To show the scopes and expiry of the token, use `tpks status`.',
  examples: { 'show your own user': 'tpks uaa me' },
  define(command, deps) {
    command.addOption(outputOption('json', 'yaml', 'name')).action(async () => {
      const options = { acceptsOtherRole: true };
      const userinfo = await deps.uaaRequest(readUserinfo, options);
      await showObject(userinfo, deps, userinfo.user_name);
    });
  },
};

type KeyDeps = TargetDeps & Pick<Services, 'publicUaaResource' | 'secrets'>;

interface KeyFlags extends SecretFlags {
  readonly client?: string;
}

export const signingKey: Leaf = {
  description:
    'Show the key that the UAA currently signs tokens with. A public key requires no token. A ' +
    'shared (symmetric) key requires a client with the authority uaa.resource (-c).',
  examples: { 'show the key that verifies tokens': 'tpks uaa signing key' },
  define(command, deps: KeyDeps) {
    addSecretOptions(
      rejectZoneOptions(command).option(
        '-c, --client <id>',
        'client that is allowed to see a shared key',
      ),
    )
      .addOption(outputOption('json', 'yaml', 'name'))
      .action(async (flags: KeyFlags) => {
        const target = await requireTarget(deps);
        const verifier = deps.publicUaaResource(createTokenVerifier, target);
        const key = await verifier.getSigningKey(await readClientCredentials(flags, target, deps));
        await showObject(key, deps, key.kid);
      });
  },
};

/**
 * @returns `undefined` if no client is given.
 * @throws {TpksError} `usage` if a secret is given without a client.
 */
async function readClientCredentials(
  flags: KeyFlags,
  { api, uaa }: ResolvedTarget,
  deps: KeyDeps,
): Promise<BasicClient | undefined> {
  const { client, secret, secretFile } = flags;
  if (client === undefined) {
    if (secret === undefined && secretFile === undefined) return undefined;
    throw new TpksError('usage', 'Missing client: a secret cannot be used without one', {
      hint: 'add -c CLIENT',
    });
  }
  const recipient = { name: client, api, uaa };
  return {
    clientId: client,
    clientSecret: await deps.secrets.find(toSecretInput(recipient, flags)),
  };
}

type UaaCurlDeps = CurlDeps & Pick<Services, 'options'>;

/** Includes the flags of `uaac curl`. */
interface UaaCurlFlags extends CurlFlags {
  readonly request?: string;
  readonly insecure?: true;
  readonly cacert?: string;
}

export const curlUaa: Leaf = {
  description:
    'Send a request to the UAA with the current token and the TLS settings of the target. Prints ' +
    'the body, with escaped control characters on a terminal, and fails ' +
    `if the HTTP status is not 2xx. ${bodyTimeoutNote}`,
  examples: {
    'show the first user; requires the scope scim.read': "tpks uaa curl '/Users?count=1'",
  },
  define(command, deps: UaaCurlDeps) {
    addRequestOptions(command, '/Users')
      .addOption(new Option('--request <method>').conflicts('method').hideHelp())
      // Printing only the body is the default.
      .addOption(new Option('-b, --bodyonly').conflicts('include').hideHelp())
      .addOption(new Option('-k, --insecure').hideHelp())
      .addOption(new Option('-C, --cacert <file>').hideHelp())
      .action((path: string, flags: UaaCurlFlags) => sendUaaRequest(path, flags, deps));
  },
};

async function sendUaaRequest(
  path: string,
  { request, insecure, cacert, ...flags }: UaaCurlFlags,
  deps: UaaCurlDeps,
): Promise<void> {
  if (insecure === true || cacert !== undefined) {
    const flag = insecure === true ? '-k' : '-C';
    deps.terminal.warn(
      `Ignored ${flag}: TLS settings belong to the target. To change them, run ` +
        'tpks uaa target URL --ca-cert FILE',
    );
  }
  const method = flags.method ?? request;
  const { zone } = deps.options();
  const header = [...Object.entries(zone ? createZoneHeader(zone) : {}), ...(flags.header ?? [])];
  await curl({ ...flags, path, ...(method && { method }), header, uaa: true }, deps);
}

/** Prints the version of tpks. Kept for compatibility with `uaac version`. */
export const version: Leaf = {
  description: 'Print the version of tpks, like tpks --version.',
  examples: { 'print the version': 'tpks uaa version' },
  define(command, { terminal }) {
    rejectZoneOptions(command).action(() =>
      terminal.show({ json: { version: tpksVersion }, text: [`tpks ${tpksVersion}`] }),
    );
  },
};
