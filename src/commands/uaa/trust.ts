import { Argument, type Command, Option } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import { readJob } from '../../domain/auth/ci/exchange.js';
import { checkTrustClient, compareJob, type TrustCheck } from '../../domain/ci-trust/check.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { defaultCiClient, manageScope } from '../../base/pks-conventions.js';
import { formatJobVariables } from '../../domain/auth/ci/systems.js';
import {
  defaultApiOf,
  defaultUaaOf,
  findApi,
  formatApi,
  listStoredInstallations,
} from '../../domain/contexts/installation.js';
import type { CiTrust, TrustStep } from '../../domain/ci-trust/content.js';
import {
  parseTokenKey,
  toTrustRequest,
  type TrustOptions,
  type TrustRequest,
} from '../../domain/ci-trust/request.js';
import { createTrusts } from '../../domain/ci-trust/trusts.js';
import { readReferencedFile } from '../../platform/input/user-file.js';
import type { Line } from '../../platform/terminal/lines.js';
import { fitLines } from '../../platform/terminal/screen.js';
import { withUaaNames } from '../completers.js';
import type { Leaf } from '../command-table.js';
import { formatRelativeTime, toDate } from '../format-time.js';
import { yesOption } from '../global-options.js';
import { asCollector } from '../option-values.js';
import { listCommand } from '../resource/list-command.js';
import { withInputFile } from '../stdin-inputs.js';
import { signs } from './plan-view.js';
import { confirmChanges } from './access-as-code.js';
import { deleteObjectCommand } from './deletions.js';
import { readName, showObjectCommand, type ObjectKey } from './objects.js';

interface AddFlags extends TrustOptions {
  readonly tokenKey?: string;
  readonly dryRun?: true;
}

type AddDeps = Pick<
  Services,
  'terminal' | 'options' | 'link' | 'settings' | 'uaaContext' | 'uaaResource' | 'noteUaaIdentity'
>;

export const add: Leaf = {
  description:
    'Let the jobs of a CI system log in with `tpks login --ci`, without a stored secret. Only jobs with a ' +
    'matching subject can log in. Matching ignores case. Shows the planned changes, asks for confirmation ' +
    '(unless --yes), applies them, and prints the CI configuration. Safe to run again. Requires the scopes ' +
    'scim.read, scim.write, idps.read, idps.write, clients.read and clients.write.',
  examples: {
    'let the jobs of a GitHub environment manage clusters':
      'tpks uaa trust add app --github octo/app --environment prod',
    'let the jobs on a GitLab branch manage clusters':
      'tpks uaa trust add web --gitlab team/web --ref main',
    'let the pods of a Kubernetes service account manage clusters':
      'tpks uaa trust add ci --kubernetes https://k8s.test --service-account ci/app',
  },
  define(command, deps: AddDeps) {
    command.argument('<name>', 'name of the trust');
    addJobOptions(command);
    command
      .optionsGroup('Options:')
      .option('--audience <audience>', 'audience of the ID tokens (default: the URL of the UAA)')
      .addOption(
        withUaaNames(
          new Option(
            '--scope <scope>',
            `scope to grant or to add to an existing trust; repeatable (default: ${manageScope})`,
          ).argParser(asCollector((text: string, all: readonly string[] = []) => [...all, text])),
          'groups',
        ),
      )
      .addOption(
        withUaaNames(
          new Option('--client <id>', `UAA client of the jobs (default: ${defaultCiClient})`),
          'clients',
        ),
      )
      .addOption(
        withInputFile(
          new Option(
            '--token-key <path>',
            'public key of the issuer (PEM; since UAA 77 also JWKS), if the UAA cannot connect to the issuer; - for stdin',
          ),
        ),
      )
      .option('--dry-run', 'show the changes without applying them')
      .addOption(yesOption())
      .action((name: string, flags: AddFlags) => addTrust(name, flags, deps));
  },
};

function addJobOptions(command: Command): void {
  command
    .optionsGroup('Jobs:')
    .option('--github <owner/repo>', 'GitHub Actions jobs; requires --environment or --ref')
    .option('--environment <name>', 'jobs that use this GitHub environment')
    .option('--ref <ref>', 'jobs on this branch, or with refs/tags/NAME on this tag (GitHub)')
    .option('--gitlab <group/project>', 'GitLab CI jobs; requires --ref')
    .option(
      '--kubernetes <issuer>',
      'pods of the cluster with this issuer; requires --service-account',
    )
    .option('--service-account <ns/name>', 'pods with this service account')
    .option('--issuer <url>', 'issuer of another CI system, or of a self-hosted GitHub or GitLab')
    .option('--subject <subject>', 'subject of the jobs; requires --issuer')
    .option('--user-claim <claim>', 'use this claim as the subject (default: sub)');
}

