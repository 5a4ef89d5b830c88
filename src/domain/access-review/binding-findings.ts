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
    .map(({ user, cluster, namespace, name, role, hasOtherSubjects }) => {
      // As `KIND/NAME`, a name such as `--all` is not an option.
      const [place, option, kind] =
        namespace === null
          ? ['', '', 'clusterrolebinding']
          : [` in the namespace ${namespace}`, ` -n ${quoteForShell(namespace)}`, 'rolebinding'];
      const verb = hasOtherSubjects ? 'edit' : 'delete';
      const command = `kubectl --context ${quoteForShell(cluster)}${option} ${verb} ${quoteForShell(`${kind}/${name}`)}`;
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
