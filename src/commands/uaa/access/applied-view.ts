import type { Line, View } from '../../../terminal/terminal.js';
import type { Progress } from './carry-out.js';
import { changeJson } from './change-json.js';
import { changeLine, countWords } from './change-view.js';
import { inStep } from './plan-view.js';
import type { Plan } from './planning.js';

/**
 * What was done; where it stopped, which changes were and which were not. `json` is
 * `{ uaa, file, changes, complete }`, each change with its `outcome`.
 */
export function appliedView(plan: Plan, progress: Progress): View {
  const { uaa, path, changes } = plan;
  const outcomes = changes.map((change, index) => ({
    change,
    outcome: outcomeOf(index, progress),
  }));
  const json = {
    uaa,
    file: path,
    changes: outcomes.map(({ change, outcome }) => ({ ...changeJson(change), outcome })),
    complete: progress.failure === undefined,
  };
  if (changes.length === 0) return { json, text: [inStep(plan)] };
  if (progress.failure === undefined) return { json, text: [`Done: ${countWords(changes)}`] };
  const text = outcomes.map(({ change, outcome }): Line => [
    words[outcome].padEnd(columns),
    ...changeLine(change),
  ]);
  return { json, text };
}

type Outcome = 'done' | 'failed' | 'notDone';

const words: Readonly<Record<Outcome, string>> = {
  done: 'done',
  failed: 'failed',
  notDone: 'not done',
};
const columns = 10;

function outcomeOf(index: number, { done, failure }: Progress): Outcome {
  if (index < done) return 'done';
  return index === done && failure !== undefined ? 'failed' : 'notDone';
}
