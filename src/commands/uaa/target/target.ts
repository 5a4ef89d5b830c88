import { Argument, Option, type Command } from 'commander';
import { withCompleter, withFileNames } from '../../../completion/completer.js';
import type { Services } from '../../../services.js';
import { withoutZone } from '../zone-options.js';
import {
  currentTarget,
  currentUaaContext,
  knownTargets,
  namedTarget,
  trustTargetCommand,
  turnTo,
  withTrust,
  type UaaTarget,
} from '../../../contexts/targets.js';
import { ownValue } from '../../../own-value.js';
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
  withoutZone(command)
    .description(
      'Chooses the UAA that the next uaa commands talk to, after asking it who it is. Without a ' +
        'URL, shows the current target and context. The settings of a known target are kept.',
    )
    .addArgument(
      withCompleter(
        new Argument(
          '[url]',
          'URL of the UAA, or its number in `tpks uaa targets`; https if absent',
        ),
        async () => knownTargets(await (await deps.settings()).read()).map(({ uaa }) => uaa),
      ),
    )
    .addOption(
      withFileNames(
        new Option('--ca-cert <path>', 'PEM file of the CA to trust; it is copied [TPKS_CA_CERT]'),
      ),
    )
    .option('--skip-ssl-validation', 'do not verify its TLS certificate (dangerous)')
    .option('--no-skip-ssl-validation', 'verify it again')
    .option('-f, --force', 'save the target without asking the server')
    // Of `uaac`. Both ways to spell a secret are tried in any case.
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
  const known = namedTarget(url, before);
  const next = await toTarget(input, known, deps);
  if (!force) {
    const checked = { ...next, trustCommand: trustTargetCommand(next.uaa) };
    await (await publicUaaResource(loadInfo, checked)).get();
  }
  const isTrustGiven =
    next.caCert !== known.caCert ||
    next.skipTlsVerification !== known.skipTlsVerification ||
    skipSslValidation !== undefined;
  const after = await file.update((current) =>
    turnTo(isTrustGiven ? withTrust(current, known, next) : current, next),
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
    // A CA turns an earlier --skip-ssl-validation off.
    skipTlsVerification: skipSslValidation ?? (caCert === undefined && known.skipTlsVerification),
  };
}

/** The current target and context, as `uaac` shows them. */
function targetView(settings: Settings): View {
  const target = currentTarget(settings);
  const name = currentUaaContext(settings);
  const context = name === undefined ? undefined : ownValue(settings.contexts, name);
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
