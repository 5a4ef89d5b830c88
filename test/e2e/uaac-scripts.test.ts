import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createShellUser } from '../support/program/shell-lines.js';
import { startUaaUnderTest, type UaaUnderTest } from '../support/servers/uaa-under-test.js';

/**
 * Lines of shell scripts for `uaac`, run through a link of that name. They use the sandbox's UAA, or a
 * real one if its address is set. The expected text is what uaac 5.0.0 prints.
 * @see docs/contributing/servers/uaac.md
 */

let server: UaaUnderTest;
const run = Math.random().toString(36).slice(2, 8);
const { user, shell } = createShellUser();

beforeAll(async () => {
  server = await startUaaUnderTest();
}, 60_000);

afterAll(() => server.close());

/** Runs a script with `$UAA`, `$HOST`, `$CA` and `$RUN`. */
function script(text: string, stdin?: string) {
  const env = { UAA: server.uaa, HOST: new URL(server.uaa).host, CA: server.caCert, RUN: run };
  return shell(text, { env, ...(stdin === undefined ? {} : { stdin }) });
}

type Line = readonly [script: string, expected: string | RegExp, details?: Details];

interface Details {
  readonly code?: number;
  readonly stdin?: string;
}

/** Checks the exit code and all of stdout, in which `$RUN` and `$UAA` are replaced. */
function testLines(lines: readonly Line[]): void {
  test.each(lines)('%s', async (text, expected, { code = 0, stdin } = {}) => {
    const result = await script(text, stdin);
    const stdout = result.stdout.replaceAll(run, '$RUN').replaceAll(server.uaa, '$UAA');
    expect({ ...result, stdout }).toMatchObject({
      code,
      stdout: typeof expected === 'string' ? expected : expect.stringMatching(expected),
    });
  });
}

const ldapUser = JSON.stringify({
  ...{ userName: 'carl-RUN', origin: 'ldap' },
  emails: [{ value: 'carl@example.com' }],
});

const notFound = '\nCF::UAA::NotFound: CF::UAA::NotFound\n\n';
const fetched =
  /\nSuccessfully fetched token via client credentials grant\.\nTarget: \$UAA\nContext: admin, from client admin\n\n$/;

describe('without a target', () => {
  testLines([
    ['uaac target', 'no target set\n'],
    ['uaac target --skip-ssl-validation', 'no target set\n', { code: 1 }],
    ['uaac targets', '\nno targets\n'],
    ['uaac users', '\nArgumentError: target and context not set\n\n', { code: 1 }],
    ['uaac me', 'target not set\n', { code: 1 }],
    [
      'uaac token refresh',
      'uaac error\nArgumentError: target and context not set\n\n',
      { code: 1 },
    ],
    [
      'uaac token decode a.b',
      '\nCF::UAA::InvalidTokenFormat: Not enough or too many segments\n\n',
      { code: 1 },
    ],
    ['uaac version', /^UAA client \d+\.\d+\.\d+\n$/],
    ["uaac --version | awk '{print $3}'", /^\d+\.\d+\.\d+\n$/],
    ['uaac -v | grep -c "UAA client"', '1\n'],
    ['uaac help | head -n 2', '\nUAA Command Line Interface\n'],
    ['uaac help token | grep -c "token client get \\[id\\]"', '1\n'],
    ['uaac help user add | grep -o "given_name <name>"', 'given_name <name>\n'],
    ['uaac user add --help | grep -o "emails <addresses>"', 'emails <addresses>\n'],
    ['uaac help nosuch', '\nNo command or topic found to match: nosuch\n', { code: 1 }],
    ['uaac nosuch', 'uaac: subcommand not found\n', { code: 1 }],
    [
      'uaac --nosuch users',
      'uaac error\nOptionParser::InvalidOption: invalid option: --nosuch\n\n',
      { code: 1 },
    ],
    [
      'uaac client add job --auth client_credentials',
      'uaac error\nOptionParser::AmbiguousOption: ambiguous option: --auth\n\n',
      { code: 1 },
    ],
    ['uaac users --origin x | head -n 2', '\nInvalid option: origin\n'],
    ['uaac user get a b | sed -n 2p', 'Too many command line parameters given.\n'],
  ]);
});

