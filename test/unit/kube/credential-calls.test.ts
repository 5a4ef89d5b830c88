import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  createCredentialCalls,
  hashToken,
  type CredentialCall,
} from '../../../src/kube/credential-calls.js';
import { Secret } from '../../../src/secret.js';
import { withFolder } from '../../support/temporary-folder.js';

const now = new Date('2026-11-25T10:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const parent = { pid: 100, startTime: '4711' };

const aCall = (changes: Partial<CredentialCall> = {}): CredentialCall => ({
  parent,
  time: now,
  tokenHash: hashToken(new Secret('id-1')),
  renewAt: later(540),
  isReplacement: false,
  ...changes,
});

const withCalls = (body: (path: string) => void) =>
  withFolder(async (folder) => {
    body(join(folder, 'session.calls'));
  });

describe('createCredentialCalls', () => {
  test('finds the last call of a process, but not of another one with the same PID', () =>
    withCalls((path) => {
      const calls = createCredentialCalls(path);
      expect(calls.findLast(parent)).toBeUndefined();
      const second = aCall({ tokenHash: hashToken(new Secret('id-2')), isReplacement: true });
      calls.add(aCall(), now);
      calls.add(second, now);
      calls.add(aCall({ parent: { pid: 100, startTime: '9' } }), now);
      expect(createCredentialCalls(path).findLast(parent)).toEqual(second);
      expect(calls.findLast({ pid: 101, startTime: '4711' })).toBeUndefined();
    }));

  test('finds the last failure of a process by the kind of its error', () =>
    withCalls((path) => {
      const calls = createCredentialCalls(path);
      const failure = { parent, kind: 'unavailable', time: now } as const;
      calls.addFailure({ ...failure, time: later(-60) });
      calls.addFailure(failure);
      calls.add(aCall(), now);
      const reread = createCredentialCalls(path);
      expect(reread.findFailure(parent, 'unavailable')).toEqual(failure);
      expect(reread.findFailure(parent, 'unauthenticated')).toBeUndefined();
      expect(reread.findFailure({ ...parent, startTime: '9' }, 'unavailable')).toBeUndefined();
      expect(reread.findLast(parent)).toEqual(aCall());
    }));

  test('does not take a failure for a call', () =>
    withCalls((path) => {
      const calls = createCredentialCalls(path);
      calls.addFailure({ parent, kind: 'unavailable', time: now });
      expect(calls.findLast(parent)).toBeUndefined();
    }));

  test('prune removes failures, even if there are no calls', () =>
    withCalls((path) => {
      const calls = createCredentialCalls(path);
      calls.addFailure({ parent, kind: 'unavailable', time: now });
      calls.prune(now);
      expect(readFileSync(path, 'utf8')).toBe('');
    }));

  test('contains no token and is readable only by this user', () =>
    withCalls((path) => {
      createCredentialCalls(path).add(aCall(), now);
      expect(readFileSync(path, 'utf8')).not.toContain('id-1');
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }));

  test('ignores damaged lines', () =>
    withCalls((path) => {
      writeFileSync(path, '100 4711 ab');
      appendFileSync(path, '\n\u0000\n100 4711 zz 1 1 first\n');
      createCredentialCalls(path).add(aCall(), now);
      expect(createCredentialCalls(path).findLast(parent)).toEqual(aCall());
    }));

  test('prune removes only the calls whose tokens have expired', () =>
    withCalls((path) => {
      const calls = createCredentialCalls(path);
      const other = { pid: 7, startTime: '1' };
      calls.add(aCall({ parent: other, renewAt: later(100) }), now);
      calls.add(aCall(), now);
      calls.prune(later(200));
      expect(calls.findLast(other)).toBeUndefined();
      expect(calls.findLast(parent)).toEqual(aCall());
    }));

  test('a file with many calls does not grow without limit', () =>
    withCalls((path) => {
      createCredentialCalls(path).add(aCall(), now);
      writeFileSync(path, readFileSync(path, 'utf8').repeat(2000));
      const calls = createCredentialCalls(path);
      const last = { pid: 7, startTime: '1' };
      expect(calls.findLast(last)).toBeUndefined();
      calls.add(aCall({ parent: last }), now);
      expect(statSync(path).size).toBeLessThan(20_000);
      expect(createCredentialCalls(path).findLast(last)).toBeDefined();
    }));

  test('a file that cannot be read or written is ignored', () =>
    withCalls((path) => {
      mkdirSync(path);
      const calls = createCredentialCalls(path);
      calls.add(aCall(), now);
      calls.prune(now);
      calls.clear();
      expect(calls.findLast(parent)).toBeUndefined();
    }));
});
