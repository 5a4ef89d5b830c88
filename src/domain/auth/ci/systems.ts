import { defaultCiClient } from '../../../base/pks-conventions.js';
import { quoteForShell } from '../../../base/shell-quote.js';

/** Where a pod's volume with the token of its service account is mounted. */
export const podTokenPath = '/var/run/secrets/tpks/token';

/** The claims that identify a job. */
export interface JobIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** The values for the configuration of a job that logs in. */
interface JobLogin {
  /** The value for `TPKS_API`. */
  readonly api: string;
  /** The subject that the job must have. */
  readonly subject: string;
  /** `undefined` if the UAA is on the default port of the API's host. */
  readonly uaaUrl?: string | undefined;
  /** Whether a job needs the CA of the installation, which the system does not trust. */
  readonly needsCaCert?: boolean;
  readonly audience: string;
  /** Whether the audience is the URL of the UAA, which tpks uses by default. */
  readonly isDefaultAudience: boolean;
  readonly clientId: string;
}

/** A CI system whose jobs have OIDC tokens. @see docs/contributing/servers/ci.md#ci-tokens */
export interface CiSystem {
  readonly title: string;
  /** `undefined` if each installation of the system has its own issuer. */
  readonly issuer: string | undefined;
  /** Origin of the jobs' users in the UAA; `undefined` to use the host of the issuer. */
  readonly origin?: string;
  /** URL path of the issuer's keys; `undefined` if only its discovery document contains it. */
  readonly keyPath?: string;
  /** The part of a CI configuration that logs in. */
  readonly snippet: (login: JobLogin) => readonly string[];
  /** Matches the subjects of this system; its groups are the values for `trustOptions`. */
  readonly subjectPattern: RegExp;
  /** The options of `tpks uaa trust add` for a subject. */
  readonly trustOptions: (
    values: readonly (string | undefined)[],
    issuer: string,
  ) => readonly string[];
}

const github: CiSystem = {
  title: 'GitHub Actions',
  issuer: 'https://token.actions.githubusercontent.com',
  origin: 'github-actions',
  keyPath: '/.well-known/jwks',
  snippet: (login) => {
    const [, , environment] = github.subjectPattern.exec(login.subject) ?? [];
    return [
      'jobs:',
      '  clusters:',
      '    runs-on: ubuntu-24.04',
      ...(environment === undefined ? [] : [`    environment: ${quoteForYaml(environment)}`]),
      '    permissions:',
      '      contents: read',
      '      id-token: write',
      '    env:',
      ...variables(login).map(([name, value]) => `      ${name}: ${value}`),
      ...(login.needsCaCert === true ? ['      TPKS_CA_CERT: ${{ vars.PKS_CA_PEM }}'] : []),
      ...(login.isDefaultAudience ? [] : [`      TPKS_AUDIENCE: ${login.audience}`]),
      '    steps:',
      '      - run: tpks clusters',
    ];
  },
  subjectPattern: /^repo:([^:]+):(?:environment:(.+)|ref:(.+))$/,
  trustOptions: ([repository = '', environment, ref = ''], issuer) => [
    `--github ${quoteForShell(repository)}`,
    environment === undefined
      ? `--ref ${quoteForShell(ref.replace(/^refs\/heads\/(?!refs\/)/, ''))}`
      : `--environment ${quoteForShell(environment)}`,
    ...otherIssuer(github, issuer),
  ],
};

const gitlab: CiSystem = {
  title: 'GitLab CI',
  issuer: 'https://gitlab.com',
  origin: 'gitlab',
  keyPath: '/oauth/discovery/keys',
  snippet: (login) => [
    'clusters:',
    '  id_tokens:',
    '    TPKS_ID_TOKEN:',
    `      aud: ${login.audience}`,
    '  variables:',
    ...variables(login).map(([name, value]) => `    ${name}: ${value}`),
    '  script:',
    ...(login.needsCaCert === true ? ['    - export TPKS_CA_CERT="$PKS_CA"'] : []),
    '    - tpks clusters',
  ],
  subjectPattern: /^project_path:([^:]+):ref_type:branch:ref:(.+)$/,
  trustOptions: ([project = '', ref = ''], issuer) => [
    `--gitlab ${quoteForShell(project)}`,
    `--ref ${quoteForShell(ref)}`,
    ...otherIssuer(gitlab, issuer),
  ],
};

