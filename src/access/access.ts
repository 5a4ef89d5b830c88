import { applyPlan, type Progress, type WritingDeps } from './apply.js';
import { exportAccess, type FileValue } from './export.js';
import type { ReadingDeps } from './lookup.js';
import { createPlan, type Plan, type PlanInput, type PlanningDeps } from './plan.js';

/** Access as code: users, groups and clients of a UAA in a file. */
export interface AccessAsCode {
  /** @throws {TpksError} `usage` with every problem of the file, by line */
  readonly plan: (input: PlanInput) => Promise<Plan>;
  /** @param onInterrupt - called at Ctrl-C with the number of requests in flight. */
  readonly apply: (plan: Plan, onInterrupt: (inFlight: number) => void) => Promise<Progress>;
  readonly export: () => Promise<FileValue>;
}

export function createAccessAsCode(deps: ReadingDeps & PlanningDeps & WritingDeps): AccessAsCode {
  return {
    plan: (input) => createPlan(input, deps),
    apply: (plan, onInterrupt) => applyPlan(plan, deps, onInterrupt),
    export: () => exportAccess(deps),
  };
}
