import type { Outcome, Progress } from '../../../access/apply.js';
import type { Plan } from '../../../access/plan.js';
import type { Line, View } from '../../../terminal/terminal.js';
import { changeToJson } from './change-json.js';
import {
  formatChangeLine,
  formatChangeText,
  formatChangeCounts,
  countChanges,
} from './change-view.js';

/** Shows the planned changes. `json` is `{ uaa, file, changes, summary }`. */
export function planView(plan: Plan): View {
  const { uaa, path, changes } = plan;
  return {
    json: { uaa, file: path, changes: changes.map(changeToJson), summary: countChanges(changes) },
    text:
      changes.length === 0
        ? [noChangesMessage(plan)]
        : [
            planHeading(plan),
            '',
            ...changes.map(formatChangeLine),
            '',
            formatChangeCounts(changes),
          ],
  };
}

/** Formats the planned changes as lines without colors. */
export function planLines(plan: Plan): string[] {
  return [planHeading(plan), '', ...plan.changes.map(formatChangeText), ''];
}

function planHeading({ uaa, path }: Plan): string {
  return `Changes that make ${uaa} match ${path}:`;
}

function noChangesMessage({ uaa, path }: Plan): string {
  return `No changes: ${uaa} matches ${path}`;
}

/**
 * Shows a summary if all changes were applied, otherwise the outcome of each change in plan order.
 * `json` is `{ uaa, file, changes, complete }`, each change with its `outcome`.
 */
export function appliedView(plan: Plan, { outcomes }: Pick<Progress, 'outcomes'>): View {
  const { uaa, path, changes } = plan;
  const complete = outcomes.every((outcome) => outcome === 'done');
  const json = {
    uaa,
    file: path,
    changes: changes.map((change, index) => ({
      ...changeToJson(change),
      outcome: outcomes[index],
    })),
    complete,
  };
  if (changes.length === 0) return { json, text: [noChangesMessage(plan)] };
  if (complete) return { json, text: [`Done: ${formatChangeCounts(changes)}`] };
  const text = changes.map((change, index): Line => [
    outcomeTexts[outcomes[index] ?? 'notStarted'].padEnd(outcomeWidth),
    ...formatChangeLine(change),
  ]);
  return { json, text };
}

const outcomeTexts: Readonly<Record<Outcome, string>> = {
  done: 'done',
  failed: 'failed',
  notStarted: 'not started',
};
const outcomeWidth = 13;
