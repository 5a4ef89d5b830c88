import { expect, test } from '@jest/globals';
import { findBindingProblems } from '../../../../src/domain/access-review/binding-findings.js';
import { findPermissions } from '../../../../src/domain/access-review/permissions.js';

/** Returns the command for a binding of an unknown user. */
function findCommand(name: string, { hasOtherSubjects = false, namespace = 'web' } = {}) {
  const content = {
    ...{ users: [], groups: [], mappings: [], clients: [], providers: [], sampleUser: undefined },
  };
  const binding = { cluster: 'dev-1', namespace, name, role: 'ClusterRole edit', hasOtherSubjects };
  const cluster = { name: 'dev-1', userBindings: [{ ...binding, user: 'ghost' }] };
  const problems = findBindingProblems({
    ...{ content, permissions: findPermissions(content), now: new Date(0), staleSeconds: 0 },
    clusters: [{ ...cluster, groupBindings: [] }],
  });
  return problems.map(({ finding }) => finding.command);
}

// Kubernetes allows such names, and `kubectl delete rolebinding --all` deletes all of them.
test('the name of a role binding cannot be an option of kubectl', () => {
  expect(findCommand('--all')).toEqual(['kubectl --context dev-1 -n web delete rolebinding/--all']);
});

test('a role binding that others also use is edited, not deleted', () => {
  expect(findCommand('editors', { hasOtherSubjects: true })).toEqual([
    'kubectl --context dev-1 -n web edit rolebinding/editors',
  ]);
});
