import { Option, type Command } from 'commander';
import type { Services } from '../app/services.js';
import { TpksError, rewordError } from '../base/errors.js';
import { defaultPorts } from '../base/pks-conventions.js';
import { quoteForShell } from '../base/shell-quote.js';
import { problemsError } from '../platform/input/problems.js';
import type { Terminal } from '../platform/terminal/terminal.js';
import { wrapWords } from '../platform/terminal/wrap.js';
import { withFileNames } from './completers.js';
import { decimalParser, maximumInt32, integerParser } from './option-values.js';
import { readCaCertOption, withInputFile, toFileInput } from './stdin-inputs.js';

type Deps = Pick<
  Services,
  'terminal' | 'options' | 'untilInterrupted' | 'sandbox' | 'sandboxAccess'
>;

interface Flags {
  readonly apiPort: number;
  readonly uaaPort: number;
  readonly dir?: string;
  readonly seed?: string;
  readonly uaa?: string;
  readonly uaaCa?: string;
  readonly tokenSeconds?: number;
  readonly provisionSeconds?: number;
  readonly uaaBehaviour?: '4.30' | '74.5' | '77';
  readonly pksVersion?: '1.7' | '1.20';
  readonly kubeAuth?: 'oidc' | 'token';
  readonly bindsError?: 'busy' | 'refused' | 'bad-gateway';
  readonly log?: string;
  readonly kubernetes?: string;
  readonly kubernetesCa?: string;
  readonly kubernetesTokenFile?: string;
}

const parsePort = integerParser({ from: 0, to: 65_535 });

export const description =
  'Run a small test installation on this machine until you press Ctrl-C. It consists of a UAA, a PKS ' +
  'API, a broker and a Kubernetes API for each cluster, and has its own CA.';

export const examples = {
  'start a sandbox on free ports, and log all requests to a file':
    'tpks sandbox --api-port 0 --uaa-port 0 --log requests.jsonl',
};

export function define(command: Command, deps: Deps): void {
  command
    .option(
      '--api-port <port>',
      'port of the API; 0 selects a free port',
      parsePort,
      Number(defaultPorts.api),
    )
    .option(
      '--uaa-port <port>',
      'port of the UAA; 0 selects a free port',
      parsePort,
      Number(defaultPorts.uaa),
    )
    .addOption(
      withFileNames(
        new Option(
          '--dir <path>',
          'folder for certificates and data (default: data in memory, certificates in a temporary folder)',
        ),
      ),
    )
    .addOption(
      withInputFile(
        new Option(
          '--seed <path>',
          'access file to apply at startup (see `tpks uaa export`), or - for stdin',
        ),
      ),
    )
    .option('--uaa <url>', 'use this UAA instead of the built-in one')
    .addOption(
      withInputFile(new Option('--uaa-ca <path>', 'PEM file of the CA of that UAA; - for stdin')),
    )
    .option(
      '--token-seconds <seconds>',
      'lifetime of access tokens (default: 600)',
      integerParser({ from: 1, to: maximumInt32 }),
    )
    .option(
      '--provision-seconds <seconds>',
      'duration of each broker operation (default: 120)',
      decimalParser({ from: 0, to: maximumInt32 }),
    )
    .addOption(
      new Option('--uaa-behaviour <release>', 'UAA release to simulate (default: 77)').choices([
        '4.30',
        '74.5',
        '77',
      ]),
    )
    .addOption(
      new Option('--pks-version <release>', 'PKS release to simulate (default: 1.7)').choices([
        '1.7',
        '1.20',
      ]),
    )
    .addOption(
      withFileNames(
        new Option('--log <path>', 'log each request to this file as a JSON line, without secrets'),
      ),
    )
    .addOption(
      new Option('--kube-auth <method>', 'how clusters authenticate users (default: oidc)').choices(
        ['oidc', 'token'],
      ),
    )
    .addOption(
      new Option('--binds-error <kind>', 'make requests for credentials fail').choices([
        'busy',
        'refused',
        'bad-gateway',
      ]),
    )
    .option('--kubernetes <url>', 'use this Kubernetes API for all clusters')
    .addOption(
      withInputFile(
        new Option(
          '--kubernetes-ca <path>',
          'PEM file of the CA of that Kubernetes API; - for stdin',
        ),
      ),
    )
    .addOption(
      withInputFile(
        new Option(
          '--kubernetes-token-file <path>',
          'file that contains the token of an administrator of that Kubernetes API; - for stdin',
        ),
      ),
    )
    .action((flags: Flags) => sandbox(flags, deps));
}

export async function sandbox(flags: Flags, deps: Deps): Promise<void> {
  const { terminal, options, untilInterrupted } = deps;
  if (flags.seed !== undefined && flags.uaa !== undefined) {
    throw new TpksError('usage', '--seed cannot be used with --uaa', {
      hint: `run tpks uaa apply -f ${quoteForShell(flags.seed)} to change that UAA`,
    });
  }
  const kubernetes = await readKubernetesEndpoint(flags, terminal);
  const uaaCa = await readCaCertOption(flags.uaaCa, terminal, '--uaa-ca');
  const hasReviewData = flags.seed === undefined;
  const running = await deps.sandbox({ ...flags, uaaCa, kubernetes, hasReviewData });
  try {
    if (flags.seed !== undefined) await seedSandbox(flags.seed, running, deps);
    const { api, uaa, caCert, users, clients } = running;
    if (options().json) {
      await terminal.write(`${JSON.stringify({ api, uaa, caCert, users, clients })}\n`);
    } else {
      await terminal.show({
        json: undefined,
        text: formatWelcome(running, Infinity),
        screen: (width) => formatWelcome(running, width),
        namesCommands: true,
      });
    }
    await untilInterrupted();
  } finally {
    await running.close();
  }
}

