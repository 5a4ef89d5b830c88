import { type Clock, formatInstant } from '../../base/clock.js';
import {
  findInErrorChain,
  isTpksError,
  messageWithFacts,
  type TpksError,
} from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import { describeConnectionProblem } from '../../platform/http/network-error.js';

/** A certificate or a session, and when it expires. `tpks expiry -o json` prints it. */
export interface ExpiryRow {
  readonly kind: 'certificate' | 'session';
  /** `ca`: a CA that tpks has stored. `context`: the session of a context. `kubernetes`: a session for kubectl. */
  readonly role: 'api' | 'uaa' | 'cluster' | 'ca' | 'context' | 'kubernetes';
  /** Name of the cluster, CA, context or Kubernetes session; host and port for the API and the UAA. */
  readonly name: string;
  /** Host and port of the API, or of the UAA if the API is not known; `null` for a CA. */
  readonly installation: string | null;
  /** Host and port of the server that sent the certificate; `null` for everything else. */
  readonly server: string | null;
  /** ISO 8601; `null` if it is unknown. */
  readonly expiresAt: string | null;
  /** Whole days, rounded down; negative after the date; `null` if it is unknown. */
  readonly daysLeft: number | null;
  /** Details about the date, or why it is unknown. */
  readonly note: string | null;
  /** Why the date could not be read. */
  readonly problem: string | null;
}

export interface ExpiryReport {
  /** Sorted by date, then rows with unknown dates, then rows that could not be read. */
  readonly rows: readonly ExpiryRow[];
  /** The errors of the rows that could not be read. */
  readonly errors: ReadonlyMap<ExpiryRow, TpksError>;
}

/** A certificate or a session, without its expiry. */
export type Subject = Omit<ExpiryRow, 'expiresAt' | 'daysLeft' | 'note' | 'problem'>;

export interface Expiry {
  /** In milliseconds since the epoch; `undefined` if it is unknown. */
  readonly end?: number | undefined;
  readonly note?: string | undefined;
}

export const dayMilliseconds = 24 * 60 * 60 * 1000;

/** Collects the rows. Errors are added as rows, so that the other rows are still shown. */
export class ReportBuilder {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #rows: ExpiryRow[] = [];
  readonly #errors = new Map<ExpiryRow, TpksError>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  add(subject: Subject, { end = Number.NaN, note }: Expiry): void {
    // A server can send an invalid date.
    const isKnown = !Number.isNaN(end);
    this.#rows.push({
      ...subject,
      expiresAt: isKnown ? formatInstant(new Date(end)) : null,
      daysLeft: isKnown ? Math.floor((end - this.#clock.now().getTime()) / dayMilliseconds) : null,
      note: note ?? null,
      problem: null,
    });
  }

  addFailure(subject: Subject, problem: string): ExpiryRow {
    const row = { ...subject, expiresAt: null, daysLeft: null, note: null, problem };
    this.#rows.push(row);
    return row;
  }

  /** @returns `undefined` if `work` throws a `TpksError`, which is added to the report. */
  async attempt<T>(subject: Subject, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isTpksError(error)) throw error;
      // The row already names the server. An error from a proxy contains the proxy's host instead.
      const isFromServer = error.host === subject.server;
      const reason = isFromServer ? findInErrorChain(error, describeConnectionProblem) : undefined;
      const row = this.addFailure(subject, reason ?? redact(messageWithFacts(error)));
      this.#errors.set(row, error);
      return undefined;
    }
  }

  hasFailed(server: string | null): boolean {
    return [...this.#errors.keys()].some((row) => row.server === server);
  }

  finish(): ExpiryReport {
    const collator = new Intl.Collator('en', { numeric: true });
    const rows = this.#rows.sort(
      (a, b) => orderOf(a) - orderOf(b) || collator.compare(a.name, b.name),
    );
    return { rows, errors: this.#errors };
  }
}

function orderOf({ expiresAt, problem }: ExpiryRow): number {
  if (expiresAt !== null) return Date.parse(expiresAt);
  return problem === null ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER;
}
