import { Option, type Command } from 'commander';
import type { Services } from '../../services.js';
import {
  addRequestOptions,
  curl,
  bodyTimeoutNote,
  type CurlDeps,
  type CurlFlags,
} from '../session/curl.js';

type Deps = CurlDeps & Pick<Services, 'options'>;

/** Includes the flags of `uaac curl`. */
interface Flags extends CurlFlags {
  readonly request?: string;
  readonly insecure?: true;
  readonly cacert?: string;
}

export function define(command: Command, deps: Deps): void {
  addRequestOptions(command, '/Users')
    .description(
      'Send a request to the UAA with the current token and the TLS settings of the target. Prints ' +
        'the body unchanged, except that control characters are escaped on a terminal, and fails ' +
        `if the HTTP status is not 2xx. ${bodyTimeoutNote}`,
    )
    .addOption(new Option('--request <method>').conflicts('method').hideHelp())
    // Printing only the body is the default.
    .addOption(new Option('-b, --bodyonly').conflicts('include').hideHelp())
    .addOption(new Option('-k, --insecure').hideHelp())
    .addOption(new Option('-C, --cacert <file>').hideHelp())
    .addHelpText(
      'after',
      "\nExample (with the scope scim.read):\n  $ tpks uaa curl '/Users?count=1'",
    )
    .action((path: string, flags: Flags) => sendUaaRequest({ path, ...flags }, deps));
}

/** Sends the request; `--zone` becomes a header. */
export async function sendUaaRequest(
  { request, insecure, cacert, ...input }: Flags & { readonly path: string },
  deps: Deps,
): Promise<void> {
  if (insecure === true || cacert !== undefined) {
    const flag = insecure === true ? '-k' : '-C';
    deps.terminal.warn(
      `Ignored ${flag}: TLS settings belong to the target. To change them, run ` +
        'tpks uaa target URL --ca-cert FILE',
    );
  }
  const method = input.method ?? request;
  const { zone } = deps.options();
  const { createZoneHeader } = await import('../../uaa/zone.js');
  const header = [...(zone === undefined ? [] : [createZoneHeader(zone)]), ...(input.header ?? [])];
  await curl({ ...input, ...(method === undefined ? {} : { method }), header, uaa: true }, deps);
}
