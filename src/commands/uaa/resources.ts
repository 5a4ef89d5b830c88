// Loaders of resources that several commands use. Each imports its module on first use.

export const loadUsers = async () => (await import('../../uaa/users.js')).createUsers;

export const loadUserUpdates = async () =>
  (await import('../../uaa/user-updates.js')).createUserUpdates;

export const loadUserAccounts = async () =>
  (await import('../../uaa/user-accounts.js')).createUserAccounts;

export const loadUserinfo = async () =>
  (await import('../../uaa/userinfo.js')).createUserinfoEndpoint;

export const loadGroups = async () => (await import('../../uaa/groups.js')).createGroups;

export const loadMembers = async () => (await import('../../uaa/members.js')).createMembers;

export const loadMappings = async () => (await import('../../uaa/mappings.js')).createMappings;

export const loadMembershipSources = async () =>
  (await import('../../uaa/membership-sources.js')).createMembershipSources;

export const loadClients = async () => (await import('../../uaa/clients.js')).createClients;

export const loadClientSecrets = async () =>
  (await import('../../uaa/client-secrets.js')).createClientSecrets;

export const loadTokenRecords = async () =>
  (await import('../../uaa/tokens/token-records.js')).createTokenRecords;

export const loadInfo = async () => (await import('../../uaa/info.js')).createInfoEndpoint;

export const loadUserIds = async () => (await import('../../uaa/user-ids.js')).createUserIds;

export const loadClientJwts = async () =>
  (await import('../../uaa/client-jwts.js')).createClientJwts;

export const loadPasswordStrength = async () =>
  (await import('../../uaa/password-strength.js')).createPasswordStrength;

export const loadSigningKeys = async () =>
  (await import('../../uaa/tokens/signing-key.js')).createSigningKeys;

export const loadTokenKeys = async () =>
  (await import('../../uaa/tokens/token-keys.js')).createTokenKeys;

export const loadTokenCheck = async () =>
  (await import('../../uaa/tokens/check-token.js')).createTokenCheck;
