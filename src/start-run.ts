import { systemClock, systemSchedule } from './clock.js';
import type { Environment } from './config/environment.js';
import { TpksError } from './errors.js';
import { listenForInterrupts } from './interrupts.js';
import { findProgram } from './pks-link.js';
import type { LinkTexts } from './link-name.js';
import { bugHint } from './report.js';
import type { RunDeps, RunIo } from './run.js';
import { createServices, type GlobalOptions } from './services.js';
import { createPager } from './terminal/pager.js';
import { createTerminal } from './terminal/terminal.js';

interface RunInput {
  readonly io: RunIo;
  readonly env: Environment;
  readonly deps: RunDeps;
  /** Makes messages name the link that the program was started with; `undefined` without a link. */
  readonly link: LinkTexts | undefined;
}

/** Connects the services to the streams and signals of a run. */
export function startRun({ io, env, deps, link }: RunInput, options: () => GlobalOptions) {
  const { clock = systemClock, schedule = systemSchedule, send, onInterrupt } = deps;
  const { platform } = io;
  const interrupts = listenForInterrupts(onInterrupt);
  const { ignoringCtrlC } = interrupts;
  const pager = createPager({ stdout: () => io.stdout, env, platform, options, ignoringCtrlC });
  const plainTerminal = createTerminal(io, env, options, pager);
  const terminal = link?.adaptTerminal(plainTerminal) ?? plainTerminal;
  const services = createServices({
    env,
    platform,
    clock,
    schedule,
    terminal,
    options,
    network: send,
    untilInterrupted: interrupts.wait,
    program: findProgram(io.programName),
  });
  return { interrupts, pager, services };
}

/** Rejects after an uncaught exception, or if the event loop is empty, so that the command cannot finish. */
export function watchForFailure(
  { onIdle, onUncaught }: RunDeps,
  findCommand: () => string,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    onUncaught?.(reject);
    onIdle?.(() => {
      const message = `${findCommand()} ended without a result`;
      reject(new TpksError('failed', message, { hint: bugHint }));
    });
  });
}
