/** A release of PKS or TKGI that the sandbox can simulate. */
export interface Release {
  readonly name: ReleaseName;
  /** Versions of new and upgraded clusters. */
  readonly current: Versions;
  /** Versions of clusters that were created by the previous release. */
  readonly previous: Versions;
}

export interface Versions {
  readonly pks: string;
  readonly k8s: string;
}

export type ReleaseName = '1.7' | '1.20';

export const releases: Readonly<Record<ReleaseName, Release>> = {
  '1.7': {
    name: '1.7',
    current: { pks: '1.7.0-build.26', k8s: '1.16.7' },
    previous: { pks: '1.6.1-build.6', k8s: '1.15.10' },
  },
  '1.20': {
    name: '1.20',
    current: { pks: '1.20.0-build.52', k8s: '1.29.6' },
    previous: { pks: '1.19.2-build.10', k8s: '1.28.11' },
  },
};