describe('targets and tokens', () => {
  testLines([
    [
      'uaac target $UAA',
      "failed to access $UAA: Invalid SSL Cert for $UAA/login. Use '--skip-ssl-validation' to continue with an insecure target\n",
      { code: 1 },
    ],
    ['uaac target https://localhost:1 | cut -d: -f1-3', 'failed to access https://localhost:1\n'],
    ['uaac --skip-ssl-validation target $HOST', '\nTarget: $UAA\n\n'],
    ['uaac target --ca-cert "$CA" $UAA/', '\nTarget: $UAA\n\n'],
    ['SSL_CERT_FILE="$CA" uaac target $UAA | grep -q Target: && echo ok', 'ok\n'],
    ["uaac targets | awk '/\\*/ {print $3}'", '$UAA\n'],
    ['uaac target 7', 'invalid target index\n', { code: 1 }],
    ['uaac --config down.yml target -f localhost:1', '\nTarget: https://localhost:1\n\n'],
    ['uaac --config down.yml target 0', '\nTarget: https://localhost:1\n\n'],
    [
      'uaac token client get admin -s wrong',
      /^\nerror response:\n\{\n {2}"error": "(unauthorized|invalid_client)",\n {2}"error_description": "Bad credentials"\n\}\nattempt to get token failed\n$/,
      { code: 1 },
    ],
    ['uaac token client get admin -s adminsecret', fetched],
    ['uaac token -s adminsecret client get admin --scope scim.read,scim.write', fetched],
    ['uaac token client get admin', /^Client secret: {2}\*{11}\n/, { stdin: 'adminsecret\n' }],
    [
      'printf " admin \\n adminsecret\\t\\n" | uaac token client get | tail -n 2',
      'Context: admin, from client admin\n\n',
    ],
    [
      "uaac token client get '' -s x",
      '\nArgumentError: the client ID is empty\n\nattempt to get token failed\n',
      { code: 1 },
    ],
    [
      'printf "%s\\n" admin adminsecret | uaac token client get | head -n 1',
      'Client ID:  Client secret:  ***********\n',
    ],
    ['uaac -t token client get admin -sadminsecret 2>/dev/null', fetched],
    ['uaac --no-color --no-trace token client get admin --secret=adminsecret', fetched],
    ["uaac context | grep access_token | awk '{print $2}'", /^eyJ[\w.-]+\n$/],
    ['uaac context | sed -n 2p', '[0]*[$UAA]\n'],
    ['uaac contexts | grep -c "\\[0\\]\\*\\[admin\\]"', '1\n'],
    ['uaac context nosuch', 'uaac error\nArgumentError: unknown context nosuch\n\n', { code: 1 }],
    ['uaac token decode | grep "^  client_id"', '  client_id: admin\n'],
    ['uaac me | grep -o access_denied', 'access_denied\n'],
    ['uaac info | grep -A1 "^  app$" | tail -n 1', /^ {4}version: \d/],
    ["uaac prompts | awk '/password:/ {print $2}'", 'password\n'],
    ['uaac signing key | grep "^  alg: "', '  alg: RS256\n'],
  ]);
});

