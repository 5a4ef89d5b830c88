import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill, pid, platform } from 'node:process';
import { errorCode } from '../errors.js';
import { readBytes } from './bounded-read.js';

/** A process, named so that no later process is taken for it. */
export interface Owner {
  readonly pid: number;
  /** In the kernel's ticks since boot; empty where the system does not tell (only Linux does). */
  readonly startTime: string;
  /** The machine, and on Linux the PID namespace: containers share a host name, not their PIDs. */
  readonly host: string;
}

/** This process. */
export function thisProcess(): Owner {
  return { pid, startTime: processState(pid)?.startTime ?? '', host: thisHost() };
}

/**
 * @returns whether the process has ended; `undefined` when that cannot be known from here (another
 *   host, or a living PID without a start time, which may belong to a newcomer).
 */
export function isGone(owner: Owner): boolean | undefined {
  if (owner.host !== thisHost()) return undefined;
  try {
    kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (errorCode(error) === 'ESRCH') return true;
  }
  const state = processState(owner.pid);
  if (state === undefined || owner.startTime === '') return undefined;
  return state.ended || state.startTime !== owner.startTime;
}

interface ProcessState {
  readonly startTime: string;
  /** A zombie holds nothing any more, but keeps its PID until its parent looks at it. */
  readonly ended: boolean;
}

/** @see proc_pid_stat(5): fields 3 (state) and 22 (starttime) */
function processState(of: number): ProcessState | undefined {
  try {
    const stat = readBytes(`/proc/${String(of)}/stat`, { maximumBytes: 4096 }).toString('latin1');
    // The command's name may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    if (state === undefined || startTime === undefined) return undefined;
    return { startTime, ended: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}

let host: string | undefined;

function thisHost(): string {
  host ??= platform === 'linux' ? `${hostname()} ${pidNamespace()}` : hostname();
  return host;
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
