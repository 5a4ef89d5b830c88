import type { Token } from '../../auth/token.js';
import type { Installation } from '../../auth/installation.js';
import type { GrantKind } from '../../config/settings.js';
import { TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import type { Services, Trust } from '../../services.js';

/** The flags of `login`, as commander reads them. */
export interface LoginFlags {
  readonly api?: string;
  readonly username?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly clientName?: string;
  readonly clientSecret?: string;
  readonly clientSecretFile?: string;
  readonly saveSecret?: boolean;
  readonly sso?: boolean;
  readonly ssoPasscode?: string;
  readonly uaaUrl?: string;
  readonly caCert?: string;
  readonly skipSslValidation?: boolean;
  readonly skipSslVerification?: boolean;
  readonly name?: string;
  readonly store?: string;
}

/** Who logs in, with everything secret already in hand. */
export interface Who {
  readonly identity: string;
  readonly grant: GrantKind;
  /** The UAA client that the token will belong to. */
  readonly clientId: string;
  /** A client's secret. */
  readonly secret?: Secret;
  readonly token: () => Promise<Token>;
  /** What to check when the UAA rejects it. */
  readonly advice: string;
}

type Deps = Pick<Services, 'terminal' | 'env' | 'secrets' | 'grants' | 'info'>;
interface Target {
  readonly at: Installation;
  readonly trust: Trust;
}

/** The UAA client of people; its secret is empty. @see pks-cli, section 3.1 */
const peoplesClient = 'pks_cli';

/**
 * Finds out who logs in, and asks for what is missing.
 * @throws {TpksError} `usage` for contradictions and for what is missing where nobody can be asked.
 */
export async function grantOf(flags: LoginFlags, target: Target, deps: Deps): Promise<Who> {
  const { env } = deps;
  const ways = [
    [flags.username ?? flags.password ?? flags.passwordStdin, '--username'],
    [flags.clientName ?? flags.clientSecret ?? flags.clientSecretFile, '--client-name'],
    [flags.sso ?? flags.ssoPasscode, '--sso'],
  ] as const;
  const chosen = ways.filter(([value]) => value !== undefined).map(([, way]) => way);
  if (chosen.length > 1) throw contradiction(chosen);
  const [way] = chosen;
  if (flags.saveSecret === true && way !== '--client-name' && !env['TPKS_CLIENT_NAME']) {
    throw new TpksError('usage', '--save-secret is for clients: a password is never kept', {
      hint: 'leave it out, or log in with --client-name',
    });
  }
  if (way === '--sso') return bySso(flags, target, deps);
  if (way === undefined && env['TPKS_USERNAME'] && env['TPKS_CLIENT_NAME']) {
    throw contradiction(['TPKS_USERNAME', 'TPKS_CLIENT_NAME']);
  }
  const isClient =
    way === '--client-name' || (way === undefined && Boolean(env['TPKS_CLIENT_NAME']));
  return isClient ? byClient(flags, target, deps) : byPassword(flags, target, deps);
}

async function byPassword(flags: LoginFlags, { at, trust }: Target, deps: Deps): Promise<Who> {
  const { terminal, env, secrets, grants } = deps;
  const username =
    flags.username ??
    (env['TPKS_USERNAME'] ||
      (await terminal.ask({
        prompt: 'Username: ',
        insteadUse: 'use --username or TPKS_USERNAME',
      })));
  if (username === '')
    throw new TpksError('usage', 'The user name is empty', { hint: 'use -u NAME' });
  const mine = !env['TPKS_USERNAME'] || env['TPKS_USERNAME'] === username;
  const password = await (
    await secrets()
  ).find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordStdin === true ? '-' : undefined,
    fileFlag: '--password-stdin',
    variable: mine ? 'TPKS_PASSWORD' : undefined,
    prompt: 'Password: ',
    refuseEmpty: true,
  });
  return {
    identity: username,
    grant: 'password',
    clientId: peoplesClient,
    advice: `check the user name and the password; with single sign-on: tpks login -a ${new URL(at.api).hostname} --sso`,
    token: async () => {
      const of = await grants({
        ...trust,
        uaa: at.uaa,
        clientId: peoplesClient,
        clientSecret: none,
      });
      return of.password({ username, password });
    },
  };
}

async function byClient(flags: LoginFlags, { at, trust }: Target, deps: Deps): Promise<Who> {
  const { env, secrets, grants } = deps;
  const clientId = flags.clientName ?? env['TPKS_CLIENT_NAME'] ?? '';
  if (clientId === '') {
    throw new TpksError('usage', 'A client secret was given, but no client', {
      hint: 'use --client-name NAME or TPKS_CLIENT_NAME',
    });
  }
  const mine = !env['TPKS_CLIENT_NAME'] || env['TPKS_CLIENT_NAME'] === clientId;
  const fromStdin = flags.clientSecret === '-';
  const secret = await (
    await secrets()
  ).find({
    value: fromStdin ? undefined : flags.clientSecret,
    valueFlag: '--client-secret',
    file: fromStdin ? '-' : flags.clientSecretFile,
    fileFlag: '--client-secret-file',
    variable: mine ? 'TPKS_CLIENT_SECRET' : undefined,
    prompt: 'Client secret: ',
  });
  return {
    identity: clientId,
    grant: 'client_credentials',
    clientId,
    secret,
    advice: 'check the client’s name and its secret',
    token: async () =>
      (await grants({ ...trust, uaa: at.uaa, clientId, clientSecret: secret })).clientCredentials(),
  };
}

async function bySso(flags: LoginFlags, { at, trust }: Target, deps: Deps): Promise<Who> {
  const { grants } = deps;
  const page = `${at.uaa}/passcode`;
  const passcode = new Secret(flags.ssoPasscode ?? (await askPasscode(page, at, trust, deps)));
  return {
    identity: 'sso',
    grant: 'passcode',
    clientId: peoplesClient,
    advice: `a code works once and for five minutes; get a new one at ${page}`,
    token: async () => {
      const of = await grants({
        ...trust,
        uaa: at.uaa,
        clientId: peoplesClient,
        clientSecret: none,
      });
      return of.passcode({ passcode });
    },
  };
}

/** Shows the UAA's passcode page and reads the code, also from a pipe. */
async function askPasscode(
  page: string,
  { uaa }: Installation,
  trust: Trust,
  { terminal, info }: Deps,
): Promise<string> {
  if (!terminal.canAsk()) {
    const piped = (await terminal.readStdin()).trim();
    if (piped !== '') return piped;
    throw new TpksError('usage', 'The one-time code is missing', {
      hint: `get one at ${page}, then use --sso-passcode CODE or pipe it in`,
    });
  }
  const { prompts } = await (await info({ ...trust, uaa })).get();
  terminal.note(prompts['passcode']?.[1] ?? `One Time Code ( Get one at ${page} )`);
  return terminal.ask({ prompt: 'Passcode: ', hidden: true, insteadUse: 'use --sso-passcode' });
}

const none = new Secret('');

function contradiction(ways: readonly string[]): TpksError {
  return new TpksError('usage', `${ways.join(' and ')} contradict each other`, {
    hint: 'log in either as a user, or as a client, or with single sign-on',
  });
}
