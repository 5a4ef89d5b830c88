import { quoteForShell } from '../../base/shell-quote.js';
import type { FindingInput, SubjectFinding } from './finding.js';

/** Role bindings stay when their user is deleted. Names of users are case-sensitive in Kubernetes. */
export function findBindingProblems({
  content,
  clusters = [],
}: FindingInput): readonly SubjectFinding[] {
  const names = new Set(content.users.map(({ userName }) => userName));
  return clusters
    .flatMap(({ userBindings }) => userBindings)
    .filter(({ user }) => !names.has(user))
    .map(({ user, cluster, namespace, name, role }) => {
      const kubectl = `kubectl --context ${quoteForShell(cluster)}`;
      const [place, command] =
        namespace === null
          ? ['', `${kubectl} delete clusterrolebinding ${quoteForShell(name)}`]
          : [
              ` in the namespace ${namespace}`,
              `${kubectl} -n ${quoteForShell(namespace)} delete rolebinding ${quoteForShell(name)}`,
            ];
      return {
        subjects: [],
        finding: {
          id: 'binding-unknown-user',
          severity: 'medium',
          identity: user,
          reason: `A role binding gives ${role} of the cluster ${cluster}${place} to this name, but the UAA has no such user; a new user with this name gets the role`,
          command,
        },
      };
    });
}
