import type { Outcome, Progress } from '../../../access/apply.js';
import type { Plan } from '../../../access/plan.js';
import type { Line, View } from '../../../terminal/terminal.js';
import { changeJson } from './change-json.js';
import { changeLine, changeText, countWords, summary } from './change-view.js';

/** The planned changes. `json` is `{ uaa, file, changes, summary }`. */
export function planView(plan: Plan): View {
  const { uaa, path, changes } = plan;
  return {
    json: { uaa, file: path, changes: changes.map(changeJson), summary: summary(changes) },
    text:
      changes.length === 0
        ? [noChanges(plan)]
        : [head(plan), '', ...changes.map(changeLine), '', countWords(changes)],
  };
}

/** The planned changes as plain text. */
export function planTexts(plan: Plan): string[] {
  return [head(plan), '', ...plan.changes.map(changeText), ''];
}

function head({ uaa, path }: Plan): string {
  return `Changes that make ${uaa} match ${path}:`;
}

function noChanges({ uaa, path }: Plan): string {
  return `No changes: ${uaa} matches ${path}`;
}

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
  if (changes.length === 0) return { json, text: [noChanges(plan)] };
  if (complete) return { json, text: [`Done: ${countWords(changes)}`] };
  const text = changes.map((change, index): Line => [
    outcomeTexts[outcomes[index] ?? 'notStarted'].padEnd(columns),
    ...changeLine(change),
  ]);
  return { json, text };
}

const outcomeTexts: Readonly<Record<Outcome, string>> = {
  done: 'done',
  failed: 'failed',
  notStarted: 'not started',
};
const columns = 13;
