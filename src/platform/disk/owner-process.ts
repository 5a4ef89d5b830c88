import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill, pid, platform } from 'node:process';
import { errorCode } from '../../base/errors.js';
import { readBytes } from './bounded-read.js';

/** Identifies the process that owns a lock or a temporary file, even if its PID is reused later. */
export interface OwnerProcess {
  readonly pid: number;
  /** Kernel ticks since boot; empty on systems other than Linux, which do not report it. */
  readonly startTime: string;
  /** The machine, on Linux with the PID namespace: containers may have the same hostname but different PIDs. */
  readonly host: string;
}

export function currentProcess(): OwnerProcess {
  return { pid, startTime: readProcessState(pid)?.startTime ?? '', host: currentHost() };
}

/** `undefined` if unknown: the process ran on another host, or no start time reveals a reused PID. */
export function hasEnded(owner: OwnerProcess): boolean | undefined {
  if (owner.host !== currentHost()) return undefined;
  try {
    kill(owner.pid, 0);
  } catch (error) {
    // EPERM would mean that it is running as another user.
    if (errorCode(error) === 'ESRCH') return true;
  }
  const state = readProcessState(owner.pid);
  if (state === undefined || owner.startTime === '') return undefined;
  return state.isEnded || state.startTime !== owner.startTime;
}

interface ProcessState {
  readonly startTime: string;
  /** A zombie has released its locks, but keeps its PID until its parent waits for it. */
  readonly isEnded: boolean;
}

/** @see proc_pid_stat(5): fields 3 (state) and 22 (starttime) */
function readProcessState(processId: number): ProcessState | undefined {
  try {
    const stat = readBytes(`/proc/${String(processId)}/stat`, { maximumBytes: 4096 }).toString(
      'latin1',
    );
    // Field 2, the name of the command, may contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    const startTime = fields[19];
    if (state === undefined || startTime === undefined) return undefined;
    return { startTime, isEnded: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}

function currentHost(): string {
  return platform === 'linux' ? `${hostname()} ${readPidNamespace()}` : hostname();
}

function readPidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
