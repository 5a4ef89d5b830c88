import { type Command, Option } from 'commander';
import type { Services } from '../app/services.js';
import { combineFailures, TpksError } from '../base/errors.js';
import { dayMilliseconds, type ExpiryReport, type ExpiryRow } from '../domain/expiry/report.js';
import type { Span } from '../platform/terminal/lines.js';
import { formatRelativeTime } from './format-time.js';
import { integerParser } from './option-values.js';
import { addListOptions } from './resource/list-command.js';
import {
  type List,
  type ListFlags,
  selectRows,
  showList,
  validateColumns,
} from './resource/list.js';

type Deps = Pick<Services, 'terminal' | 'clock' | 'expiry'>;

interface Flags extends ListFlags {
  readonly days: number;
  readonly exitCode?: boolean;
  readonly allContexts?: boolean;
}

export const description =
  'List when the certificates of the API, the UAA and the clusters, the stored CA certificates and the ' +
  'sessions expire, soonest first. Certificates are read during the TLS handshake, without sending a request, and are not verified. ' +
  'Does not renew sessions, except to list the clusters. Exits with 5 if a server does not respond.';

export const examples = {
  'list expiry dates, soonest first': 'tpks expiry',
  'exit with 3 if a certificate expires in the next two weeks':
    'tpks expiry --filter kind=certificate --days 14 --exit-code',
};

export function define(command: Command, deps: Deps): void {
  addListOptions(command, expiryList(0))
    .addOption(
      new Option('--days <number>', 'highlight rows that expire within this number of days')
        .argParser(integerParser({ from: 0, to: 36_500 }))
        .default(30),
    )
    .option('--exit-code', 'exit with 3 if something expires within --days or has expired')
    .option('--all-contexts', 'include the installations of all contexts')
    .action((flags: Flags) => showExpiry(flags, deps));
}

/** @throws {TpksError} after the list: `changes` if `exitCode` is set, otherwise an error if a row could not be read */
export async function showExpiry(flags: Flags, deps: Deps): Promise<void> {
  const { days, exitCode = false, allContexts = false } = flags;
  const { terminal, clock, expiry } = deps;
  const list = expiryList(days, allContexts);
  validateColumns(list, flags);
  const report = await expiry({ allContexts });
  await showList(list, report.rows, flags, deps);
  const selected = selectRows(list, report.rows, flags);
  const failure = summarizeErrors(selected, report);
  if (exitCode && selected.some((row) => isDue(row, days, clock.now()))) {
    if (failure !== undefined) terminal.warn(failure.message);
    throw new TpksError('changes', 'Something expires soon or has expired');
  }
  if (failure !== undefined) throw failure;
}

function summarizeErrors(
  rows: readonly ExpiryRow[],
  { errors }: ExpiryReport,
): TpksError | undefined {
  const failures = rows.flatMap((row) => {
    const error = errors.get(row);
    return error === undefined ? [] : [{ name: row.name, error }];
  });
  // Other errors take precedence over `unavailable`, because trying again does not help.
  const main = failures.find(({ error }) => error.kind !== 'unavailable') ?? failures[0];
  if (main === undefined) return undefined;
  return combineFailures(main, failures, {
    summary: `Cannot read ${String(failures.length)} of ${String(rows.length)} dates`,
    hint: 'find the cause: tpks doctor',
  });
}

function isDue({ expiresAt }: ExpiryRow, days: number, now: Date): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now.getTime() + days * dayMilliseconds;
}

const expiryList = (days: number, hasInstallations = false): List<ExpiryRow> => {
  const paint = (text: string, row: ExpiryRow, now: Date): Span => {
    if (!isDue(row, days, now)) return text;
    return { text, tone: isDue(row, 0, now) ? 'bad' : 'busy' };
  };
  return {
    noun: 'date',
    columns: [
      { head: 'Name', cell: ({ name }) => name },
      { head: 'Kind', cell: ({ kind }) => kind, rank: 5 },
      { head: 'Role', cell: ({ role }) => role, rank: 4 },
      {
        head: 'Expires',
        cell: (row, now) => paint((row.expiresAt ?? '').slice(0, 10), row, now),
        value: ({ expiresAt }) => expiresAt ?? '',
        rank: 3,
      },
      { head: 'In', cell: (row, now) => paint(formatDistance(row, now), row, now), rank: 1 },
      {
        head: 'Note',
        cell: ({ note, problem }) =>
          problem === null ? (note ?? '') : { text: problem, tone: 'bad' },
        rank: 2,
      },
      {
        head: 'Installation',
        cell: ({ installation }) => installation ?? '',
        ...(hasInstallations ? {} : { wide: true }),
      },
      { head: 'Server', cell: ({ server }) => server ?? '', wide: true },
    ],
    nameOf: ({ name }) => name,
  };
};

function formatDistance({ expiresAt }: ExpiryRow, now: Date): string {
  if (expiresAt === null) return 'unknown';
  const end = new Date(expiresAt);
  const days = Math.floor(Math.abs(end.getTime() - now.getTime()) / dayMilliseconds);
  const count = `${String(days)} ${days === 1 ? 'day' : 'days'}`;
  const text =
    days === 0 ? formatRelativeTime(end, now) : end > now ? `in ${count}` : `${count} ago`;
  return end > now ? text : `expired ${text}`;
}
