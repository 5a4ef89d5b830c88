import type { Zone } from '../api/uaa/uaa-api.js';
import type { Clock, Schedule } from '../base/clock.js';
import type { Link } from '../base/link.js';
import type { Environment } from '../platform/config/environment.js';
import type { Send } from '../platform/http/send.js';
import type { OutputFormat, Terminal } from '../platform/terminal/terminal.js';

/** Options of every command, declared in `global-options.ts`, and options of command groups. */
export interface GlobalOptions {
  readonly context?: string | undefined;
  readonly json: boolean;
  readonly output?: OutputFormat | undefined;
  /** `false` after `--non-interactive` or `--no-input`. */
  readonly interactive: boolean;
  /** `true` after `--yes`: changes are not confirmed. */
  readonly yes?: boolean;
  /** `false` after `--no-color`. */
  readonly color: boolean;
  /** Time limit of each request; if absent, it depends on the server (see `time-limits.ts`). */
  readonly timeoutSeconds?: number | undefined;
  readonly trace: boolean;
  /** Identity zone of requests to the UAA, only for `tpks uaa`; if absent, the UAA's default zone. */
  readonly zone?: Zone | undefined;
}

export interface Runtime {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly options: () => GlobalOptions;
  /** Resolves on Ctrl-C, for commands that run until then. */
  readonly untilInterrupted: () => Promise<void>;
  /** For the report about slow servers; if absent, nothing is reported. */
  readonly schedule?: Schedule | undefined;
  readonly link: Link;
  /** Replaces the network in tests. */
  readonly network?: Send | undefined;
}
