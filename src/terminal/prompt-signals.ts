import process from 'node:process';
import type { Writable } from 'node:stream';
import type { Keyboard } from './prompt.js';

/**
 * Leaves raw mode before a signal ends or stops the process, because the terminal would otherwise not show
 * what the user types next. The signals come from other programs, because keys send none in raw mode.
 *
 * @param redraw - shows the prompt again.
 */
export function watchPromptSignals(keyboard: Keyboard, screen: Writable, redraw: () => void) {
  let isReleased = false;
  const enterRawMode = () => {
    if (isReleased) return;
    // The runtime assumes that the terminal is still in raw mode, but a shell may have changed it.
    keyboard.setRawMode?.(false);
    keyboard.setRawMode?.(true);
    process.off('SIGTSTP', onStop).on('SIGTSTP', onStop);
  };
  const stop = (processId: number) => {
    // Without a listener, the signal has its usual effect.
    process.off('SIGTSTP', onStop);
    keyboard.setRawMode?.(false);
    process.kill(processId, 'SIGTSTP');
    // The system ignores the signal if there is no shell that could continue the job. If the job has
    // stopped, this runs afterwards.
    setTimeout(enterRawMode, 10);
  };
  const onStop = () => {
    stop(process.pid);
  };
  const onContinue = () => {
    enterRawMode();
    redraw();
  };
  const onInterrupt = () => {
    keyboard.setRawMode?.(false);
    screen.write('\n');
  };
  const onQuit = (signal: NodeJS.Signals) => {
    onInterrupt();
    process.off(signal, onQuit);
    process.kill(process.pid, signal);
  };
  process
    .on('SIGINT', onInterrupt)
    .on('SIGTERM', onInterrupt)
    .on('SIGHUP', onQuit)
    .on('SIGQUIT', onQuit)
    .on('SIGTSTP', onStop)
    .on('SIGCONT', onContinue);
  return {
    /**
     * Stops or ends this job, as Ctrl-Z and Ctrl-\ do outside raw mode. The signal goes to the whole process
     * group, because the shell waits for all of it. The prompt is shown again when the shell sends SIGCONT.
     */
    sendToJob: (signal: 'SIGTSTP' | 'SIGQUIT') => {
      if (keyboard !== process.stdin || process.platform === 'win32') return;
      if (signal === 'SIGTSTP') stop(0);
      else process.kill(0, signal);
    },
    release: () => {
      isReleased = true;
      process
        .off('SIGINT', onInterrupt)
        .off('SIGTERM', onInterrupt)
        .off('SIGHUP', onQuit)
        .off('SIGQUIT', onQuit)
        .off('SIGTSTP', onStop)
        .off('SIGCONT', onContinue);
    },
  };
}
