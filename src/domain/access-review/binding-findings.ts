import { quoteForShell } from '../../base/shell-quote.js';
import type { FindingInput, SubjectFinding } from './finding.js';

/** A role binding is not deleted with its user. Kubernetes user names are case-sensitive. */
export function findBindingProblems({
  content,
  clusters = [],
}: FindingInput): readonly SubjectFinding[] {
  const names = new Set(content.users.map(({ userName }) => userName));
  return clusters
    .flatMap(({ userBindings }) => userBindings)
    .filter(({ user }) => !names.has(user))
    .map(({ user, cluster, namespace, name, role, hasOtherSubjects }) => {
      // `KIND/NAME` prevents kubectl from reading a name such as `--all` as an option.
      const [location, option, kind] =
        namespace === null
          ? [`cluster ${cluster}`, '', 'clusterrolebinding']
          : [
              `namespace ${namespace} of cluster ${cluster}`,
              ` -n ${quoteForShell(namespace)}`,
              'rolebinding',
            ];
      const verb = hasOtherSubjects ? 'edit' : 'delete';
      const command = `kubectl --context ${quoteForShell(cluster)}${option} ${verb} ${quoteForShell(`${kind}/${name}`)}`;
      return {
        subjects: [],
        finding: {
          id: 'binding-unknown-user',
          severity: 'medium',
          identity: user,
          reason: `A role binding in ${location} grants ${role} to this name. The UAA has no such user, so a new user with this name would get the role`,
          command,
        },
      };
    });
}