interface RunningSandbox {
  readonly api: string;
  readonly uaa: string;
  readonly caCert: string;
  readonly users: readonly { readonly name: string; readonly scopes: readonly string[] }[];
}

function formatWelcome({ api, uaa, caCert, users }: RunningSandbox, width: number): string[] {
  const isDefault =
    api === `https://localhost:${defaultPorts.api}` &&
    uaa === `https://localhost:${defaultPorts.uaa}`;
  const apiOptions = isDefault ? '-a localhost' : `-a ${api} --uaa-url ${uaa}`;
  const loginOptions = `${apiOptions} --ca-cert ${caCert}`;
  return [
    'The sandbox is running. Press Ctrl-C to stop it.',
    '',
    `  PKS API  ${api}`,
    `  UAA      ${uaa}`,
    `  CA       ${caCert}`,
    '',
    ...formatAccounts(users, width),
    'In another terminal:',
    `  tpks login ${loginOptions} -u cody`,
    '  tpks clusters',
    '  tpks get-credentials dev-1',
    '  kubectl get nodes',
    '',
    'As an administrator (the secret is adminsecret):',
    `  tpks uaa target ${uaa} --ca-cert ${caCert}`,
    '  tpks uaa token client get admin',
    '  tpks uaa users',
  ];
}

function formatAccounts(users: RunningSandbox['users'], width: number): string[] {
  if (users.length === 0) return [];
  const nameWidth = Math.max(...users.map(({ name }) => name.length));
  const start = `  ${' '.repeat(nameWidth)}  `.length;
  return [
    'Users (the password is NAME-password):',
    ...users.flatMap(({ name, scopes }) => {
      const text = wrapWords(scopes.join(' ') || 'no scope', start, width);
      return `  ${name.padEnd(nameWidth)}  ${text}`.split('\n');
    }),
    '',
  ];
}

/**
 * Reads the files of the real API server behind the sandbox's clusters.
 * @returns the URL, the CA in PEM and the token of an administrator; `undefined` if none of the options is set.
 * @throws {TpksError} `usage` if only some are set, if the URL is invalid, or if a file cannot be used.
 */
async function readKubernetesEndpoint(
  { kubernetes, kubernetesCa, kubernetesTokenFile }: Flags,
  terminal: Pick<Terminal, 'readStdin'>,
) {
  const values = { kubernetes, kubernetesCa, kubernetesTokenFile };
  if (Object.values(values).every((value) => value === undefined)) return undefined;
  if (kubernetes === undefined || kubernetesCa === undefined || kubernetesTokenFile === undefined) {
    throw new TpksError(
      'usage',
      'An external Kubernetes API requires --kubernetes, --kubernetes-ca and --kubernetes-token-file',
      { hint: 'pass all three options, or none of them' },
    );
  }
  if (!/^https:\/\//.test(kubernetes) || !URL.canParse(kubernetes)) {
    throw new TpksError(
      'usage',
      `Invalid value for --kubernetes: ${kubernetes} (expected a URL such as https://10.0.0.5:6443)`,
      { hint: 'pass the URL of the API server: tpks sandbox --kubernetes https://10.0.0.5:6443' },
    );
  }
  const { readCaCert } = await import('../platform/input/ca-cert.js');
  const { readSecretFile } = await import('../domain/auth/credentials.js');
  const ca = (await readCaCertOption(kubernetesCa, terminal, '--kubernetes-ca')) ?? '';
  const source = '--kubernetes-token-file';
  const secret = await readSecretFile(kubernetesTokenFile, source, terminal.readStdin);
  const adminToken = secret.reveal().trim();
  if (adminToken === '') {
    throw new TpksError('usage', `The file in ${source} is empty`, {
      hint: 'create a token: kubectl create token NAME > admin.token',
    });
  }
  return { server: kubernetes, ca: readCaCert(ca), adminToken };
}

/**
 * Creates and updates the users, groups and clients of an access file in a running sandbox.
 * @param path - the access file; `-` for stdin.
 * @throws {TpksError} `usage` with every problem in the file; `cancelled` after Ctrl-C.
 */
async function seedSandbox(
  path: string,
  running: Parameters<Services['sandboxAccess']>[0],
  { terminal, sandboxAccess }: Deps,
): Promise<void> {
  const access = await sandboxAccess(running);
  if (access === undefined) {
    throw new TpksError(
      'failed',
      `Cannot apply ${path}: the secret of the client admin has changed in the folder of --dir`,
      { hint: 'start without --seed, or use another folder with --dir' },
    );
  }
  const plan = await access.plan({ file: toFileInput(path, '--seed', terminal), prune: false });
  if (plan.missingSecrets.length > 0) throw problemsError(plan.path, plan.missingSecrets);
  const { failures, isInterrupted } = await access.apply(plan, () => undefined);
  const [failure] = failures;
  if (failure !== undefined) {
    throw rewordError(failure, { message: `Cannot apply ${plan.path}: ${failure.message}` });
  }
  if (isInterrupted) throw new TpksError('cancelled', `Interrupted while applying ${plan.path}`);
  const { length } = plan.changes;
  const changes = `${String(length)} ${length === 1 ? 'change' : 'changes'}`;
  terminal.note(`Applied ${plan.path}: ${length === 0 ? 'no changes' : changes}`);
}
