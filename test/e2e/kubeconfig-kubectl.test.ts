import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { oldText, withFile } from '../support/fixtures/kubeconfig-file.js';
import { runtimeWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';

/** Paths of several versions of kubectl, separated by colons. `npm run test:cluster` sets the variable. */
const clients = (process.env['TPKS_TEST_KUBECTL'] ?? 'kubectl').split(':');

describeIfPart('kubectl', 'real kubectl', () => {
  describe.each(clients)('%s', (client) => {
    const kubectl = (path: string, ...words: string[]) =>
      spawnSync(client, words, { encoding: 'utf8', env: { ...process.env, KUBECONFIG: path } });

    test('reads the files, and keeps the extension of tpks when it writes them', () =>
      withFile(({ path, run }) => {
        const merge = () => {
          expect(run(['merge', 'dev-1', 'dev-2'])).toMatchObject({ code: 0 });
          const view = kubectl(path, 'config', 'view', '--raw', '-o', 'json');
          expect(view).toMatchObject({ status: 0, stderr: '' });
          expect(JSON.parse(view.stdout)).toMatchObject({
            'current-context': 'dev-1',
            contexts: expect.arrayContaining([
              expect.objectContaining({ name: 'dev-1' }),
              expect.objectContaining({ name: 'dev-2' }),
            ]),
            users: expect.arrayContaining([{ name: 'alana', user: { token: 'x'.repeat(900) } }]),
          });
        };
        merge();
        const set = kubectl(path, 'config', 'set-context', 'dev-2', '--namespace=apps');
        expect(set).toMatchObject({ status: 0 });
        expect(run(['list'])).toMatchObject({ code: 0, stdout: 'dev-1 dev-2\n' });
        expect(run(['remove', 'dev-1', 'dev-2'])).toMatchObject({ code: 0, stdout: '\n' });
        expect(kubectl(path, 'config', 'get-contexts', '-o', 'name').stdout).not.toContain('dev');
        rmSync(path);
        merge();
      }));

    test('reads names that look like other types, or have special characters, as strings', () =>
      withFile(async ({ run, path }) => {
        const names = [
          ...['true', '123', '1e3', '0x1f', 'null', '~', 'on', '1_0', '=', '<<'],
          ...['-a', 'a: b', "it's"],
        ];
        expect(run(['merge', ...names])).toMatchObject({ code: 0 });
        const view = kubectl(path, 'config', 'view', '--raw', '-o', 'json');
        expect(view).toMatchObject({ status: 0, stderr: '' });
        const { contexts } = JSON.parse(view.stdout) as { contexts: { name: unknown }[] };
        expect(contexts.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
        // kubectl writes the whole file again, in its own style.
        expect(kubectl(path, 'config', 'use-context', '123')).toMatchObject({ status: 0 });
        expect(run(['list'])).toMatchObject({ code: 0 });
        expect(run(['remove', ...names])).toMatchObject({ code: 0, stdout: '\n' });
        // kubectl can read these characters, but not write them.
        const special = ['a\u009bb', 'a\u0085b', 'a\u2028b'];
        expect(run(['merge', ...special])).toMatchObject({ code: 0 });
        const lines = kubectl(path, 'config', 'get-contexts', '-o', 'name').stdout.split('\n');
        expect(lines).toEqual(expect.arrayContaining(special));
      }));

    test('cannot change a file while tpks holds its lock', () =>
      withFile(async ({ program, path, read }) => {
        const [command, ...args] = runtimeWords(program);
        const child = spawn(command, [...args, 'hang'], {
          env: { ...process.env, KUBECONFIG: path },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        await once(child.stdout, 'data');
        const { status, stderr } = kubectl(path, 'config', 'use-context', 'prod');
        expect([status, stderr]).toEqual([1, expect.stringContaining('config.lock: file exists')]);
        expect(read()).toBe(oldText);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }));
  });
});
