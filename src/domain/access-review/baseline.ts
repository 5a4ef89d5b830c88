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
    { severity: notAllowed('is not part of a baseline; a severity follows from the id') },
  ),
  '[{id: client-admin-authority, identity: admin, reason: used by Ops Manager}]',
);

/** Findings that were accepted, each with the reason. */
export type Baseline = readonly {
  readonly id: FindingId;
  readonly identity: string;
  /** If absent, users of every origin are accepted. */
  readonly origin?: string | undefined;
  readonly reason: string;
}[];

/** @throws {TpksError} `usage` with every problem in the file, by line */
export async function readBaseline(file: FileInput): Promise<Baseline> {
  return validate(await readInputFile(file), baselineSchema);
}

/** Leaves out accepted findings. @returns also the entries that match no finding. */
export function applyBaseline(
  problems: readonly SubjectFinding[],
  baseline: Baseline,
): { readonly problems: readonly SubjectFinding[]; readonly unused: Baseline } {
  const accepts = (entry: Baseline[number], { finding }: SubjectFinding): boolean =>
    entry.id === finding.id &&
    // `NAME (ORIGIN)` is what the list of findings prints.
    [finding.identity, `${finding.identity} (${String(finding.origin)})`].includes(
      entry.identity,
    ) &&
    (entry.origin === undefined || entry.origin === finding.origin);
  return {
    problems: problems.filter((problem) => !baseline.some((entry) => accepts(entry, problem))),
    unused: baseline.filter((entry) => !problems.some((problem) => accepts(entry, problem))),
  };
}
