import * as v from 'valibot';
import { readInputFile, type FileInput } from '../../platform/input/input-file.js';
import {
  list,
  nonBlankText,
  notAllowed,
  strictObject,
  validate,
} from '../../platform/input/schema.js';
import type { SubjectFinding } from './finding.js';
import { type FindingId, findingIds } from './report.js';

const ids = findingIds.join(', ');

const baselineSchema = list(
  strictObject(
    {
      id: v.picklist(findingIds, ({ input }) =>
        input === undefined ? 'is missing' : `must be one of ${ids}`,
      ),
      identity: nonBlankText,
      origin: v.optional(nonBlankText),
      reason: nonBlankText,
    },
    {
      severity: notAllowed('is not allowed in a baseline, because the id determines the severity'),
    },
  ),
  '[{id: client-admin-authority, identity: admin, reason: used by Ops Manager}]',
);

/** Accepted findings, each with a reason. */
export type Baseline = readonly {
  readonly id: FindingId;
  readonly identity: string;
  /** If it is missing, the entry applies to users of every origin. */
  readonly origin?: string | undefined;
  readonly reason: string;
}[];

/** @throws {TpksError} `usage` with all problems in the file and their line numbers */
export async function readBaseline(file: FileInput): Promise<Baseline> {
  return validate(await readInputFile(file), baselineSchema);
}

/** Removes accepted findings. @returns the other findings, and the entries that do not match a finding. */
export function applyBaseline(
  problems: readonly SubjectFinding[],
  baseline: Baseline,
): { readonly problems: readonly SubjectFinding[]; readonly unused: Baseline } {
  const accepts = (entry: Baseline[number], { finding }: SubjectFinding): boolean =>
    entry.id === finding.id &&
    // The list of findings prints `NAME (ORIGIN)`.
    [finding.identity, `${finding.identity} (${String(finding.origin)})`].includes(
      entry.identity,
    ) &&
    (entry.origin === undefined || entry.origin === finding.origin);
  return {
    problems: problems.filter((problem) => !baseline.some((entry) => accepts(entry, problem))),
    unused: baseline.filter((entry) => !problems.some((problem) => accepts(entry, problem))),
  };
}
