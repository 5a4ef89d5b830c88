import { createStoredObject, type StoredObject } from './objects.js';

const seeds = [
  {
    kind: 'ClusterRoleBinding',
    namespace: '',
    name: 'oidc:alana-cluster-admin',
    role: 'cluster-admin',
    subject: { kind: 'User', name: 'oidc:alana' },
  },
  {
    kind: 'RoleBinding',
    namespace: 'default',
    name: 'ghost-deploys',
    role: 'admin',
    // The UAA does not have this user.
    subject: { kind: 'User', name: 'oidc:ghost' },
  },
  {
    kind: 'RoleBinding',
    namespace: 'kube-system',
    name: 'platform-team',
    role: 'edit',
    subject: { kind: 'Group', name: 'oidc:platform-team' },
  },
] as const;

/** Creates the role bindings that `tpks access` shows. @param now - epoch milliseconds */
export function seedBindings(now: number): readonly StoredObject[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  return seeds.map(({ kind, namespace, name, role, subject }) => {
    const content = {
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup, ...subject }],
    };
    return createStoredObject(kind, content, namespace, now);
  });
}
