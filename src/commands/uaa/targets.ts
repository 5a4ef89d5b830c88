import { Argument, Option } from 'commander';
import { readInfo } from '../../api/uaa/info.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { findContext } from '../../domain/contexts/context-names.js';
import type { Context, UaaOnly } from '../../domain/contexts/context.js';
import { selectInstallation } from '../../domain/contexts/current-installation.js';
import { resolveContext } from '../../domain/contexts/identity.js';
import { formatTrustTargetCommand } from '../../domain/contexts/login-command.js';
import {
  findCurrentTarget,
  findTarget as findKnownTarget,
  listTargets,
  switchTarget,
  type UaaTarget,
  withTrustSettings,
} from '../../domain/contexts/targets.js';
import type { Settings } from '../../platform/config/settings.js';
import type { View } from '../../platform/terminal/terminal.js';
import { withCompleter } from '../completers.js';
import type { Leaf } from '../contents.js';
import { listCommand, outputOption } from '../resource/list-command.js';
import { showContextDetails, contextName } from '../session/context.js';
import { contextFields, contextJson, verificationSpan } from '../session/contexts.js';
import { caCertOption } from '../session/login-options.js';
import { readCaCertOption } from '../stdin-inputs.js';
import { rejectZoneOptions } from './options.js';

export type TargetDeps = Pick<
  Services,
  'terminal' | 'settings' | 'options' | 'env' | 'reportFormerTarget'
>;

/** The UAA that a command talks to, with the API that accepts its tokens if that is known. */
export type ResolvedTarget = Context | UaaOnly;

/**
 * Finds the UAA that a command talks to, in this order: `--context` or `TPKS_CONTEXT`, `TPKS_UAA_URL`
 * or `TPKS_API`, the current installation.
 * @throws {TpksError} `usage` if no target is set, and errors of {@link findTarget}.
 */
export async function requireTarget(deps: TargetDeps): Promise<ResolvedTarget> {
  const target = await findTarget(deps);
  if (target !== undefined) return target;
  throw new TpksError('usage', 'no target set', {
    hint: 'use tpks uaa target https://api.example.com:8443 or tpks login -a api.example.com',
  });
}

/**
 * Like {@link requireTarget}, for commands that also work without a target.
 * @returns `undefined` if no target is set.
 * @throws {TpksError} `usage` if the UAA and the API belong to different installations; `notFound` for
 *   an unknown context.
 */
export async function findTarget(deps: TargetDeps): Promise<ResolvedTarget | undefined> {
  const { options, env } = deps;
  await deps.reportFormerTarget();
  const flags = { context: options().context };
  const selector = { role: 'uaa', acceptsOtherRole: true } as const;
  const target = resolveContext({ settings: await deps.settings.read(), env, flags, ...selector });
  return target && { ...target, trustCommand: formatTrustTargetCommand(target.uaa) };
}

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
 * Checks that a UAA responds, and makes it the current target. Stores nothing if it does not respond.
 * @returns the new settings.
 * @throws {TpksError} the same errors as {@link findKnownTarget} and the info endpoint.
 */
export async function setTarget(input: TargetInput, deps: SetTargetDeps): Promise<Settings> {
  const { url, skipSslValidation, force = false } = input;
  const known = findKnownTarget(url, await deps.settings.read());
  const next = await toTarget(input, known, deps);
  if (!force) {
    const server = { ...next, trustCommand: formatTrustTargetCommand(next.uaa) };
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
  define(command, deps: TargetCommandDeps) {
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
      .addHelpText('after', '\nExample:\n  $ tpks uaa target localhost:8443 --ca-cert ca.pem')
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

const targetList = listCommand({
  description:
    'List the targets (UAAs set with `tpks uaa target` and UAAs of contexts) with the numbers for ' +
    '`tpks uaa target NUMBER`. An asterisk marks the current target.',
  examples: ['uaa targets'],
  noun: 'target',
  fields: ['number', 'uaa', 'current', 'hasCaCert', 'skipTlsVerification'],
  emptyLine: 'no targets',
  read: readTargets,
  columns: [
    { head: '#', cell: ({ number }) => String(number) },
    { head: '', cell: ({ current }) => (current ? '*' : '') },
    { head: 'UAA', cell: ({ uaa }) => uaa },
    { head: 'TLS', cell: verificationSpan },
    { head: 'CA', cell: ({ hasCaCert }) => (hasCaCert ? 'custom' : 'system') },
  ],
  nameOf: ({ uaa }) => uaa,
});

export const targetsCommand: Leaf = {
  define(parent, services: Services) {
    targetList.define(rejectZoneOptions(parent), services);
  },
};

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

type ContextDeps = Pick<Services, 'terminal' | 'settings' | 'uaaContext' | 'session'>;

export const contextCommand: Leaf = {
  define(command, deps: ContextDeps) {
    rejectZoneOptions(command)
      .description(
        'Select the context that the uaa commands use, and show it. Its installation becomes the current ' +
          'one for all commands. Without a name, show the current context. Tokens are never shown; to print one, use `tpks token`.',
      )
      .addArgument(
        contextName(deps, '[name]', 'name, number from `tpks uaa contexts`, or identity'),
      )
      .addOption(outputOption('json', 'yaml', 'name'))
      .addHelpText('after', '\nExample:\n  $ tpks uaa context admin')
      .action((name: string | undefined) => selectContext({ name }, deps));
  },
};

/** Selects a context if a name is given, then shows the current context. */
export async function selectContext(
  { name: argument }: { readonly name?: string | undefined },
  deps: ContextDeps,
): Promise<void> {
  if (argument !== undefined) {
    await deps.settings.update((settings) => {
      const name = findContext(argument, settings, 'uaa');
      const selected = getOwnValue(settings.contexts, name);
      if (selected === undefined) return settings;
      return selectInstallation(settings, selected.uaa, { role: 'uaa', name });
    });
  }
  await showContextDetails(await deps.uaaContext(), deps);
}

const contextList = listCommand({
  description:
    'List the contexts with the numbers for `tpks uaa context NUMBER`. An asterisk marks the context ' +
    'that the uaa commands use. Tokens are never shown.',
  examples: ['uaa contexts'],
  noun: 'context',
  fields: ['number', ...contextFields],
  emptyLine: 'no contexts',
  read: readContexts,
  columns: [
    { head: '#', cell: ({ number }) => String(number) },
    { head: '', cell: ({ currentUaa }) => (currentUaa ? '*' : '') },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'User or client', cell: ({ identity }) => identity },
    { head: 'From client', cell: ({ clientId }) => clientId },
    { head: 'Grant', cell: ({ grant }) => grant },
    { head: 'UAA', cell: ({ uaa }) => uaa },
  ],
  nameOf: ({ name }) => name,
});

export const contextsCommand: Leaf = {
  define(parent, services: Services) {
    contextList.define(rejectZoneOptions(parent), services);
  },
};

async function readContexts(deps: Pick<Services, 'settings' | 'identities'>) {
  const [settings, { pks, uaa }] = await Promise.all([deps.settings.read(), deps.identities()]);
  return Object.entries(settings.contexts).map(([name, context], number) => ({
    number,
    name,
    current: name === pks,
    currentUaa: name === uaa,
    ...contextJson(context),
  }));
}
