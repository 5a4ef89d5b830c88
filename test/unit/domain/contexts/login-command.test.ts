import { expect, test } from '@jest/globals';
import type { Context } from '../../../../src/domain/contexts/context.js';
import { createTrustHints } from '../../../../src/domain/contexts/login-command.js';
import {
  aClientContext,
  anEnvironmentContext,
  aUserContext,
} from '../../../support/fixtures/contexts-and-clusters.js';

const atAddresses = { api: 'https://10.0.0.1:9021', uaa: 'https://10.0.0.1:8443' };
const name = 'cody@10.0.0.1';
const otherUaa = 'https://10.0.0.2:8443/uaa';

test.each<[what: string, context: Context, url: string, command: string | undefined]>([
  [
    'and the default UAA',
    aUserContext({ ...atAddresses, name }),
    'https://10.0.0.1:8443/oauth/token',
    'tpks login -a api.example.com -u cody --store file',
  ],
  [
    'and keeps the name that the user chose',
    aUserContext({ ...atAddresses, name: 'prod' }),
    'https://10.0.0.1:9021/v1/clusters',
    'tpks login -a api.example.com -u cody --name prod --store file',
  ],
  [
    'only, if the UAA is another server',
    aUserContext({ ...atAddresses, uaa: otherUaa, name }),
    'https://10.0.0.1:9021/v1/clusters',
    `tpks login -a https://api.example.com:9021 --uaa-url ${otherUaa} -u cody --store file`,
  ],
  [
    'of the UAA only, if it is another server',
    aClientContext({ ...atAddresses, uaa: otherUaa, identity: 'ci', name: 'ci@10.0.0.1' }),
    `${otherUaa}/oauth/token`,
    'tpks login -a https://10.0.0.1:9021 --uaa-url https://api.example.com:8443/uaa --client-name ci --client-secret-file FILE --store file',
  ],
  [
    'of the target of a context that a uaa command created',
    aUserContext({ ...atAddresses, api: undefined, name }),
    'https://10.0.0.1:8443/oauth/token',
    'tpks uaa target https://api.example.com:8443',
  ],
  [
    'in a variable',
    { ...anEnvironmentContext(), ...atAddresses },
    'https://10.0.0.1:8443/oauth/token',
    'export TPKS_API=https://api.example.com:9021',
  ],
  [
    'not in a variable that does not set the server',
    { ...anEnvironmentContext(), ...atAddresses, uaa: otherUaa },
    `${otherUaa}/oauth/token`,
    undefined,
  ],
  [
    'not in creds.yml',
    { ...anEnvironmentContext(), ...atAddresses, pksCredsPath: '/creds.yml' },
    'https://10.0.0.1:8443/oauth/token',
    undefined,
  ],
])(
  'the hint for a certificate for other hosts changes the host %s',
  (_what, context, url, command) => {
    expect(createTrustHints(context).formatHostCommand?.(url, 'api.example.com')).toBe(command);
  },
);
