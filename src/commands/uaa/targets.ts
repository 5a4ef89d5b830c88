import { Argument, Option } from 'commander';
import { readInfo } from '../../api/uaa/info.js';
import type { Services } from '../../app/services.js';
import { getOwnValue } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { createTargetHints } from '../../domain/contexts/login-command.js';
import {
  findCurrentTarget,
  findTarget as findKnownTarget,
  listTargets,
  switchTarget,
  type UaaTarget,
  withTrustSettings,
} from '../../domain/contexts/targets.js';
import type { Settings } from '../../platform/config/settings.js';
import { fitLines } from '../../platform/terminal/screen.js';
import type { View } from '../../platform/terminal/terminal.js';
import { withCompleter } from '../completers.js';
import type { Leaf } from '../command-table.js';
import { listCommand, outputOption } from '../resource/list-command.js';
import { verificationSpan } from '../session/contexts.js';
import { caCertOption } from '../session/login-options.js';
import { readCaCertOption } from '../stdin-inputs.js';
import { rejectZoneOptions, withoutZoneOptions } from './options.js';

type SetTargetDeps = Pick<Services, 'settings' | 'publicUaaRequest' | 'env' | 'terminal'>;

/** A target and its TLS settings, as the user typed them. */
interface TargetInput {
  /** A URL or the number of a target; `undefined` for the current target. */
  readonly url?: string | undefined;
  /** Path of a PEM file; `-` for stdin. */
  readonly caCert?: string | undefined;
  /** `false` to verify TLS certificates again. */
  readonly skipSslValidation?: boolean | undefined;
  /** Saves the target without contacting it. */
  readonly force?: boolean | undefined;
}

/**
 * Makes a UAA the current target; stores nothing if it does not respond.
 * @throws {TpksError} the same errors as {@link findKnownTarget} and the info endpoint.
 */
export async function setTarget(input: TargetInput, deps: SetTargetDeps): Promise<Settings> {
  const { url, caCert, skipSslValidation, force = false } = input;
  const known = findKnownTarget(url, await deps.settings.read());
  const next = await toTarget(input, known, deps);
  if (!force) {
    const options = caCert === undefined ? '' : ` --ca-cert ${quoteForShell(caCert)}`;
    const server = { ...next, ...createTargetHints(next.uaa, options) };
    await deps.publicUaaRequest(readInfo, server);
  }
  const hasTrustChanged =
    next.caCert !== known.caCert ||
    next.skipTlsVerification !== known.skipTlsVerification ||
    skipSslValidation !== undefined;
  return deps.settings.update((current) =>
    switchTarget(hasTrustChanged ? withTrustSettings(current, known, next) : current, next),
  );
}

async function toTarget(
  { caCert: typedCaCert, skipSslValidation }: TargetInput,
  known: UaaTarget,
  { env, terminal }: SetTargetDeps,
): Promise<UaaTarget> {
  const caCert = (await readCaCertOption(typedCaCert, terminal)) ?? env.TPKS_CA_CERT;
  return {
    uaa: known.uaa,
    caCert:
      caCert === undefined
        ? known.caCert
        : (await import('../../platform/input/ca-cert.js')).readCaCert(caCert),
    // A new CA turns off an earlier --skip-ssl-validation.
    skipTlsVerification: skipSslValidation ?? (caCert === undefined && known.skipTlsVerification),
  };
}

type TargetCommandDeps = SetTargetDeps &
  Pick<Services, 'terminal' | 'identities' | 'reportFormerTarget'>;

interface TargetFlags extends Omit<TargetInput, 'url' | 'force'> {
  readonly force?: true;
}

export const targetCommand: Leaf = {
  description:
    'Set the UAA that the uaa commands use, after checking that it responds. Its installation becomes ' +
    'the current one for all commands. Without a URL, show the current target and context. A known ' +
    'target keeps its TLS settings.',
  examples: {
    'use this UAA for the next uaa commands': 'tpks uaa target localhost:8443 --ca-cert ca.pem',
  },
  define(command, deps: TargetCommandDeps) {
    rejectZoneOptions(command)
      .addArgument(
        withCompleter(
          new Argument(
            '[url]',
            'URL of the UAA (default scheme: https), or its number from `tpks uaa targets`',
          ),
          async () => listTargets(await deps.settings.read()).map(({ uaa }) => uaa),
        ),
      )
      .addOption(caCertOption())
      .option('--skip-ssl-validation', 'do not verify TLS certificates (dangerous)')
      .option('--no-skip-ssl-validation', 'verify TLS certificates again')
      .option('-f, --force', 'save the target without contacting the UAA')
      .addOption(outputOption('json', 'yaml', 'name'))
      // Ignored, for compatibility with `uaac`: tpks tries both encodings of client credentials anyway.
      .addOption(new Option('--basic_auth').hideHelp())
      .addOption(new Option('--no-basic_auth').hideHelp())
      .action((url: string | undefined, flags: TargetFlags) =>
        selectTarget({ url, ...flags }, deps),
      );
  },
};

/** Sets the target if a URL or an option is given, then shows the current target. */
export async function selectTarget(
  input: TargetFlags & { readonly url?: string | undefined },
  deps: TargetCommandDeps,
): Promise<void> {
  const { url, caCert, skipSslValidation } = input;
  const isShownOnly = url === undefined && caCert === undefined && skipSslValidation === undefined;
  const settings = isShownOnly ? await deps.settings.read() : await setTarget(input, deps);
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
  const lines = [
    `Target: ${target.uaa}`,
    ...(name === undefined || context === undefined
      ? []
      : [`Context: ${name}, from client ${context.clientId}`]),
  ];
  return {
    json: {
      uaa: target.uaa,
      hasCaCert: target.caCert !== undefined,
      skipTlsVerification: target.skipTlsVerification,
      context: context === undefined ? null : name,
      clientId: context?.clientId ?? null,
    },
    name: target.uaa,
    text: ['', ...lines, ''],
    screen: (width) => fitLines(lines, width),
  };
}

export const targetsCommand = withoutZoneOptions(
  listCommand({
    description:
      'List the targets: UAAs set with `tpks uaa target`, and UAAs of contexts. `tpks uaa target NUMBER` ' +
      'selects one by its number. An asterisk marks the current target.',
    examples: { 'list the saved targets': 'tpks uaa targets' },
    noun: 'target',
    emptyLine: 'no targets',
    read: readTargets,
    columns: [
      { head: '#', cell: ({ number }) => String(number) },
      { head: '', cell: ({ current }) => (current ? '*' : ''), rank: 0 },
      { head: 'UAA', cell: ({ uaa }) => uaa, rank: 1 },
      { head: 'TLS', cell: verificationSpan },
      { head: 'CA', cell: ({ hasCaCert }) => (hasCaCert ? 'custom' : 'system') },
    ],
    nameOf: ({ uaa }) => uaa,
  }),
);

async function readTargets({ settings }: Pick<Services, 'settings'>) {
  const stored = await settings.read();
  const current = findCurrentTarget(stored)?.uaa;
  return listTargets(stored).map(({ uaa, caCert, skipTlsVerification }, number) => ({
    number,
    uaa,
    current: uaa === current,
    hasCaCert: caCert !== undefined,
    skipTlsVerification,
  }));
}
