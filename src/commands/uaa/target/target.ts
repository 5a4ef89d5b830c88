import { Argument, Option, type Command } from 'commander';
import { uaaBase } from '../../../auth/installation.js';
import type { Settings } from '../../../config/settings.js';
import { withCompleter, withFileNames } from '../../../completion/completer.js';
import { isTpksError, TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { View } from '../../../terminal/terminal.js';
import {
  currentContext,
  currentTarget,
  knownTargets,
  turnTo,
  type UaaTarget,
} from './known-targets.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'info' | 'env'>;

interface Flags {
  readonly caCert?: string;
  /** `false` after `--no-skip-ssl-validation`. */
  readonly skipSslValidation?: boolean;
  readonly force?: true;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Chooses the UAA that the next uaa commands talk to, after asking it who it is. Without a ' +
        'URL, shows the target and the context in force. What is known of a target stays known.',
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
    .addHelpText('after', '\nExample:\n  $ tpks uaa target localhost:8443 --ca-cert ca.pem')
    .action((url: string | undefined, flags: Flags) => target({ url, ...flags }, deps));
}

interface Input extends Flags {
  readonly url?: string | undefined;
}

/** Chooses a target, or shows the current one. */
export async function target(input: Input, deps: Deps): Promise<void> {
  const { terminal, settings, info } = deps;
  const file = await settings();
  const before = await file.read();
  const { url, caCert, skipSslValidation, force = false } = input;
  if (url === undefined && caCert === undefined && skipSslValidation === undefined) {
    return terminal.show(targetView(before));
  }
  const next = await toTarget(input, before, deps);
  if (next.skipTlsVerification) {
    terminal.warn(`TLS certificates of ${next.uaa} are not verified`);
  }
  if (!force) {
    const server = await info(next);
    await server.get().catch((error: unknown) => {
      throw withTargetHint(error, next);
    });
  }
  const after = await file.update((current) => turnTo(current, next));
  await terminal.show(targetView(after));
}

async function toTarget(input: Input, settings: Settings, { env }: Deps): Promise<UaaTarget> {
  const { caCert = env['TPKS_CA_CERT'] || undefined, skipSslValidation } = input;
  const known = find(input.url, settings);
  return {
    uaa: known.uaa,
    caCert:
      caCert === undefined
        ? known.caCert
        : (await import('../../../config/ca-cert.js')).readCaCert(caCert),
    skipTlsVerification: skipSslValidation ?? known.skipTlsVerification,
  };
}

function find(url: string | undefined, settings: Settings): UaaTarget {
  const known = knownTargets(settings);
  const invalid = (message: string) =>
    new TpksError('notFound', message, { hint: 'tpks uaa targets' });
  if (url === undefined) {
    const current = currentTarget(settings);
    if (current === undefined) throw invalid('no target set');
    return current;
  }
  if (/^\d+$/.test(url)) {
    const numbered = known[Number(url)];
    if (numbered === undefined) throw invalid(`invalid target index ${url}`);
    return numbered;
  }
  const uaa = toBase(url);
  const sameServer = known.find((each) => new URL(each.uaa).origin === new URL(uaa).origin);
  return (
    known.find((each) => each.uaa === uaa) ?? { skipTlsVerification: false, ...sameServer, uaa }
  );
}

function toBase(url: string): string {
  try {
    return uaaBase(url);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    throw new TpksError('usage', error.message, {
      hint: 'tpks uaa target https://api.example.com:8443',
      cause: error,
    });
  }
}

/** The network speaks of `tpks login`; here the same flag is needed elsewhere. */
function withTargetHint(error: unknown, { uaa }: UaaTarget): unknown {
  if (!isTpksError(error) || error.kind !== 'untrusted') return error;
  return new TpksError('untrusted', error.message, {
    hint:
      'nothing secret was sent and nothing saved; to trust it, get its CA certificate from whoever ' +
      `runs it:\ntpks uaa target ${uaa} --ca-cert FILE`,
    cause: error,
  });
}

function targetView(settings: Settings): View {
  const target = currentTarget(settings);
  const name = currentContext(settings);
  const context = name === undefined ? undefined : settings.contexts[name];
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
