import type { Line, View } from '../../../terminal/terminal.js';
import type { Outcome, Progress } from './carry-out.js';
import { changeJson } from './change-json.js';
import { changeLine, countWords } from './change-view.js';
import { inStep } from './plan-view.js';
import type { Plan } from './planning.js';

/**
 * A summary if all changes were applied; otherwise the outcome of each, in the order of the plan.
 * `json` is `{ uaa, file, changes, complete }`, each change with its `outcome`.
 */
export function appliedView(plan: Plan, { outcomes }: Progress): View {
  const { uaa, path, changes } = plan;
  const complete = outcomes.every((outcome) => outcome === 'done');
  const json = {
    uaa,
    file: path,
    changes: changes.map((change, index) => ({ ...changeJson(change), outcome: outcomes[index] })),
    complete,
  };
  if (changes.length === 0) return { json, text: [inStep(plan)] };
  if (complete) return { json, text: [`Done: ${countWords(changes)}`] };
  const text = changes.map((change, index): Line => [
    words[outcomes[index] ?? 'notStarted'].padEnd(columns),
    ...changeLine(change),
  ]);
  return { json, text };
}

const words: Readonly<Record<Outcome, string>> = {
  done: 'done',
  failed: 'failed',
  notStarted: 'not started',
};
const columns = 13;
