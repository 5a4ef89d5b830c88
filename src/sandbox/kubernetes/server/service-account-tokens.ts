import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  type JsonWebKey,
} from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { isObject } from '../../body.js';
import type { Storage } from '../../storage/storage.js';
import { describeToken } from './identity.js';
import type { KubernetesObject } from './objects.js';
import type { TokenAuthenticator } from './oidc.js';

const issuer = 'https://kubernetes.default.svc';
const claimName = 'kubernetes.io';

/** The tokens of a cluster's service accounts. */
export interface ServiceAccountTokens {
  /** The audience of tokens if the request does not name one. */
  readonly defaultAudience: string;
  /**
   * Signs a token.
   *
   * @param seconds - lifetime.
   */
  readonly issue: (
    account: KubernetesObject,
    audiences: readonly string[],
    seconds: number,
  ) => Promise<string>;
  /** Rejects a token if its account was deleted, even if a new account has the same name. */
  readonly authenticate: TokenAuthenticator;
}

export interface ServiceAccountTokenOptions {
  /** Stores the key, so that tokens stay valid after a restart. */
  readonly storage: Storage;
  /**
   * Whether users can log in with OIDC. If this changes, tokens become invalid, because turning OIDC on
   * or off invalidates the kubeconfigs of a PKS cluster.
   */
  readonly hasOidc: boolean;
  readonly findAccount: (namespace: string, name: string) => KubernetesObject | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** @see kubernetes, section 2 */
export function createServiceAccountTokens({
  storage,
  hasOidc,
  findAccount,
  now,
}: ServiceAccountTokenOptions): ServiceAccountTokens {
  const privateKey = loadPrivateKey(storage, hasOidc);
  const publicKey = createPublicKey(privateKey);

  function findClaimedAccount(claim: unknown): KubernetesObject | undefined {
    const { namespace, serviceaccount } = isObject(claim) ? claim : {};
    const { name, uid } = isObject(serviceaccount) ? serviceaccount : {};
    const account = findAccount(String(namespace), String(name));
    return account?.metadata.uid === uid ? account : undefined;
  }

  return {
    defaultAudience: issuer,
    issue: ({ metadata: { namespace = '', name, uid } }, audiences, seconds) => {
      const issuedAt = Math.floor(now() / 1000);
      return new SignJWT({ [claimName]: { namespace, serviceaccount: { name, uid } } })
        .setProtectedHeader({ alg: 'ES256', kid: 'service-accounts' })
        .setIssuer(issuer)
        .setSubject(formatUsername(namespace, name))
        .setAudience([...audiences])
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setNotBefore(issuedAt)
        .setExpirationTime(issuedAt + seconds)
        .sign(privateKey);
    },
    async authenticate(token) {
      const options = { issuer, audience: issuer, currentDate: new Date(now()) };
      const verified = await jwtVerify(token, publicKey, options).catch(() => undefined);
      if (!verified) return undefined;
      const { [claimName]: claim, jti } = verified.payload;
      const account = findClaimedAccount(claim);
      if (!account) return undefined;
      const { namespace = '', name, uid } = account.metadata;
      return {
        username: formatUsername(namespace, name),
        uid,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
        ...describeToken(jti),
      };
    },
  };
}

/** Formats the user name of a service account. */
export function formatUsername(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

interface StoredKey extends JsonWebKey {
  /** Whether the cluster used OIDC when the key was created. */
  readonly hasOidc: boolean;
}

function loadPrivateKey(storage: Storage, hasOidc: boolean) {
  const keys = storage.collection<StoredKey>({
    name: 'service-account-key',
    key: () => 'current',
  });
  const [storedKey] = keys.all();
  if (storedKey?.hasOidc === hasOidc) return createPrivateKey({ key: storedKey, format: 'jwk' });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  keys.put({ ...privateKey.export({ format: 'jwk' }), hasOidc });
  return privateKey;
}
