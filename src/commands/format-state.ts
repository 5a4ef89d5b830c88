import type { Span, Tone } from '../platform/terminal/lines.js';

const tones: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  active: 'good',
  done: 'good',
  failed: 'bad',
  canceled: 'bad',
  inactive: 'bad',
  'in progress': 'busy',
  queued: 'queued',
  'not started': 'queued',
};

/** Formats the state of an operation, a task or an account. The color only repeats what the text says. */
export function formatState(state: string | null | undefined): Span {
  if (state === undefined || state === null) return '';
  const tone = Object.hasOwn(tones, state) ? tones[state] : undefined;
  return tone === undefined ? state : { text: state, tone };
}
