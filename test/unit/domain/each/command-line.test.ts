import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  createCommandEnvironment,
  insertClusterName,
} from '../../../../src/domain/each/command-line.js';
import { readEnvironment } from '../../../../src/platform/config/environment.js';

test('replaces each {} with the name', () => {
  expect(insertClusterName(['echo', '{}', 'a={},b={}'], 'dev-1.x_y')).toEqual([
    ...['echo', 'dev-1.x_y', 'a=dev-1.x_y,b=dev-1.x_y'],
  ]);
});

test.each(['--kubeconfig=x', '-x', '$(id)', 'a b', 'a\nb', 'dev-1\n', 'a;b', '../a', '', '.', 'é'])(
  'does not insert the name %j, which could have a meaning in a command line',
  (name) => {
    expect(insertClusterName(['sh', '-c', 'echo {}'], name)).toBeUndefined();
    expect(insertClusterName(['echo', 'x'], name)).toEqual(['echo', 'x']);
  },
);

describe('the environment of a command', () => {
  const target = {
    ...{ cluster: 'dev-1', uuid: 'u-1', installation: 'pks.example.com' },
    ...{ context: 'cody@pks.example.com', kubeconfig: '/home/each/dev-1' },
  };
  const create = (variables: NodeJS.ProcessEnv) =>
    Object.fromEntries(
      Object.entries(createCommandEnvironment(readEnvironment(variables), target)).filter(
        ([, value]) => value !== undefined,
      ),
    );
  const added = {
    KUBECONFIG: '/home/each/dev-1',
    TPKS_CLUSTER: 'dev-1',
    TPKS_CLUSTER_UUID: 'u-1',
    TPKS_INSTALLATION: 'pks.example.com',
    TPKS_CONTEXT: 'cody@pks.example.com',
  };

  test('names the cluster, and keeps other variables', () => {
    const kept = {
      PATH: '/bin',
      AWS_SECRET: 'kept',
      TPKS_STORE: 'file',
      TPKS_HOME: resolve('home'),
    };
    const replaced = { KUBECONFIG: 'x', TPKS_CONTEXT: 'x', TPKS_CLUSTER: 'x' };
    expect(create({ ...kept, ...replaced, TPKS_HOME: 'home' })).toEqual({ ...kept, ...added });
  });

  test('has no secrets, and no addresses of another installation', () => {
    const secrets = [
      'PASSWORD',
      'CLIENT_SECRET',
      'CLIENT_KEY',
      'NEW_PASSWORD',
      'NEW_SECRET',
      'ID_TOKEN',
    ];
    const names = [
      ...secrets.flatMap((name) => ['', '_FILE', '_COMMAND'].map((end) => `TPKS_${name}${end}`)),
      ...['PKS_USER_PASSWORD', 'TKGI_USER_PASSWORD', 'TPKS_API', 'TPKS_UAA_URL', 'TPKS_CI_LOGIN'],
    ];
    const variables = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(create(variables)).toEqual(added);
  });
});
