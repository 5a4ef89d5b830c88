import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { readText } from '../disk/bounded-read.js';
import { hashText } from '../disk/file-name.js';
import { exitCodes, type ErrorKind } from '../errors.js';
import type { Secret } from '../secret.js';

/** A program such as kubectl that runs the credential plugin. */
export interface ParentProcess {
  readonly pid: number;
  /** Kernel ticks since boot, so that a reused PID is recognized. */
  readonly startTime: string;
}

/** A record of a token that the plugin returned to a program. */
export interface CredentialCall {
  readonly parent: ParentProcess;
  /** When the token was returned, by this machine's clock. */
  readonly time: Date;
  /** Hash of the token; see {@link hashToken}. */
  readonly tokenHash: string;
  /** When the program should run the plugin again, by this machine's clock. */
  readonly renewAt: Date;
  /** Whether the token replaced one that a cluster had rejected. */
  readonly isReplacement: boolean;
}

/** A record of an error that the plugin printed for a program. */
export interface CredentialFailure {
  readonly parent: ParentProcess;
  readonly kind: ErrorKind;
  /** When the error was printed. */
  readonly time: Date;
}

/**
 * The calls of the plugin for one session. If their file cannot be read or written, rejected tokens are
 * not recognized, and everything else works.
 */
export interface CredentialCalls {
  /** The last call of a program; `undefined` if none is recorded. */
  readonly findLast: (parent: ParentProcess) => CredentialCall | undefined;
  readonly add: (call: CredentialCall, now: Date) => void;
  /** The last failure of a program with this kind of error; `undefined` if none is recorded. */
  readonly findFailure: (parent: ParentProcess, kind: ErrorKind) => CredentialFailure | undefined;
  readonly addFailure: (failure: CredentialFailure) => void;
  /** Removes the calls whose tokens have expired, and all failures. */
  readonly prune: (now: Date) => void;
  /** Removes all calls. */
  readonly clear: () => void;
}

const maximumBytes = 1024 * 1024;

/** About 700 calls. Each call of the plugin reads the file. */
const pruneBytes = 64 * 1024;

/** Maximum number of calls that pruning keeps. For a dropped call, a rejection is noticed one call later. */
const maximumKept = 200;

/**
 * Records calls in a file, one line each. Lines are appended, so that parallel processes need no lock.
 * @param path - the file; its folder must exist to record calls.
 */
export function createCredentialCalls(path: string): CredentialCalls {
  let bytesRead = 0;
  const readLines = (): readonly string[] => {
    const text = ignoreFailure(() => readText(path, { maximumBytes })) ?? '';
    bytesRead = text.length;
    return text.split('\n');
  };
  const read = () => readLines().flatMap((line) => parseCall(line) ?? []);
  const prune = (now: Date): void => {
    const calls = read();
    if (bytesRead === 0) return;
    const validCalls = calls.filter(({ renewAt }) => renewAt > now).slice(-maximumKept);
    ignoreFailure(() => {
      writeFileSync(path, validCalls.map(formatCall).join(''), { mode: 0o600 });
    });
  };
  const append = (line: string, now: Date): void => {
    if (bytesRead > pruneBytes) prune(now);
    ignoreFailure(() => {
      appendFileSync(path, line, { mode: 0o600 });
    });
  };
  return {
    findLast: (parent) => read().findLast((call) => isSameProcess(call.parent, parent)),
    add: (call, now) => {
      append(formatCall(call), now);
    },
    findFailure: (parent, kind) =>
      readLines()
        .flatMap((line) => parseFailure(line) ?? [])
        .findLast((failure) => failure.kind === kind && isSameProcess(failure.parent, parent)),
    addFailure: (failure) => {
      append(formatFailure(failure), failure.time);
    },
    prune,
    clear: () => {
      ignoreFailure(() => {
        rmSync(path, { force: true });
      });
    },
  };
}

/** A short hash that identifies a token, but does not reveal it. */
export function hashToken(token: Secret): string {
  return hashText(token.reveal()).slice(0, 32);
}

function isSameProcess(one: ParentProcess, other: ParentProcess): boolean {
  return one.pid === other.pid && one.startTime === other.startTime;
}

function formatCall(call: CredentialCall): string {
  const { parent, time, tokenHash, renewAt, isReplacement } = call;
  const kind = isReplacement ? 'replacement' : 'first';
  const times = [time.getTime(), renewAt.getTime()];
  const fields = [parent.pid, parent.startTime, tokenHash, ...times, kind];
  return `${fields.join(' ')}\n`;
}

/** @returns `undefined` for a damaged line, e.g. of a process that was killed. */
function parseCall(line: string): CredentialCall | undefined {
  const pattern = /^(\d+) (\d+) ([0-9a-f]+) (\d{1,15}) (\d{1,15}) (first|replacement)$/;
  const match = pattern.exec(line);
  const [, pid = '', startTime = '', tokenHash = '', time = '', renewAt = '', kind] = match ?? [];
  if (match === null) return undefined;
  return {
    parent: { pid: Number(pid), startTime },
    time: new Date(Number(time)),
    tokenHash,
    renewAt: new Date(Number(renewAt)),
    isReplacement: kind === 'replacement',
  };
}

function formatFailure({ parent, kind, time }: CredentialFailure): string {
  return `${[parent.pid, parent.startTime, kind, time.getTime(), 'failure'].join(' ')}\n`;
}

/** @returns `undefined` for lines of other kinds. */
function parseFailure(line: string): CredentialFailure | undefined {
  const match = /^(\d+) (\d+) ([a-zA-Z]+) (\d{1,15}) failure$/.exec(line);
  const [, pid = '', startTime = '', kind = '', time = ''] = match ?? [];
  if (match === null || !Object.hasOwn(exitCodes, kind)) return undefined;
  return {
    parent: { pid: Number(pid), startTime },
    kind: kind as ErrorKind,
    time: new Date(Number(time)),
  };
}

/** @returns `undefined` if the work failed. */
function ignoreFailure<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
