import { Argument, Option, type Command } from 'commander';
import { withCompleter } from '../../../completion/completer.js';
import type { Services } from '../../../services.js';
import { rejectZoneOptions } from '../zone-options.js';
import { findCurrentTarget, listTargets } from '../../../contexts/targets.js';
import { getOwnValue } from '../../../own-value.js';
import type { Settings } from '../../../config/settings.js';
import type { View } from '../../../terminal/terminal.js';
import { outputOption } from '../../resource/output-option.js';
import { withInputFile } from '../../stdin-inputs.js';
import { setTarget, type SetTargetDeps, type TargetInput } from './set-target.js';

type Deps = SetTargetDeps & Pick<Services, 'terminal' | 'identities' | 'reportFormerTarget'>;

interface Flags extends Omit<TargetInput, 'url' | 'force'> {
  readonly force?: true;
}

export function define(command: Command, deps: Deps): void {
  rejectZoneOptions(command)
    .description(
      'Set the UAA that the uaa commands use, after checking that it responds. Its installation becomes ' +
        'the current one for all commands. Without a URL, show the current target and context. A known ' +
        'target keeps its TLS settings.',
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
      withInputFile(
        new Option(
          '--ca-cert <path>',
          'PEM file of the CA to trust, - for stdin; tpks keeps a copy [TPKS_CA_CERT]',
        ),
      ),
    )
    .option('--skip-ssl-validation', 'do not verify TLS certificates (dangerous)')
    .option('--no-skip-ssl-validation', 'verify TLS certificates again')
    .option('-f, --force', 'save the target without contacting the UAA')
    .addOption(outputOption('json', 'yaml', 'name'))
    // Ignored, for compatibility with `uaac`: tpks tries both encodings of client credentials anyway.
    .addOption(new Option('--basic_auth').hideHelp())
    .addOption(new Option('--no-basic_auth').hideHelp())
    .addHelpText('after', '\nExample:\n  $ tpks uaa target localhost:8443 --ca-cert ca.pem')
    .action((url: string | undefined, flags: Flags) => selectTarget({ url, ...flags }, deps));
}

/** Sets the target if a URL or an option is given, then shows the current target. */
export async function selectTarget(
  input: Flags & { readonly url?: string | undefined },
  deps: Deps,
): Promise<void> {
  const { url, caCert, skipSslValidation } = input;
  const isShownOnly = url === undefined && caCert === undefined && skipSslValidation === undefined;
  const settings = isShownOnly
    ? await (await deps.settings()).read()
    : await setTarget(input, deps);
  await deps.reportFormerTarget();
  const { uaa } = await deps.identities();
  await deps.terminal.show(targetView(settings, uaa));
}

/** Formats the current target and context like `uaac`. */
function targetView(settings: Settings, name: string | undefined): View {
  const target = findCurrentTarget(settings);
  const found = name === undefined ? undefined : getOwnValue(settings.contexts, name);
  const context = found?.uaa === target?.uaa ? found : undefined;
  if (target === undefined) return { json: null, text: ['no target set'], name: [] };
  return {
    json: {
      uaa: target.uaa,
      hasCaCert: target.caCert !== undefined,
      skipTlsVerification: target.skipTlsVerification,
      context: context === undefined ? null : name,
      clientId: context?.clientId ?? null,
    },
    name: target.uaa,
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