const kubernetes: CiSystem = {
  title: 'Kubernetes',
  issuer: undefined,
  snippet: (login) => [
    'spec:',
    `  serviceAccountName: ${login.subject.replace(/.*:/, '')}`,
    '  containers:',
    '    - name: clusters',
    '      args: [clusters]',
    '      env:',
    ...variables(login).map(([name, value]) => `        - { name: ${name}, value: ${value} }`),
    ...(login.needsCaCert === true
      ? [
          '        - { name: TPKS_CA_CERT, valueFrom: { configMapKeyRef: { name: pks, key: ca.pem } } }',
        ]
      : []),
    '      volumeMounts:',
    `        - { name: tpks-token, mountPath: ${podTokenPath.replace(/\/token$/, '')}, readOnly: true }`,
    '  volumes:',
    '    - name: tpks-token',
    '      projected:',
    '        sources:',
    '          - serviceAccountToken:',
    `              audience: ${login.audience}`,
    '              expirationSeconds: 600',
    '              path: token',
  ],
  subjectPattern: /^system:serviceaccount:([^:]+):([^:]+)$/,
  trustOptions: ([namespace = '', name = ''], issuer) => [
    `--kubernetes ${quoteForShell(issuer)}`,
    `--service-account ${quoteForShell(`${namespace}/${name}`)}`,
  ],
};

export const ciSystems = { github, gitlab, kubernetes } as const;

function variables({ api, uaaUrl, clientId }: JobLogin): readonly (readonly [string, string])[] {
  return [
    ['TPKS_API', api],
    ...(uaaUrl === undefined ? [] : [['TPKS_UAA_URL', uaaUrl] as const]),
    ['TPKS_CI_LOGIN', "'1'"],
    ...(clientId === defaultCiClient ? [] : [['TPKS_CLIENT_NAME', clientId] as const]),
  ];
}

function quoteForYaml(text: string): string {
  return /^[a-z][\w-]*$/i.test(text) ? text : JSON.stringify(text);
}

/** The environment variables of a job in any other CI system. */
export function formatJobVariables(login: JobLogin): readonly string[] {
  return [
    ...variables(login).map(([name, value]) => `${name}=${value}`),
    ...(login.needsCaCert === true ? ['TPKS_CA_CERT=ca.pem  # a path or the PEM text'] : []),
    `TPKS_ID_TOKEN=ID-TOKEN  # with the audience ${login.audience}`,
  ];
}

function otherIssuer({ issuer: usual }: CiSystem, issuer: string): readonly string[] {
  return issuer === usual ? [] : [`--issuer ${quoteForShell(issuer)}`];
}

export interface TrustAddOptions {
  /** `undefined` for the default, the URL of the UAA. */
  readonly audience?: string | undefined;
  readonly clientId: string;
  readonly scope?: string | undefined;
}

/** The command that lets the jobs with this subject log in, with a placeholder for the name of the trust. */
export function formatTrustAdd(
  { issuer, subject }: JobIdentity,
  { audience, clientId, scope }: TrustAddOptions,
): string {
  const { system, values } = matchSystem(subject);
  return [
    'tpks uaa trust add NAME',
    ...(system?.trustOptions(values, issuer) ?? [
      `--issuer ${quoteForShell(issuer)}`,
      `--subject ${quoteForShell(subject)}`,
    ]),
    ...(audience === undefined ? [] : [`--audience ${quoteForShell(audience)}`]),
    ...(clientId === defaultCiClient ? [] : [`--client ${quoteForShell(clientId)}`]),
    ...(scope === undefined ? [] : [`--scope ${quoteForShell(scope)}`]),
  ].join(' ');
}

function matchSystem(subject: string): {
  readonly system?: CiSystem;
  readonly values: readonly string[];
} {
  for (const system of Object.values(ciSystems)) {
    const [matched, ...values] = system.subjectPattern.exec(subject) ?? [];
    if (matched !== undefined) return { system, values };
  }
  return { values: [] };
}

/** The subject of a GitHub job. `ref` is a branch, or a full name such as `refs/tags/v1`. */
export function createGithubSubject(
  repository: string,
  job: { readonly environment: string } | { readonly ref: string },
): string {
  if ('environment' in job) return `repo:${repository}:environment:${job.environment}`;
  const ref = job.ref.startsWith('refs/') ? job.ref : `refs/heads/${job.ref}`;
  return `repo:${repository}:ref:${ref}`;
}

/** The subject of a GitLab job on a branch. */
export function createGitlabSubject(project: string, branch: string): string {
  return `project_path:${project}:ref_type:branch:ref:${branch}`;
}

/** The subject of a pod. @param account - `NAMESPACE/NAME` */
export function createPodSubject(account: string): string {
  return `system:serviceaccount:${account.replace('/', ':')}`;
}
