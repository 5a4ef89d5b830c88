import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { removeOrphanedFiles } from '../../../src/auth/logouts.js';
import { sessionFileName } from '../../../src/auth/session-file.js';
import { toFileName } from '../../../src/disk/file-name.js';
import { aKubernetesSession } from '../../support/fakes/fake-kubernetes-sessions.js';
import { fakeSettings } from '../../support/fakes/fake-settings.js';
import { codySettings } from '../../support/fixtures/fixtures.js';
import { withFolder } from '../../support/runner/temporary-folder.js';

test('keeps the files of contexts and Kubernetes sessions, and removes all others', () =>
  withFolder(async (folder) => {
    const folders = { sessions: join(folder, 'sessions'), keys: join(folder, 'keys') };
    for (const path of Object.values(folders)) mkdirSync(path);
    const names = ['cody', 'kubernetes:alana', 'kubernetes:gone', 'gone'];
    for (const name of names) {
      writeFileSync(join(folders.sessions, sessionFileName(name, undefined)), '');
      writeFileSync(join(folders.sessions, `${toFileName(name)}.calls`), '');
      writeFileSync(join(folders.keys, `${toFileName(name)}.key`), '');
    }
    await removeOrphanedFiles({
      settings: fakeSettings({
        contexts: { cody: codySettings },
        kubernetesSessions: { alana: aKubernetesSession() },
      }),
      folders,
    });
    const [cody, alana] = [toFileName('cody'), toFileName('kubernetes:alana')];
    expect(readdirSync(folders.sessions).sort()).toEqual(
      [`${cody}.session`, `${alana}.session`].sort(),
    );
    expect(readdirSync(folders.keys).sort()).toEqual([`${cody}.key`, `${alana}.key`].sort());
  }));