/** @throws {TpksError} `usage` for invalid options; `conflict` if an existing object has different settings. */
async function addTrust(
  name: string,
  { tokenKey: path, dryRun, ...options }: AddFlags,
  deps: AddDeps,
): Promise<void> {
  const { terminal } = deps;
  const { uaa, ...context } = await deps.uaaContext();
  const stored = listStoredInstallations(await deps.settings.read());
  const api = context.api ?? findApi(uaa, stored) ?? defaultApiOf(uaa);
  const tokenKey =
    path === undefined
      ? undefined
      : path === '-'
        ? parseTokenKey(await terminal.readStdin('--token-key'), 'stdin')
        : parseTokenKey(readReferencedFile(path), path);
  const request = toTrustRequest(name, options, { defaultAudience: uaa, tokenKey });
  const { steps, apply } = await deps.uaaResource(createTrusts).plan(request);
  const lines = formatPlan(request, steps, uaa);
  if (dryRun !== true && steps.length > 0) {
    await deps.noteUaaIdentity();
    await terminal.announce(lines);
  }
  const isConfirmed =
    dryRun !== true && (steps.length === 0 || (await confirmChanges(steps.length, deps)));
  if (isConfirmed) await apply();
  const { issuer, subject, userClaim, audience, scopes, clientId, system } = request;
  const login = {
    // A placeholder if the API is not known.
    api: api === undefined ? 'api.example.com' : formatApi(api),
    subject,
    uaaUrl: api !== undefined && defaultUaaOf(api) === uaa ? undefined : uaa,
    audience,
    isDefaultAudience: audience === uaa,
    clientId,
    needsCaCert: context.caCert !== undefined,
  };
  const snippet = system?.snippet(login) ?? formatJobVariables(login);
  const changes = steps.map(({ action, kind, name, values = {} }) => ({
    action,
    kind,
    name,
    ...values,
  }));
  const trust = { name, issuer, subject, userClaim, audience, scopes, clientId, changes };
  const json = { ...trust, uaa, applied: isConfirmed, snippet };
  if (dryRun === true) {
    return terminal.show({ json, text: lines, screen: (width) => fitLines(lines, width) });
  }
  if (!isConfirmed) {
    terminal.note('Cancelled: no changes were applied');
    return terminal.show({ json, text: [] });
  }
  const count = steps.length === 1 ? '1 change' : `${String(steps.length)} changes`;
  const what = steps.length === 0 ? `No changes: the trust ${name} is complete` : `Done: ${count}`;
  terminal.note(`${what}. Add this to ${system?.title ?? 'the CI job'}:`);
  await terminal.show({ json, text: snippet });
}

function formatPlan(
  { name, subject }: TrustRequest,
  steps: readonly TrustStep[],
  uaa: string,
): readonly Line[] {
  if (steps.length === 0) return [`No changes: the trust ${name} is complete`];
  return [
    `Changes that let ${subject} log in to ${uaa}:`,
    '',
    ...steps.map((step) => formatStep(step)),
    '',
  ];
}

