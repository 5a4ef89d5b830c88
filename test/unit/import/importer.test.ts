import { describe, expect, test } from '@jest/globals';
import type { OldSession } from '../../../src/import/old-session.js';
import { parseFile } from '../../../src/import/read-files.js';
import { verifySession } from '../../../src/import/importer.js';
import { credsFile, startSeconds } from '../../support/old-cli-files.js';

const now = new Date(startSeconds * 1000);
const [session] = parseFile(
  { path: 'creds.yml', isStdin: false, content: credsFile() },
  [],
  now,
).sessions;
const late = { result: 'unknown', text: 'the servers did not respond in time' };

type VerifyDeps = Parameters<typeof verifySession>[1];

function createDeps(changes: Partial<VerifyDeps>): VerifyDeps {
  return {
    now,
    probe: () => Promise.resolve(),
    verifySignature: () => Promise.resolve(),
    deadline: new AbortController().signal,
    ...changes,
  };
}

describe('verifySession', () => {
  test('sends the token to the API', async () => {
    const probed: OldSession[] = [];
    const deps = createDeps({
      probe: async (sent) => {
        probed.push(sent);
      },
    });
    expect(await verifySession(session!, deps)).toMatchObject({ result: 'verified' });
    expect(probed).toEqual([session]);
  });

  test('stops waiting at the deadline', async () => {
    const deps = createDeps({
      probe: () => new Promise(() => undefined),
      deadline: AbortSignal.timeout(10),
    });
    expect(await verifySession(session!, deps)).toEqual(late);
  });

  test('sends no request after the deadline, so that many sessions do not take longer', async () => {
    const deps = createDeps({
      probe: () => Promise.reject(new Error('not reached')),
      deadline: AbortSignal.abort(),
    });
    expect(await verifySession(session!, deps)).toEqual(late);
  });
});
