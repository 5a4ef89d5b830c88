import { Option, type Command } from 'commander';
import type { Services } from '../../services.js';
import {
  addRequestOptions,
  curl,
  paceLimit,
  type CurlDeps,
  type CurlFlags,
} from '../session/curl.js';

type Deps = CurlDeps & Pick<Services, 'options'>;

/** Flags of `uaac`. */
interface Flags extends CurlFlags {
  readonly request?: string;
  readonly insecure?: true;
  readonly cacert?: string;
}

export function define(command: Command, deps: Deps): void {
  addRequestOptions(command, '/Users')
    .description(
      'Call any route of the UAA with the current token and the TLS settings of the target. The body ' +
        'is printed unchanged, but control characters are escaped on a terminal; the exit code ' +
        `says whether the call succeeded. ${paceLimit}`,
    )
    .addOption(new Option('--request <method>').conflicts('method').hideHelp())
    // Only the body is printed anyway.
    .addOption(new Option('-b, --bodyonly').conflicts('include').hideHelp())
    .addOption(new Option('-k, --insecure').hideHelp())
    .addOption(new Option('-C, --cacert <file>').hideHelp())
    .addHelpText('after', "\nExample:\n  $ tpks uaa curl '/Users?count=1'")
    .action((path: string, flags: Flags) => sendUaaRequest({ path, ...flags }, deps));
}

export async function sendUaaRequest(
  { request, insecure, cacert, ...input }: Flags & { readonly path: string },
  deps: Deps,
): Promise<void> {
  if (insecure === true || cacert !== undefined) {
    const flag = insecure === true ? '-k' : '-C';
    deps.terminal.warn(
      `${flag} does nothing here: the UAA is trusted as its target says; tpks uaa target URL ` +
        '--ca-cert FILE changes that for good',
    );
  }
  const method = input.method ?? request;
  const { zone } = deps.options();
  const { zoneHeader } = await import('../../uaa/zone.js');
  const header = [...(zone === undefined ? [] : [zoneHeader(zone)]), ...(input.header ?? [])];
  await curl({ ...input, ...(method === undefined ? {} : { method }), header, uaa: true }, deps);
}
