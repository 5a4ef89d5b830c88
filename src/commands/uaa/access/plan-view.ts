import type { View } from '../../../terminal/terminal.js';
import { changeJson } from './change-json.js';
import { changeLine, changeText, countWords, summary } from './change-view.js';
import type { Plan } from './planning.js';

/** What would change. `json` is `{ uaa, file, changes, summary }`. */
export function planView(plan: Plan): View {
  const { uaa, path, changes } = plan;
  return {
    json: { uaa, file: path, changes: changes.map(changeJson), summary: summary(changes) },
    text:
      changes.length === 0
        ? [inStep(plan)]
        : [head(plan), '', ...changes.map(changeLine), '', countWords(changes)],
  };
}

/** The same in plain lines. */
export function planTexts(plan: Plan): string[] {
  return [head(plan), '', ...plan.changes.map(changeText), ''];
}

function head({ uaa, path }: Plan): string {
  return `To make ${uaa} as ${path} says:`;
}

/** That nothing is to be done. */
export function inStep({ uaa, path }: Plan): string {
  return `${uaa} is as ${path} says: nothing to do`;
}
