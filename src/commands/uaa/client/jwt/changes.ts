import type { Leaf } from '../../../contents.js';
import { formatExamples } from '../../../resource/list-command.js';
import type { ClientJwts, JwtTrust } from '../../../../uaa/client-jwts.js';
import { readClientId } from '../client-id.js';
import { addTrustOptions, toTrust, type TrustFlags } from './trust-options.js';

/** A command that changes which JWTs a client can authenticate with. */
interface Change {
  readonly mode: Parameters<ClientJwts['change']>[1];
  readonly description: string;
  readonly example: string;
  /** The message of `uaac`. */
  readonly successMessage: string;
}

const loadClientJwts = async () =>
  (await import('../../../../uaa/client-jwts.js')).createClientJwts;

export const add = changeCommand({
  mode: 'ADD',
  description:
    'Let a client authenticate with JWTs signed by a key or issuer, in addition to its secret. ' +
    'Requires the scope clients.trust and UAA 76.22 or later.',
  example: 'uaa client jwt add ci-reader --jwks_uri https://ci.example.com/keys',
  successMessage: 'client jwt successfully added',
});

export const update = changeCommand({
  mode: 'UPDATE',
  description:
    'Replace the key or issuer whose JWTs a client can authenticate with. Requires the scope ' +
    'clients.trust and UAA 76.22 or later.',
  example: 'uaa client jwt update ci-reader --jwks_uri https://ci.example.com/keys',
  successMessage: 'client jwt successfully set',
});

export const remove = changeCommand({
  mode: 'DELETE',
  description:
    'Stop trusting a key or issuer that signs JWTs of a client. Without options, remove all keys. ' +
    'Requires the scope clients.trust and UAA 76.22 or later.',
  example: 'uaa client jwt delete ci-reader --kid key-1',
  successMessage: 'client jwt successfully deleted',
});

function changeCommand({ mode, description, example, successMessage }: Change): Leaf {
  return {
    define(command, { terminal, uaaResource }) {
      addTrustOptions(command).description(description);
      if (mode === 'DELETE') command.option('--kid <id>', 'id of the key to remove');
      command
        .addHelpText('after', formatExamples([example]))
        .action(async (argument: string | undefined, flags: TrustFlags) => {
          const trust = mode === 'DELETE' ? await toTrustToRemove(flags) : await toTrust(flags);
          const id = await readClientId(argument, { terminal });
          const result = await (await uaaResource(loadClientJwts)).change(id, mode, trust);
          await terminal.show({ json: result, text: [successMessage] });
        });
    },
  };
}

/** The UAA interprets `*` as all keys. */
const allKeys: JwtTrust = { jwksUri: '*' };

async function toTrustToRemove(flags: TrustFlags): Promise<JwtTrust> {
  const { kid, ...others } = flags;
  if (Object.keys(others).length > 0) return toTrust(flags);
  return kid === undefined ? allKeys : { keyId: kid };
}
