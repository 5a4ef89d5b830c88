import type { ReviewContent } from './content.js';
import { findClientProblems } from './client-findings.js';
import { findGroupProblems } from './group-findings.js';
import type { Permissions } from './permissions.js';
import { findProviderProblems } from './provider-findings.js';
import { severities, type Finding } from './report.js';
import { findUserProblems } from './user-findings.js';

export interface FindingInput {
  readonly content: ReviewContent;
  readonly permissions: Permissions;
  readonly now: Date;
  /** Users without a login for longer than this are reported. */
  readonly staleSeconds: number;
  /** Ids of the clients that accept an empty secret; `undefined` if it was not tried. */
  readonly emptySecrets?: ReadonlySet<string> | undefined;
}

export interface SubjectFinding {
  readonly finding: Finding;
  /** Ids of the users, or the client, that the finding is about. */
  readonly subjects: readonly string[];
}

export function findProblems(input: FindingInput): readonly SubjectFinding[] {
  return [
    ...findUserProblems(input),
    ...findGroupProblems(input),
    ...findClientProblems(input),
    ...findProviderProblems(input),
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