describe('users and groups', () => {
  testLines([
    [
      'uaac user add erin-$RUN --given Erin --family Example --emails erin@example.com -p "erin secret 7"',
      'user account successfully added\n',
    ],
    [
      'uaac user add erin-$RUN --emails e@example.com -p x | grep -o already_exists | head -n 1',
      'already_exists\n',
    ],
    [
      'uaac user add ben-$RUN --emails ben@example.com',
      /^Password: {2}\*\*\*\*\nVerify password: {2}\*\*\*\*\nuser account successfully added\n$/,
      { stdin: 'pw-1\npw-1\n' },
    ],
    [
      'uaac user add nomail-$RUN -p x | grep -o "Exactly one email"',
      'Exactly one email\nExactly one email\n',
    ],
    ['uaac users | head -n 2', '  resources: \n  -\n'],
    [
      'uaac users "userName eq \\"erin-$RUN\\"" | grep \'    username:\'',
      '    username: erin-$RUN\n',
    ],
    ['uaac users -a id,userName --count 1 | grep -c "^    username"', '1\n'],
    ["uaac users --count 1 | awk '/itemsperpage/ {print $2}'", '1\n'],
    [
      'uaac user get erin-$RUN | grep -A2 "^  name$"',
      '  name\n    familyname: Example\n    givenname: Erin\n',
    ],
    [
      'uaac user get erin-$RUN | grep -A3 "^  emails"',
      /^ {2}emails: \n {2}-\n {4}value: erin@example\.com\n/,
    ],
    ['uaac user get erin-$RUN -a userName', /username: erin-\$RUN\n/],
    ['uaac user get nosuch-$RUN', notFound, { code: 1 }],
    ['uaac user get', 'User name:  \nEOFError: The input stream is exhausted.\n\n', { code: 1 }],
    ["uaac user ids erin-$RUN | awk '/username/ {print $2}'", 'erin-$RUN\n'],
    ['uaac user update erin-$RUN --given Erna', 'user account successfully updated\n'],
    ['uaac user get erin-$RUN | grep name:', /familyname: Example\n {4}givenname: Erna\n/],
    ['uaac user update erin-$RUN', 'no user updates specified\n'],
    [
      'uaac user deactivate erin-$RUN && uaac user activate erin-$RUN',
      'user account successfully deactivated\nuser account successfully activated\n',
    ],
    ['uaac user unlock erin-$RUN', 'user account successfully unlocked\n'],
    ['uaac password set erin-$RUN -p "erin secret 8"', 'password successfully set\n'],
    [
      'uaac password set nosuch-$RUN -p x',
      '\nCF::UAA::NotFound: nosuch-$RUN not found in $UAA/Users\n\n',
      { code: 1 },
    ],
    ['uaac group add g.$RUN | grep "^  displayname"', '  displayname: g.$RUN\n'],
    [
      'uaac group add g.$RUN | grep -o scim_resource_already_exists',
      'scim_resource_already_exists\n',
    ],
    [
      "uaac groups | grep '^  pks.clusters.manage$' || uaac group add pks.clusters.manage | grep -o pks.clusters.manage",
      /pks\.clusters\.manage\n/,
    ],
    ['uaac member add g.$RUN erin-$RUN ben-$RUN', 'success\n'],
    ['uaac member add g.$RUN erin-$RUN', '\nRuntimeError: no new users given\n\n', { code: 1 }],
    [
      'uaac member add g.$RUN nosuch-$RUN',
      '\nRuntimeError: not all users found, none added\n\n',
      { code: 1 },
    ],
    ['uaac member add uaa.user erin-$RUN | grep -c "to default group"', '2\n'],
    ['uaac member add g.$RUN', /not all users found, none added/, { code: 1 }],
    ['uaac group get g.$RUN | grep -c "    value:"', '2\n'],
    [
      `BODY=$(echo '${ldapUser}' | sed "s/RUN/$RUN/"); uaac curl /Users -XPOST -H content-type:application/json -d "$BODY" | grep -c userName`,
      /^[1-9]/,
    ],
    // As in the original, the membership has the origin uaa, so that logins do not delete it.
    ['uaac member add g.$RUN carl-$RUN', 'success\n'],
    [
      'uaac user add carl-$RUN --emails carl@example.com -p "carl secret 7" && uaac user get carl-$RUN | head -n 4',
      /^user account successfully added\nSelect an origin:\n1\. (ldap|uaa)\n2\. (ldap|uaa)\nSelect user: {2}/,
      { stdin: '1\n' },
    ],
    ['uaac user delete carl-$RUN --origin uaa', 'user account successfully deleted\n'],
    ['uaac group get g.$RUN | grep -c "    origin: uaa"', '3\n'],
    ['uaac user delete carl-$RUN', 'user account successfully deleted\n'],
    ['uaac member delete g.$RUN ben-$RUN', 'success\n'],
    [
      'uaac member delete g.$RUN ben-$RUN',
      '\nRuntimeError: no existing users to delete\n\n',
      { code: 1 },
    ],
    [
      'uaac group map cn=$RUN,dc=example --name g.$RUN',
      'Successfully mapped g.$RUN to cn=$RUN,dc=example for origin ldap\n',
    ],
    ['uaac group mappings --count 500 | grep "      g.$RUN"', '      g.$RUN: cn=$RUN,dc=example\n'],
    ['uaac group mappings --start -1 | grep -c totalresults', '1\n'],
    ['uaac group map cn=x', 'Please provide a group name or id\n', { code: 1 }],
    [
      'uaac group unmap g.$RUN cn=$RUN,dc=example | tail -n 1',
      'Successfully unmapped cn=$RUN,dc=example from g.$RUN for origin ldap\n',
    ],
    [
      'uaac group unmap g.$RUN cn=$RUN,dc=example | tail -n 2 | sed "s/groupId.[^/]*/groupId/"',
      'CF::UAA::NotFound: invalid response from /Groups/External/groupId/externalGroup/cn=$RUN,dc=example/origin/ldap: 404\n\n',
    ],
    ['uaac group unmap nosuch.$RUN cn=x | tail -n 1', 'Group nosuch.$RUN not found\n'],
    ['uaac group delete g.$RUN', 'success\n'],
    [
      'uaac group delete g.$RUN',
      '\nCF::UAA::NotFound: g.$RUN not found in $UAA/Groups\n\n',
      { code: 1 },
    ],
    [
      'for u in erin ben; do uaac user delete $u-$RUN; done',
      'user account successfully deleted\nuser account successfully deleted\n',
    ],
    ['uaac user delete erin-$RUN', notFound, { code: 1 }],
  ]);
});

