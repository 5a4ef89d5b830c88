import type { Command } from 'commander';
import type { Services } from '../app/services.js';
import { messageWithFacts, TpksError } from '../base/errors.js';
import type { CheckName, CheckResult, CheckStatus } from '../domain/doctor/check.js';
import type { Diagnosis } from '../domain/doctor/doctor.js';
import {
  formatDetails,
  formatTable,
  type Line,
  type Span,
  type Tone,
} from '../platform/terminal/lines.js';
import type { View } from '../platform/terminal/terminal.js';
import { formatExamples } from './resource/list-command.js';

type Deps = Pick<Services, 'terminal' | 'options' | 'doctor'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Check the connection to the servers, the session, the keychain, the files of tpks and this ' +
        'machine, and show how to fix each problem within 15 seconds. Changes nothing. ' +
        'Exits with 1 if a check fails.',
    )
    .addHelpText('after', formatExamples(['doctor', 'doctor --json']))
    .action(() => diagnose(deps));
}

/** @throws {TpksError} `failed` after the results are shown, if a check has failed */
export async function diagnose({ terminal, options, doctor }: Deps): Promise<void> {
  const diagnosis = await doctor({
    context: options().context,
    isInteractive: terminal.canPrompt(),
  });
  await terminal.show(diagnosisView(diagnosis));
  const failed = diagnosis.results.filter(({ status }) => status === 'fail').length;
  if (failed === 0) return;
  const isOne = failed === 1;
  throw new TpksError('failed', `${String(failed)} ${isOne ? 'check' : 'checks'} failed`, {
    hint: `fix ${isOne ? 'it' : 'them'} as shown above, then check again: tpks doctor`,
  });
}

/** Formats the results as a table, with the fix of each problem below its row. */
function diagnosisView({ context, uaaContext, results }: Diagnosis): View {
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
    text: ['', ...formatResults(results), '', formatCounts(counts)],
  };
}

type Counts = Readonly<Record<CheckStatus, number>>;

function countByStatus(results: readonly CheckResult[]): Counts {
  const count = (wanted: CheckStatus) => results.filter(({ status }) => status === wanted).length;
  return { pass: count('pass'), warn: count('warn'), fail: count('fail'), skip: count('skip') };
}

function formatResults(results: readonly CheckResult[]): readonly Line[] {
  const rows = results.map(({ check, status, message }): readonly Span[] => [
    statusSpan(status),
    titles[check],
    message,
  ]);
  const [head = '', ...lines] = formatTable(['Status', 'Check', 'Result'], rows);
  return [
    head,
    ...results.flatMap(({ facts = [], fix }, index) => [
      lines[index] ?? '',
      ...formatDetails(facts.map(([label, value]) => [`${fixIndent}${label}`, value])),
      ...(fix === undefined ? [] : formatFix(fix)),
    ]),
  ];
}

const fixIndent = ' '.repeat('Status  '.length);

/** The hint of an error can have several lines. */
function formatFix(fix: string): readonly Line[] {
  return fix
    .split('\n')
    .map((line, index) => `${fixIndent}${index === 0 ? 'Fix: ' : '     '}${line}`);
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

function formatCounts({ pass, warn, fail, skip }: Counts): string {
  const warnings = `${String(warn)} ${warn === 1 ? 'warning' : 'warnings'}`;
  return `${String(pass)} passed, ${warnings}, ${String(fail)} failed, ${String(skip)} skipped`;
}
