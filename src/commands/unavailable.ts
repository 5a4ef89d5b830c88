import { TpksError } from '../errors.js';
import type { Entry } from './contents.js';

const notPublic = 'the API for it is not public';
const sinksRemoved = 'sinks were removed from the API after PKS 1.5';

/**
 * Commands of the original CLI that tpks does not have. They accept all arguments and options, even
 * `--help`, and fail with the reason. Help and completion omit them.
 * @see pks-cli, section 1, and pks-api, section 12
 */
export const unavailableCommands: readonly Entry[] = [
  unavailable('certificates', notPublic),
  unavailable('rotate-certificates', notPublic, ['rotate-certs']),
  unavailable('promote-cluster-to-policy', notPublic, ['promote-cluster']),
  unavailable('sinks', sinksRemoved),
  unavailable('create-sink', sinksRemoved),
  unavailable('delete-sink', sinksRemoved),
];

function unavailable(name: string, reason: string, aliases: readonly string[] = []): Entry {
  return {
    name,
    aliases,
    summary: `not available: ${reason}`,
    hidden: true,
    load: () =>
      Promise.resolve({
        define: (command) => {
          command
            .helpOption(false)
            .allowUnknownOption()
            .argument('[words...]')
            .action(() => {
              const message = `The command ${name} is not available: ${reason}`;
              throw new TpksError('failed', message, { hint: 'see tpks help from-pks' });
            });
        },
      }),
  };
}
