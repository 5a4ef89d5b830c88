import type { ReviewContent } from './content.js';
import type { Permissions } from './permissions.js';
import type { Finding } from './report.js';
import type { ClusterBindings } from './role-bindings.js';

export interface FindingInput {
  readonly content: ReviewContent;
  readonly permissions: Permissions;
  readonly now: Date;
  /** Users who have not logged in for longer than this are reported. */
  readonly staleSeconds: number;
  /** Ids of the clients that accept an empty secret; `undefined` if this was not checked. */
  readonly emptySecrets?: ReadonlySet<string> | undefined;
  /** `undefined` without `--kubernetes`. */
  readonly clusters?: readonly ClusterBindings[] | undefined;
}

export interface SubjectFinding {
  readonly finding: Finding;
  /** Ids of the users or of the client that the finding is about. */
  readonly subjects: readonly string[];
}
