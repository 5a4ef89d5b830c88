import { findBindingProblems } from './binding-findings.js';
import { findClientProblems } from './client-findings.js';
import type { FindingInput, SubjectFinding } from './finding.js';
import { findGroupProblems } from './group-findings.js';
import { findProviderProblems } from './provider-findings.js';
import { severities, type Finding } from './report.js';
import { findUserProblems } from './user-findings.js';

export function findProblems(input: FindingInput): readonly SubjectFinding[] {
  return [
    ...findUserProblems(input),
    ...findGroupProblems(input),
    ...findClientProblems(input),
    ...findProviderProblems(input),
    ...findBindingProblems(input),
  ];
}

/** Sorts findings by severity, then by id and identity. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const key = ({ severity, id, identity, origin = '', reason }: Finding): string =>
    JSON.stringify([9 - severities.indexOf(severity), id, identity, origin, reason]);
  return findings
    .map((finding) => ({ finding, key: key(finding) }))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
    .map(({ finding }) => finding);
}
