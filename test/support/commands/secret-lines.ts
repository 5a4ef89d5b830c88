import { clientKey, privateMember, publicClientKey } from '../fixtures/client-key.js';
import { jwt } from '../fixtures/jwt.js';

// The values contain characters that each encoding represents differently.
const password = `p%2Bq+r,s&t=u/ü"<'é7A`;
const another = `q%2Br+s,t&u=v/ö"<'è8B`;
const secret = 'robot%secret+of/4711';
const nextSecret = 'robot&secret?of=4712';
const idToken = jwt({ iss: 'https://ci.example.com', sub: 'job', aud: 'uaa', exp: 4102444800 });

/** The passwords and secrets in the command lines below, by a name for the report. */
export const secrets: Readonly<Record<string, string>> = {
  'a password': password,
  'a new password': another,
  'the secret of admin': 'adminsecret',
  'the password of alana': 'alana-password',
  'the password of cody': 'cody-password',
  'the password of dana': 'dana-password',
  'the secret of a client': secret,
  'its next secret': nextSecret,
  'the key of a client': privateMember,
  'an ID token': idToken,
};

/** Environment variables of the commands. */
export const environment = {
  ZOE_PASSWORD: password,
  TPKS_STORE: 'file',
  PKS_USER_PASSWORD: 'alana-password',
};

/** Files in the working directory of the commands, by name. */
export const inputs: Readonly<Record<string, string>> = {
  'ci.secret': `${secret}\n`,
  'robot.jwk': clientKey,
  'access.json': JSON.stringify({
    users: { zoe: { emails: ['zoe@example.com'], password_from: 'env:ZOE_PASSWORD' } },
    clients: {
      'ci-reader': {
        authorized_grant_types: ['client_credentials'],
        authorities: ['pks.clusters.admin.read'],
        secret_from: 'file:ci.secret',
      },
    },
  }),
  'network.json': JSON.stringify({ name: 'scan-net', parameters: { lb_size: 'small' } }),
  'compute.json': JSON.stringify({
    name: 'scan-cpu',
    parameters: { azs: [{ name: 'z1', cpi: 'abc', cloud_properties: {} }] },
  }),
  'kubernetes.json': JSON.stringify({
    name: 'scan-k8s',
    customizations: [{ component: 'kubelet', arguments: { 'max-pods': '99' } }],
  }),
};

/** A command line to run. */
export interface Line {
  /**
   * The words after `tpks`, separated by spaces. `$UAA`, `$API`, `$CA`, `$PASSCODE(user)`,
   * `$TOKEN`, `$REFRESH` and `$TASK` are replaced by their values.
   */
  readonly line: string;
  readonly stdin?: string;
  /** The expected exit code. */
  readonly code: number;
  /**
   * Whether the purpose of the command is to print a secret, which may then appear on stdout only.
   */
  readonly product: boolean;
}

const line = (text: string, more: Partial<Line> = {}): Line => ({
  ...{ line: text, code: 0, product: false },
  ...more,
});
const printsSecret = (text: string) => line(text, { product: true });
const fails = (text: string, code = 1) => line(text, { code });

/** Command lines that depend on each other and share one home directory. */
export interface Scenario {
  /** The identity that is logged in at the start: the UAA client `admin`, or the user `alana`. */
  readonly as: 'anonymous' | 'admin' | 'alana';
  readonly lines: readonly Line[];
}

const target = line('uaa target $UAA --ca-cert $CA');
const login = 'login -a $API --uaa-url $UAA --ca-cert $CA';
const unseen = '--no-browser --browser-timeout 1';

