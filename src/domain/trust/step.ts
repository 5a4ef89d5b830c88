import { isTpksError, rewordError } from '../../base/errors.js';

/** A change that creates, changes or removes a part of a trust. */
export interface TrustStep {
  readonly action: 'add' | 'change' | 'remove';
  readonly kind: 'identity provider' | 'client' | 'user' | 'group' | 'membership';
  readonly name: string;
  /** Values that the change sets, shown in the plan. */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  readonly run: () => Promise<unknown>;
}

/**
 * Runs the steps one after the other. After a failure or an interruption, a new plan contains exactly the remaining steps.
 * @throws {TpksError} the error of the first step that fails.
 */
export async function runSteps(steps: readonly TrustStep[]): Promise<void> {
  for (const [done, { run }] of steps.entries()) {
    try {
      await run();
    } catch (error) {
      if (!isTpksError(error) || done === 0) throw error;
      throw rewordError(error, {
        message: `Stopped after ${done} of ${steps.length} changes: ${error.message}`,
        nextHint: 'fix the problem, then run the same command again to apply the rest',
      });
    }
  }
}
