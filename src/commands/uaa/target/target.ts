import { Argument, Option, type Command } from 'commander';
import { withCompleter, withFileNames } from '../../../completion/completer.js';
import type { Services } from '../../../services.js';
import { rejectZoneOptions } from '../zone-options.js';
import {
  findCurrentTarget,
  findCurrentUaaContext,
  listTargets,
  findTarget,
  formatTrustTargetCommand,
  switchTarget,
  withTrustSettings,
  type UaaTarget,
} from '../../../contexts/targets.js';
import { getOwnValue } from '../../../own-value.js';
import type { Settings } from '../../../config/settings.js';
import type { View } from '../../../terminal/terminal.js';
import { loadInfo } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'publicUaaResource' | 'env'>;

interface Flags {
  readonly caCert?: string;
  /** `false` after `--no-skip-ssl-validation`. */
  readonly skipSslValidation?: boolean;
  readonly force?: true;
}

export function define(command: Command, deps: Deps): void {
  rejectZoneOptions(command)
    .description(
      'Set the UAA that the uaa commands use, after checking that it responds. Without a URL, show ' +
        'the current target and context. A known target keeps its TLS settings.',
    )
    .addArgument(
      withCompleter(
        new Argument(
          '[url]',
          'URL of the UAA (default scheme: https), or its number from `tpks uaa targets`',
        ),
        async () => listTargets(await (await deps.settings()).read()).map(({ uaa }) => uaa),
      ),
    )
    .addOption(
      withFileNames(
        new Option(
          '--ca-cert <path>',
          'PEM file of the CA to trust; tpks keeps a copy [TPKS_CA_CERT]',
        ),
      ),
    )
    .option('--skip-ssl-validation', 'do not verify TLS certificates (dangerous)')
    .option('--no-skip-ssl-validation', 'verify TLS certificates again')
    .option('-f, --force', 'save the target without contacting the UAA')
    // Ignored, for compatibility with `uaac`: tpks tries both encodings of client credentials anyway.
    .addOption(new Option('--basic_auth').hideHelp())
    .addOption(new Option('--no-basic_auth').hideHelp())
    .addHelpText('after', '\nExample:\n  $ tpks uaa target localhost:8443 --ca-cert ca.pem')
    .action((url: string | undefined, flags: Flags) => selectTarget({ url, ...flags }, deps));
}

interface Input extends Flags {
  readonly url?: string | undefined;
}

export async function selectTarget(input: Input, deps: Deps): Promise<void> {
  const { terminal, settings, publicUaaResource } = deps;
  const file = await settings();
  const before = await file.read();
  const { url, caCert, skipSslValidation, force = false } = input;
  if (url === undefined && caCert === undefined && skipSslValidation === undefined) {
    return terminal.show(targetView(before));
  }
  const known = findTarget(url, before);
  const next = await toTarget(input, known, deps);
  if (!force) {
    const server = { ...next, trustCommand: formatTrustTargetCommand(next.uaa) };
    await (await publicUaaResource(loadInfo, server)).get();
  }
  const hasTrustChanged =
    next.caCert !== known.caCert ||
    next.skipTlsVerification !== known.skipTlsVerification ||
    skipSslValidation !== undefined;
  const after = await file.update((current) =>
    switchTarget(hasTrustChanged ? withTrustSettings(current, known, next) : current, next),
  );
  await terminal.show(targetView(after));
}

async function toTarget(input: Input, known: UaaTarget, { env }: Deps): Promise<UaaTarget> {
  const { caCert = env.TPKS_CA_CERT, skipSslValidation } = input;
  return {
    uaa: known.uaa,
    caCert:
      caCert === undefined
        ? known.caCert
        : (await import('../../../config/ca-cert.js')).readCaCert(caCert),
    // A new CA ends an earlier --skip-ssl-validation.
    skipTlsVerification: skipSslValidation ?? (caCert === undefined && known.skipTlsVerification),
  };
}

/** Formats the current target and context like `uaac`. */
function targetView(settings: Settings): View {
  const target = findCurrentTarget(settings);
  const name = findCurrentUaaContext(settings);
  const context = name === undefined ? undefined : getOwnValue(settings.contexts, name);
  if (target === undefined) return { json: null, text: ['no target set'] };
  return {
    json: {
      uaa: target.uaa,
      hasCaCert: target.caCert !== undefined,
      skipTlsVerification: target.skipTlsVerification,
      context: name ?? null,
      clientId: context?.clientId ?? null,
    },
    text: [
      '',
      `Target: ${target.uaa}`,
      ...(name === undefined || context === undefined
        ? []
        : [`Context: ${name}, from client ${context.clientId}`]),
      '',
    ],
  };
}