/** Command lines that cover every command of tpks, except those in {@link uncoveredCommands}. */
export const scenarios: readonly Scenario[] = [
  {
    as: 'anonymous',
    lines: [
      ...[target, line('uaa target'), line('uaa targets'), line('uaa info')],
      ...[line('uaa prompts'), line('uaa version'), line('uaa signing key')],
      line('uaa token client get admin -s adminsecret --save-secret'),
      fails(`uaa token client get admin -s ${secret}`, 4),
      ...[line('uaa contexts'), line('uaa context'), line('uaa token decode $TOKEN')],
      fails('uaa token decode $TOKEN -c admin -s adminsecret'),
      ...[line('uaa token list --client admin'), line('uaa token delete --all')],
    ],
  },
  {
    as: 'anonymous',
    lines: [
      target,
      line('uaa token owner get pks_cli dana --secret= -p dana-password'),
      ...[line('uaa me'), line('uaa token decode'), line('uaa token refresh --secret=')],
      line('uaa token refresh $REFRESH -c pks_cli --secret='),
      line('uaa token sso get pks_cli --passcode $PASSCODE(dana) --secret='),
      fails('uaa token sso get pks_cli --passcode $PASSCODE(dana) --secret=', 4),
      line('uaa token get cody cody-password'),
      fails(`uaa token get cody ${password}`, 4),
      fails(`uaa token authcode get -c pks_cli --secret= ${unseen}`, 4),
      fails(`uaa token implicit get ${unseen}`, 4),
    ],
  },
  {
    as: 'admin',
    lines: [
      line(`uaa user add erin --emails e@example.com -p ${password}`),
      fails(`uaa user add erin --emails e@example.com -p ${password}`),
      ...[line('uaa user get erin'), line('uaa users'), line('uaa user ids erin')],
      line('uaa user update erin --phones 4711'),
      ...[line('uaa user deactivate erin'), line('uaa user activate erin')],
      ...[line('uaa user unlock erin'), line(`uaa password set erin -p ${another}`)],
      line('uaa password set erin --password-stdin', { stdin: password }),
      fails(`uaa password strength ${another}`),
      line(`uaa token owner get pks_cli erin --secret= -p ${password}`),
      fails(`uaa password change -o ${password} -p ${another}`),
      ...[line('uaa context 0'), line('uaa token revoke --user erin')],
      ...[line('uaa user delete erin'), fails('uaa user get erin')],
    ],
  },
  {
    as: 'admin',
    lines: [
      ...[line('access admin'), line('access --findings --try-empty-secrets')],
      line('access --html report.html'),
      ...[line('uaa groups'), line('uaa group add scan.test'), line('uaa group get scan.test')],
      line('uaa group map --name scan.test cn=scan'),
      ...[line('uaa group mappings'), line('uaa group unmap scan.test cn=scan')],
      ...[line('uaa member add scan.test cody'), line('uaa members scan.test')],
      ...[line('uaa member delete scan.test cody'), line('uaa group delete scan.test')],
      ...[line('uaa idps'), line('uaa idp get uaa'), line('uaa zones')],
      line('uaa trust add app --github octo/app --ref main --yes'),
      ...[line('uaa trust list'), line('uaa trust show app')],
      line('uaa trust test app --id-token-file -', { stdin: idToken, code: 1 }),
      line('uaa trust remove app'),
      ...[line('uaa curl /Users'), fails('uaa curl /no-such-thing', 5)],
      line(
        `uaa curl -X POST /Users -d {"userName":"curled","password":${JSON.stringify(password)},"emails":[{"value":"c@example.com"}]} -H content-type:application/json`,
      ),
    ],
  },
  {
    as: 'admin',
    lines: [
      line(
        `uaa client add robot -s ${secret} --authorized_grant_types client_credentials --authorities clients.secret`,
      ),
      printsSecret(
        'uaa client add generated --generate-secret --authorized_grant_types client_credentials',
      ),
      ...[line('uaa clients'), line('uaa client get robot'), line('uaa client get robot --meta')],
      line('uaa client update robot --access_token_validity 60'),
      line('uaa client jwt add robot --jwks_uri https://ci.example.com/keys'),
      line('uaa client jwt update robot --jwks_uri https://ci.example.com/keys'),
      line('uaa client jwt delete robot --jwks_uri https://ci.example.com/keys'),
      line(`uaa client jwt add robot --jwks ${publicClientKey}`),
      line('uaa client jwt rotate robot --key-file robot.jwk --generate-key robot-2.jwk'),
      line('uaa token client get robot --key-file robot-2.jwk'),
      line('uaa token client get robot --key-file robot.jwk'),
      fails('uaa token client get admin --key-file robot.jwk', 4),
      line('uaa context 0'),
      line(`uaa secret add robot -s ${nextSecret}`),
      ...[line('uaa secret delete robot'), line(`uaa secret set robot -s ${secret}`)],
      printsSecret('uaa secret set generated --generate-secret'),
      line(`uaa token client get robot -s ${secret}`),
      line(`uaa secret change --old_secret ${secret} -s ${nextSecret}`),
      fails(`uaa secret change --old_secret ${secret} -s ${nextSecret}`, 4),
      ...[line('uaa context 0'), line('uaa client delete robot')],
      line('uaa token revoke --client generated'),
    ],
  },
  {
    as: 'admin',
    lines: [
      ...[line('uaa plan -f access.json'), line('uaa apply -f access.json --yes')],
      ...[line('uaa plan -f access.json'), line('uaa export')],
    ],
  },
  {
    as: 'anonymous',
    lines: [
      line(`${login} -u cody -p cody-password`),
      fails(`${login} -u cody -p ${password}`, 4),
      line(`${login} -u cody --password-stdin`, { stdin: 'cody-password' }),
      line(`${login} --sso-passcode $PASSCODE(naomi)`),
      fails(`${login} --sso-passcode $PASSCODE(naomi)`, 4),
      fails(`${login} --sso ${unseen}`, 2),
      line(`${login} --client-name admin --client-secret adminsecret --save-secret`),
      ...[line('status'), printsSecret('token'), line('token --decode'), line('contexts')],
      ...[line('curl /v1/clusters -i'), line('curl --uaa /Users')],
      line('context show'),
      line('context rename admin@localhost work'),
      ...[line('context use work'), line('context delete work'), line('logout --all')],
    ],
  },
  {
    as: 'anonymous',
    lines: [
      line(`${login} -u cody -p cody-password --write-creds --name cody`),
      ...[line('status'), printsSecret('token --min-ttl 9m'), line('import --dry-run')],
      line('import --delete-files'),
      ...[line('logout'), fails('import')],
    ],
  },
  {
    as: 'alana',
    lines: [
      line('create-cluster scan -e scan.example.com -p small'),
      ...[line('wait scan'), line('clusters'), line('cluster scan --details')],
      fails('cluster no-such-cluster'),
      ...[line('update-cluster scan --tags a:b --non-interactive'), line('wait scan')],
      ...[
        line('resize scan -n 2 --non-interactive'),
        line('wait scan'),
        line('upgrade-cluster scan --non-interactive'),
      ],
      ...[line('wait scan'), line('delete-cluster scan --non-interactive'), line('plans')],
    ],
  },
  {
    as: 'alana',
    lines: [
      line('get-credentials dev-1'),
      ...[line('kube-credential', { product: true }), line('kubeconfig list -o wide')],
      ...[line('kubeconfig list --json'), line('get-credentials dev-2 dev-1 --json')],
      line('each --trace -- sh -c cat$IFS$KUBECONFIG'),
      fails('each --trace --cluster dev-1 -- sh -c printenv${IFS}PKS_USER_PASSWORD'),
      printsSecret('token --audience kubernetes --format json'),
      printsSecret('get-credentials dev-1 --print --kubeconfig-format oidc'),
      fails('get-credentials no-such-cluster'),
      line('create-cluster scan-kube -e kube.example.com -p small --wait'),
      line('get-credentials scan-kube'),
      line('delete-cluster scan-kube --prune-kubeconfig --non-interactive'),
      ...[line('kubeconfig remove dev-1'), line('kubeconfig remove --stale')],
      printsSecret(
        'get-kubeconfig dev-1 -a $API --uaa-url $UAA --ca-cert $CA -u alana -p alana-password --print --kubeconfig-format token',
      ),
      line('get-kubeconfig dev-1 -a $API --uaa-url $UAA --ca-cert $CA -u alana'),
      fails(`get-kubeconfig dev-1 -a $API --uaa-url $UAA --ca-cert $CA -u alana -p ${password}`, 4),
      ...[line('context rename alana@localhost work'), line('logout')],
    ],
  },
  {
    as: 'alana',
    lines: [
      line('create-cluster scan-tasks -e tasks.example.com -p small --wait'),
      ...[
        line('upgrade-clusters -c scan-tasks --json --non-interactive'),
        line('tasks'),
        line('task $TASK'),
      ],
      line('cancel-task $TASK --non-interactive'),
    ],
  },
  {
    as: 'alana',
    lines: [
      ...['network', 'kubernetes', 'compute'].flatMap((kind) => {
        const name = { network: 'net', kubernetes: 'k8s', compute: 'cpu' }[kind] ?? kind;
        return [
          line(`create-${kind}-profile ${kind}.json`),
          ...[line(`${kind}-profiles`), line(`${kind}-profile scan-${name}`)],
          line(`delete-${kind}-profile scan-${name} --non-interactive`),
        ];
      }),
      line('create-quota scanned --cpu 4 --memory 5.5 --clusters 10'),
      line('update-quota scanned --cpu 5'),
      ...[line('quotas'), line('quota scanned'), line('usages'), line('usage cody')],
      line('delete-quota scanned --non-interactive'),
      ...['bash', 'zsh', 'fish', 'powershell', 'install bash'].map((words) =>
        line(`completion ${words}`),
      ),
      ...[line('help exit-codes'), line('doctor'), fails('expiry', 5)],
    ],
  },
];

/** Commands that {@link scenarios} does not cover, with the reason. */
export const uncoveredCommands: Readonly<Record<string, string>> = {
  sandbox: 'runs until it is stopped, and prints the passwords of its users on purpose',
};
