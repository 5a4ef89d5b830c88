import { compareByText } from '../../base/compare-by-text.js';
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
  const createKey = ({ severity, id, identity, origin = '', reason }: Finding): string => {
    const rank = severities.length - severities.indexOf(severity);
    return JSON.stringify([rank, id, identity, origin, reason]);
  };
  return [...findings].sort(compareByText(createKey));
}