describe('clients and requests', () => {
  testLines([
    [
      'uaac client add job-$RUN -s s3 --authorized_grant_types client_credentials --authorities pks.clusters.admin,pks.clusters.manage | grep authorities',
      /^ {2}authorities: pks\.clusters\.\w+ pks\.clusters\.\w+\n$/,
    ],
    [
      'uaac client add job-$RUN -s s3 --authorized client_credentials | grep error_description',
      '  "error_description": "Client already exists: job-$RUN"\n',
    ],
    [
      'uaac client add web-$RUN --authorized authorization_code --redirect http://localhost:8080/cb --scope openid',
      /^New client secret: {2}\*\*\nVerify new client secret: {2}\*\*\n {2}scope: openid\n {2}client_id: web-\$RUN\n/,
      { stdin: 's4\ns4\n' },
    ],
    [
      'uaac client add copy-$RUN --clone web-$RUN -s x | grep redirect_uri',
      '  redirect_uri: http://localhost:8080/cb\n',
    ],
    ["uaac client get web-$RUN | grep '  scope'", '  scope: openid\n'],
    [
      "uaac client get job-$RUN | awk '/authorized_grant_types:/ {print $2}'",
      'client_credentials\n',
    ],
    ['uaac client get nosuch-$RUN', notFound, { code: 1 }],
    ['uaac clients "client_id eq \\"job-$RUN\\"" | head -n 1', '  job-$RUN\n'],
    [
      'uaac client update web-$RUN --scope openid,roles | grep "^  scope"',
      /^ {2}scope: (openid roles|roles openid)\n$/,
    ],
    [
      'uaac client update web-$RUN',
      'Nothing to update. Use -i for interactive update.\n',
      { code: 1 },
    ],
    [
      'uaac client update web-$RUN --access_token_validity 600 | grep access',
      '  access_token_validity: 600\n',
    ],
    [
      'uaac client update web-$RUN --access_token_validity x',
      /^\nArgumentError: invalid value for access_token_validity: x \(expected a whole number/,
      { code: 1 },
    ],
    [
      'uaac client update web-$RUN -i --name Web | grep -oE "^scope .list. .[a-z ]+.:|^  autoapprove.*|^  name.*"',
      /^scope \(list\) \[[a-z ]+\]:\n {2}autoapprove: true\n {2}name: Web\n$/,
      { stdin: 'openid\n\n\n\n\n\ntrue\n\n\n\n\n' },
    ],
    ['uaac secret set job-$RUN -s s5', 'client secret successfully set\n'],
    [
      'uaac secret set job-$RUN',
      /^New secret: {2}\*\*\nVerify new secret: {2}\*\*\nclient secret successfully set\n$/,
      { stdin: 's6\ns6\n' },
    ],
    [
      'uaac token client get job-$RUN -s s6 > /dev/null && uaac contexts | grep -c "\\*\\[job-$RUN\\]"',
      '1\n',
    ],
    ['uaac users | grep -o insufficient_scope', 'insufficient_scope\n'],
    ['uaac context admin | grep -c "access_token: eyJ"', '1\n'],
    ['uaac secret set job-$RUN -s s7', 'client secret successfully set\n'],
    ['uaac context job-$RUN | grep -c access_token', '1\n'],
    ['uaac group delete x | grep -o invalid_token', 'invalid_token\n'],
    ['uaac password set x -p y | grep -o invalid_token', 'invalid_token\n'],
    ['uaac user unlock x | grep -o invalid_token', 'invalid_token\n'],
    ['uaac context admin | grep -c access_token', '1\n'],
    ['uaac curl /Users?count=1 -b | jq .itemsPerPage', '1\n'],
    ['uaac curl -b -X DELETE /Groups/nosuch | tail -n 1', /^.*\}\n$/],
    [
      'uaac curl "/Groups?count=1" -X GET -H "Accept: application/json" | head -n 3',
      'GET $UAA/Groups?count=1\nREQUEST HEADERS:\n  Accept: application/json\n',
    ],
    ['uaac curl /nosuch-$RUN', /^GET /, { code: 1 }],
    [
      'uaac curl https://example.com/ -b',
      '\nRuntimeError: The access token is not valid for https://example.com; nothing was sent\n\n',
      { code: 1 },
    ],
    ['uaac clients -o json | jq -r ".[].client_id" | grep "^job-$RUN$"', 'job-$RUN\n'],
    ['uaac user get admin-$RUN --json 2>&1 | jq -r .error.code', 'notFound\n'],
    [
      'cat > deploy.sh <<EOF\nset -e\nuaac client delete job-$RUN\nuaac client delete web-$RUN\nEOF\nbash deploy.sh',
      'client registration deleted\nclient registration deleted\n',
    ],
    [
      'uaac client delete job-$RUN',
      '\nCF::UAA::NotFound: invalid response from /oauth/clients/job-$RUN: 404\n\n',
      { code: 1 },
    ],
    ['uaac token delete job-$RUN && uaac contexts | grep -c "job-$RUN"', '0\n', { code: 1 }],
    ['uaac --config other.yml targets', '\nno targets\n'],
    ['UAAC_HOME=elsewhere env -u TPKS_HOME uaac targets', '\nno targets\n'],
  ]);
});

describe('on a terminal', () => {
  afterAll(async () => {
    await script('uaac context admin; uaac user delete erin-$RUN; uaac user delete ben-$RUN');
    await script('for c in job web copy; do uaac client delete $c-$RUN; done');
    await script('uaac group delete g.$RUN');
  }, 60_000);

  test('uaac context hides the token and says how to print it', async () => {
    const pty = user.atTerminal(['context', 'admin'], { TPKS_STORE: 'file' }, user.link('uaac'));
    await pty.exited;
    expect(pty.screen()).not.toContain('eyJ');
    expect(pty.screen()).toContain('access_token: hidden on a terminal; to print it: tpks token');
  });
});
