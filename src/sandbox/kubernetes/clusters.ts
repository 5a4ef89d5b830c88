/** A Kubernetes API that a cluster of the sandbox uses. */
export interface KubernetesEndpoint {
  /** URL, e.g. `https://localhost:40123`. */
  readonly server: string;
  /** CA certificate of the server, PEM. */
  readonly ca: string;
  /** Bearer token of a cluster administrator. */
  readonly adminToken: string;
}

/** The Kubernetes APIs of the sandbox's clusters: built-in ones, or one external API server. */
export interface KubernetesClusters {
  /**
   * Returns the Kubernetes API of a cluster, and starts it if necessary.
   * @throws {Error} if it cannot be started.
   */
  readonly getEndpoint: (cluster: {
    readonly uuid: string;
    readonly name: string;
  }) => Promise<KubernetesEndpoint>;
}

/** `oidc`: clusters accept ID tokens of the UAA. `token`: only service account tokens. */
export type KubeAuth = 'oidc' | 'token';
