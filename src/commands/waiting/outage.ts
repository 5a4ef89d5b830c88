import type { TpksError } from '../../errors.js';
import { formatDuration } from '../../duration.js';
import { formatTimeOfDay } from '../session/format-time.js';

/** A period without a usable response. */
export interface Outage {
  /** Seconds since the wait started. */
  readonly startedAt: number;
  /** The time of day at which it started. */
  readonly since: Date;
  /** The last error. */
  readonly error: TpksError;
}

interface WaitLimits {
  /** The time of day at which the wait ends; `undefined` if the wait has no limit. */
  readonly givesUpAt: Date | undefined;
  /** The command that resumes waiting for the operation. */
  readonly waitCommand: string;
}

/**
 * Formats what tpks does during an outage, when it stops, and what the user can do.
 * @param seconds - how long the outage has lasted; omitted in lines that are not updated.
 */
export function formatOutageDetails(
  { since, error }: Outage,
  { givesUpAt, waitCommand }: WaitLimits,
  seconds?: number,
): string[] {
  const duration = seconds === undefined ? '' : ` (${formatDuration(Math.floor(seconds))})`;
  const end =
    givesUpAt === undefined
      ? 'no time limit without --wait-timeout'
      : `until ${formatTimeOfDay(givesUpAt, since)} (--wait-timeout)`;
  const [hint] = error.hint?.split('\n') ?? [];
  return [
    `Trying again since ${formatTimeOfDay(since)}${duration}, ${end}`,
    'The operation continues; Ctrl-C stops only the waiting',
    `To resume: ${waitCommand}`,
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
  ];
}

/** @param label - what tpks waits for, e.g. `cluster dev-1`. */
export function formatRecovery(
  { startedAt, error: { host } }: Outage,
  label: string,
  elapsedSeconds: number,
): string {
  const subject = host ?? `The state of ${label}`;
  const duration = formatDuration(Math.floor(elapsedSeconds - startedAt));
  return `${subject} is available again after ${duration}`;
}
