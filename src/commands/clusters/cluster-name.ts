import type { NamedBy } from '../known-names.js';

/** The argument of the commands about one cluster. */
export const clusterName: NamedBy = {
  term: '<name>',
  description: 'name of the cluster',
  completes: 'clusters',
};