function formatStep({ action, kind, name, values = {} }: TrustStep): Line {
  const details = Object.entries(values).map(([key, value]) => {
    const label = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${label} ${[value].flat().join(', ')}`;
  });
  const text = details.length === 0 ? '' : `: ${details.join('; ')}`;
  const { sign, tone } = signs[action];
  return [{ text: sign, tone }, ` ${kind} ${name}${text}`];
}

export const list = listCommand<CiTrust, unknown>({
  description:
    'List the CI trusts. A trust is incomplete if a command was interrupted, or if a part of the trust was ' +
    'deleted. To fix this, run `tpks uaa trust add` or `tpks uaa trust remove` again. Requires the scopes ' +
    'scim.read, idps.read and clients.read.',
  examples: { 'list the trusts': 'tpks uaa trust list' },
  noun: 'trust',
  read: async ({ uaaResource }) => uaaResource(createTrusts).list(),
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Status', cell: formatStatus, rank: 3 },
    { head: 'Subject', cell: ({ subject }) => subject ?? '', rank: 1 },
    { head: 'Scopes', cell: ({ scopes }) => scopes.join(','), rank: 2 },
    { head: 'Issuer', cell: ({ issuer }) => issuer ?? '', rank: 4 },
    { head: 'Clients', cell: ({ clients }) => clients.join(','), rank: 6 },
    {
      head: 'Last login',
      cell: ({ lastLogonTime }, now) => {
        const time = toDate(lastLogonTime);
        return time === undefined ? 'never' : formatRelativeTime(time, now);
      },
      value: ({ lastLogonTime }) => toDate(lastLogonTime)?.toISOString() ?? '',
      rank: 5,
    },
  ],
  nameOf: ({ name }) => name,
});

function formatStatus({ complete }: CiTrust) {
  return complete ? 'complete' : ({ text: 'incomplete', tone: 'bad' } as const);
}

const trustKey: ObjectKey<string, unknown> = {
  add: (command) => command.addArgument(new Argument('[name]', 'name of the trust')),
  read: ([name], _flags, { terminal }) =>
    readName(name, { label: 'Trust', hint: 'pass the name of the trust as an argument' }, terminal),
};

export const show = showObjectCommand({
  description:
    'Show which ID tokens a trust accepts, and which scopes it grants. Requires the scopes scim.read, ' +
    'idps.read and clients.read.',
  examples: { 'show a trust': 'tpks uaa trust show app' },
  key: trustKey,
  resource: createTrusts,
  read: async (trusts, name) => ({ ...(await trusts.get(name)) }),
  nameField: 'name',
});

interface TestFlags {
  readonly idTokenFile?: string;
  readonly client?: string;
}

type TestDeps = Pick<
  Services,
  'terminal' | 'uaaContext' | 'uaaResource' | 'idTokens' | 'requestToken' | 'clock'
>;

export const test: Leaf = {
  description:
    'Compare an ID token with a trust, and try to log in with it. Shows PASS or FAIL for each check, ' +
    'and exits with 1 if one fails. Changes nothing. Requires the scopes scim.read, idps.read and ' +
    'clients.read.',
  examples: {
    'find out why a job cannot log in': 'tpks uaa trust test app --id-token-file token.txt',
  },
  define(command, deps: TestDeps) {
    command
      .argument('<name>', 'name of the trust')
      .addOption(
        withInputFile(
          new Option(
            '--id-token-file <path>',
            'file that contains the ID token; - for stdin (default: the ID token of the CI job) [TPKS_ID_TOKEN]',
          ),
        ),
      )
      .addOption(
        withUaaNames(
          new Option('--client <id>', `UAA client of the jobs (default: ${defaultCiClient})`),
          'clients',
        ),
      )
      .action((name: string, flags: TestFlags) => testTrust(name, flags, deps));
  },
};

/** @throws {TpksError} `failed` after the results are shown, if a check has failed. */
async function testTrust(
  name: string,
  { idTokenFile, client }: TestFlags,
  deps: TestDeps,
): Promise<void> {
  const installation = await deps.uaaContext();
  const { uaa, caCert, skipTlsVerification } = installation;
  const trusts = deps.uaaResource(createTrusts);
  const trust = await trusts.get(name);
  const audience = trust.audience ?? uaa;
  const idToken = await deps.idTokens.find({ audience, file: idTokenFile, installation });
  const results = [...compareJob(trust, readJob(idToken), deps.clock.now())];

  const clientId = client ?? trust.clients.find((id) => id === defaultCiClient) ?? trust.clients[0];
  const id = clientId ?? defaultCiClient;
  results.push(checkTrustClient(trust, id, await trusts.findClient(id)));
  const identity = { uaa, caCert, skipTlsVerification, clientId: id, clientSecret: new Secret('') };
  try {
    const { scope } = await deps.requestToken(identity, { kind: 'jwt_bearer', idToken }, undefined);
    results.push({ check: 'login', passed: true, message: `granted ${scope}` });
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const { message, hint } = error;
    results.push({ check: 'login', passed: false, message, hint });
  }

  const failed = results.filter(({ passed }) => !passed).length;
  await deps.terminal.show({
    json: { name, passed: failed === 0, checks: results },
    text: formatChecks(results),
    screen: (width) => fitLines(formatChecks(results), width),
  });
  if (failed === 0) return;
  throw new TpksError('failed', `${failed} of ${results.length} checks failed`, {
    hint: `show the trust: tpks uaa trust show ${quoteForShell(name)}`,
  });
}

function formatChecks(results: readonly TrustCheck[]): readonly Line[] {
  return results.flatMap(({ check, passed, message, hint }): Line[] => [
    [
      passed ? { text: 'PASS', tone: 'good' } : { text: 'FAIL', tone: 'bad' },
      `  ${check.padEnd(10)}${message}`,
    ],
    ...(hint?.split('\n') ?? []).map((line) => `      ${line}`),
  ]);
}

export const remove = deleteObjectCommand({
  description:
    'Remove a trust. Its jobs can no longer log in, and their tokens expire within minutes. Deletes the ' +
    'user, and also the identity provider and the client if tpks created them and no other trust uses them. ' +
    'Asks for confirmation on a terminal. Requires the scopes scim.read, scim.write, idps.read, idps.write, ' +
    'clients.read and clients.write.',
  examples: {
    'remove a trust; succeeds if it does not exist': 'tpks uaa trust remove app --if-exists',
  },
  key: trustKey,
  resource: createTrusts,
  action: (name) => `remove the trust ${name}`,
  describe: async (trusts, name) => {
    const steps = await trusts.planRemoval(name);
    const deleted = steps.filter(({ action }) => action === 'remove');
    const objects = deleted.map(({ kind, name }) => `${kind} ${quoteForShell(name)}`);
    return `remove the trust ${name}, and delete: ${objects.join(', ')}`;
  },
  remove: (trusts, name) => trusts.remove(name),
  successMessage: ({ name }) => `Trust ${name} removed`,
});
