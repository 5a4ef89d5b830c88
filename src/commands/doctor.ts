import type { Command } from 'commander';
import type { Services } from '../app/services.js';
import { messageWithFacts, TpksError } from '../base/errors.js';
import { toPrintable } from '../base/sanitize.js';
import {
  checkGroups,
  type CheckGroup,
  type CheckName,
  type CheckResult,
  type CheckStatus,
} from '../domain/doctor/check.js';
import type { Diagnosis } from '../domain/doctor/doctor.js';
import { type Line, spansOf, type Span, type Tone } from '../platform/terminal/lines.js';
import { fitDetails } from '../platform/terminal/screen.js';
import type { View } from '../platform/terminal/terminal.js';
import { wrapHint } from '../platform/terminal/wrap.js';

type Deps = Pick<Services, 'terminal' | 'options' | 'doctor'>;

export const description =
  'Check the connections to the servers, the session, the keychain, the files of tpks and this ' +
  'machine, and show how to fix each problem. Takes at most 15 seconds, and changes nothing. ' +
  'Exits with 1 if a check fails.';

export const examples = {
  'run all checks, and show the problems': 'tpks doctor',
  'print the results of all checks as JSON': 'tpks doctor --json',
};

export function define(command: Command, deps: Deps): void {
  command
    .option('--verbose', 'also show the checks that passed (the default without a terminal)')
    .action((flags: Flags) => diagnose(flags, deps));
}

interface Flags {
  readonly verbose?: boolean;
}

/** @throws {TpksError} `failed` after the results are shown, if a check has failed */
export async function diagnose(
  { verbose = false }: Flags,
  { terminal, options, doctor }: Deps,
): Promise<void> {
  const diagnosis = await doctor({
    context: options().context,
    isInteractive: terminal.canPrompt(),
  });
  await terminal.show(diagnosisView(diagnosis, verbose));
  const failed = diagnosis.results.filter(({ status }) => status === 'fail').length;
  if (failed === 0) return;
  const isOne = failed === 1;
  throw new TpksError('failed', `${String(failed)} ${isOne ? 'check' : 'checks'} failed`, {
    hint: `apply the ${isOne ? 'fix' : 'fixes'} above, then check again: tpks doctor`,
  });
}

/** Formats the results by group, with the fix of each problem below it. */
function diagnosisView({ context, uaaContext, results }: Diagnosis, isVerbose: boolean): View {
  const counts = countByStatus(results);
  return {
    json: {
      passed: counts.fail === 0,
      context: context ?? null,
      uaaContext: uaaContext ?? null,
      counts,
      checks: results.map(({ check, status, message, facts = [], fix }) => ({
        check,
        status,
        message: messageWithFacts({ message, facts }),
        fix: fix ?? null,
      })),
    },
    text: ['', ...formatGroups(results, Infinity), formatSummary(counts)],
    screen: (width) => [
      ...formatGroups(isVerbose ? results : results.filter(isProblem), width),
      formatSummary(counts),
    ],
  };
}

type Counts = Readonly<Record<CheckStatus, number>>;

function countByStatus(results: readonly CheckResult[]): Counts {
  const count = (wanted: CheckStatus) => results.filter(({ status }) => status === wanted).length;
  return { pass: count('pass'), warn: count('warn'), fail: count('fail'), skip: count('skip') };
}

/** A skipped check is a problem only if no other result reports why it was skipped. */
function isProblem({ status, isUnknown }: CheckResult): boolean {
  return status === 'fail' || status === 'warn' || isUnknown === true;
}

const groupTitles: Readonly<Record<CheckGroup, string>> = {
  network: 'Network',
  session: 'Session',
  machine: 'Machine',
};

/** Formats the results of each group below its heading, with an empty line after each group. */
function formatGroups(results: readonly CheckResult[], width: number): readonly Line[] {
  const start =
    Math.max(...results.map(({ check }) => titles[check].length)) + fixIndent.length + 2;
  return (['network', 'session', 'machine'] as const).flatMap((group) => {
    const own = results.filter(({ check }) => checkGroups[check] === group);
    if (own.length === 0) return [];
    const lines = own.flatMap((result) => formatResult(result, start, width));
    return [[{ text: groupTitles[group], tone: 'strong' as const }], ...lines, ''];
  });
}

/** @param start - the column in which the message starts. */
function formatResult(
  { check, status, message, facts = [], fix }: CheckResult,
  start: number,
  width: number,
): readonly Line[] {
  const [first = '', ...rest] = wrapHint(toPrintable(message), start, width).split('\n');
  const title = titles[check].padEnd(start - fixIndent.length);
  return [
    ['  ', statusSpan(status), '  ', title, first],
    ...rest,
    ...fitDetails(facts, width - fixIndent.length).map((line) => [fixIndent, ...spansOf(line)]),
    ...(fix === undefined ? [] : formatFix(fix, width)),
  ];
}

const fixIndent = ' '.repeat('Status  '.length);

/** The hint of an error can have several lines. Commands in the hint are not broken. */
function formatFix(fix: string, width: number): readonly string[] {
  const label = 'Fix: ';
  const start = fixIndent.length + label.length;
  return fix
    .split('\n')
    .map((line) => wrapHint(line, start, width))
    .join(`\n${' '.repeat(start)}`)
    .split('\n')
    .map((line, index) => (index === 0 ? `${fixIndent}${label}${line}` : line));
}

function statusSpan(status: CheckStatus): Span {
  const tone = tones[status];
  const text = status.toUpperCase();
  return tone === undefined ? text : { text, tone };
}

const tones: Readonly<Record<CheckStatus, Tone | undefined>> = {
  pass: 'good',
  warn: 'strong',
  fail: 'bad',
  skip: 'muted',
};

export const titles: Readonly<Record<CheckName, string>> = {
  context: 'Context',
  proxy: 'Proxy',
  dns: 'DNS',
  tcp: 'TCP',
  tls: 'TLS',
  caFiles: 'CA files',
  version: 'Version',
  clock: 'Clock',
  session: 'Session',
  issuer: 'Issuer',
  keychain: 'Keychain',
  files: 'File modes',
  plainText: 'Plain text',
  locks: 'Locks',
  completion: 'Completion',
  kubectl: 'kubectl',
  links: 'Links',
};

/** Omits counts of 0, except the number of checks that passed. */
function formatSummary({ pass, warn, fail, skip }: Counts): string {
  const others = [
    [warn, warn === 1 ? 'warning' : 'warnings'],
    [fail, 'failed'],
    [skip, 'skipped'],
  ] as const;
  return [
    `${String(pass)} ${pass === 1 ? 'check' : 'checks'} passed`,
    ...others.flatMap(([count, word]) => (count === 0 ? [] : [`${String(count)} ${word}`])),
  ].join(', ');
}
