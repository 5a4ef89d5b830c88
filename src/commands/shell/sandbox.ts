import { Option, type Command } from 'commander';
import { withFileNames } from '../../completion/completer.js';
import { errorMessage, TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { decimalNumber, int32, wholeNumber } from '../numbers.js';

type Deps = Pick<Services, 'terminal' | 'options' | 'untilInterrupted' | 'sandbox'>;

interface Flags {
  readonly apiPort: number;
  readonly uaaPort: number;
  readonly dir?: string;
  readonly uaa?: string;
  readonly uaaCa?: string;
  readonly tokenSeconds?: number;
  readonly provisionSeconds?: number;
  readonly uaaBehaviour?: '4.30' | '74.5' | '77';
  readonly pksVersion?: '1.7' | '1.20';
  readonly log?: string;
}

const parsePort = wholeNumber({ from: 0, to: 65_535 });

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Runs a small installation on this machine until Ctrl-C: a UAA, a PKS API and a broker, with a ' +
        'CA of its own. For trying tpks, and for tests.',
    )
    .option('--api-port <port>', 'port of the API; 0 = any free one', parsePort, 9021)
    .option('--uaa-port <port>', 'port of the UAA; 0 = any free one', parsePort, 8443)
    .addOption(
      withFileNames(
        new Option('--dir <dir>', 'where the certificates are kept (a new temporary folder)'),
      ),
    )
    .option('--uaa <url>', 'put API and broker before this UAA instead of the built-in one')
    .addOption(withFileNames(new Option('--uaa-ca <path>', 'PEM file of that UAA’s CA')))
    .option(
      '--token-seconds <seconds>',
      'lifetime of access tokens (600)',
      wholeNumber({ from: 1, to: int32 }),
    )
    .option(
      '--provision-seconds <seconds>',
      'how long the broker takes for each thing it does (120)',
      decimalNumber({ from: 0, to: int32 }),
    )
    .addOption(
      new Option('--uaa-behaviour <release>', 'the release that the UAA plays (4.30)').choices([
        '4.30',
        '74.5',
        '77',
      ]),
    )
    .addOption(
      new Option('--pks-version <release>', 'the release that the API is of (1.7)').choices([
        '1.7',
        '1.20',
      ]),
    )
    .addOption(
      withFileNames(new Option('--log <file>', 'write one JSON line a request, without secrets')),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks sandbox --api-port 0 --uaa-port 0 --log requests.jsonl',
    )
    .action((flags: Flags) => sandbox(flags, deps));
}

export async function sandbox(flags: Flags, deps: Deps): Promise<void> {
  const { terminal, options, untilInterrupted } = deps;
  const start = await deps.sandbox();
  const running = await start(flags).catch((error: unknown) => {
    const message = errorMessage(error);
    throw new TpksError('failed', message, {
      hint: message.startsWith('port ')
        ? 'tpks sandbox --api-port 0 --uaa-port 0 takes free ports'
        : 'tpks sandbox --help tells what each option takes',
      cause: error,
    });
  });
  try {
    const { api, uaa, caCert, users, clients } = running;
    if (options().json) {
      await terminal.write(`${JSON.stringify({ api, uaa, caCert, users, clients })}\n`);
    } else {
      await terminal.show({ json: undefined, text: formatWelcome(running) });
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

/** The addresses, and commands to paste into another terminal. */
function formatWelcome({ api, uaa, caCert, users }: RunningSandbox): string[] {
  const isDefault = api === 'https://localhost:9021' && uaa === 'https://localhost:8443';
  const apiOptions = isDefault ? '-a localhost' : `-a ${api} --uaa-url ${uaa}`;
  const loginOptions = `${apiOptions} --ca-cert ${caCert}`;
  return [
    'The sandbox is running until Ctrl-C.',
    '',
    `  PKS API  ${api}`,
    `  UAA      ${uaa}`,
    `  CA       ${caCert}`,
    '',
    ...formatAccounts(users),
    'In another terminal:',
    `  tpks login ${loginOptions} -u cody`,
    '  tpks clusters',
    '',
    'As an administrator:',
    `  tpks uaa target ${uaa} --ca-cert ${caCert}`,
    '  tpks uaa token client get admin',
    '  tpks uaa users',
  ];
}

/** Empty for a UAA that is not the sandbox's own. */
function formatAccounts(users: RunningSandbox['users']): string[] {
  if (users.length === 0) return [];
  const width = Math.max(...users.map(({ name }) => name.length));
  return [
    'Users; the password is NAME-password:',
    ...users.map(
      ({ name, scopes }) => `  ${name.padEnd(width)}  ${scopes.join(' ') || 'no scope'}`,
    ),
    'UAA client: admin, its secret is adminsecret',
    '',
  ];
}
