import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { locateKubeconfig } from '../../../../src/kube/kubeconfig/storage.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

const home = { HOME: '/home/cody' };
const standard = '/home/cody/.kube/config';

describe('locateKubeconfig', () => {
  test.each([
    ['~/.kube/config without a variable', undefined, undefined, [standard]],
    ['~/.kube/config if KUBECONFIG is empty', '', undefined, [standard]],
    ['~/.kube/config if KUBECONFIG has only empty paths', '::', undefined, [standard]],
    ['the files of KUBECONFIG', '/none/a:/none/b', undefined, ['/none/a', '/none/b']],
    ['each file once, without empty paths', '/none/a::/none/a:', undefined, ['/none/a']],
    ['the file of --kubeconfig instead of KUBECONFIG', '/none/a', '/none/c', ['/none/c']],
    ['KUBECONFIG if --kubeconfig is empty', '/none/a', '', ['/none/a']],
    ['absolute paths', 'a', undefined, [join(process.cwd(), 'a')]],
  ])('returns %s', (_name, variable, option, paths) => {
    const env = variable === undefined ? home : { ...home, KUBECONFIG: variable };
    const files = locateKubeconfig(env, 'linux', option);
    expect(files).toEqual({ paths, target: paths.at(-1) });
  });

  test('selects the first existing file for new entries, else the last one', () =>
    withFolder(async (folder) => {
      const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
      const env = { ...home, KUBECONFIG: paths.join(':') };
      expect(locateKubeconfig(env, 'linux').target).toBe(paths[2]);
      writeFileSync(paths[1]!, '');
      expect(locateKubeconfig(env, 'linux').target).toBe(paths[1]);
    }));
});
