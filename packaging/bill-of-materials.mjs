/** Creates the software bill of materials (SBOM) of a build in CycloneDX format. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ content: string, encoding?: string, contentType?: string }} LicenseText */
/** @typedef {{ id?: string, name?: string, text?: LicenseText }} NamedLicense */
/** @typedef {{ license: NamedLicense, expression?: undefined } | { expression: string, license?: undefined }} License */

/**
 * A package or a part of a package, with the fields that tpks uses.
 *
 * @typedef {object} Component
 * @property {string} type
 * @property {string} [group]
 * @property {string} name
 * @property {string} [version]
 * @property {string} [bom-ref]
 * @property {string} [purl]
 * @property {string} [description]
 * @property {License[]} [licenses]
 * @property {{ licenses?: License[] }} [evidence]
 * @property {{ alg: string, content: string }[]} [hashes]
 * @property {{ type: string, url: string }[]} [externalReferences]
 * @property {Component[]} [components]
 */

/**
 * @typedef {object} BillOfMaterials
 * @property {{ component: Component }} metadata
 * @property {Component[]} components
 * @property {{ ref: string, dependsOn?: string[] }[]} dependencies
 */

/**
 * Entries to omit: modules that do not belong to a package (groups of the bundle and the sources of tpks),
 * and the native keychain module, which `runtime-parts.mjs` adds with its licenses.
 */
const omitted = /^(VirtualComponent |DummyComponent |@napi-rs\/keyring)/;

/**
 * Lists the packages in a bundle.
 *
 * @param {string} metafile - path of the metafile that esbuild or the standalone build wrote.
 * @returns {BillOfMaterials} reproducible: the same for each build of the same sources.
 * @see https://cyclonedx.org
 */
export function createBillOfMaterials(metafile) {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-sbom-'));
  const output = join(folder, 'bom.json');
  // The package exports only its plugin, not the path of its command.
  const plugin = import.meta.resolve('@cyclonedx/cyclonedx-esbuild');
  const command = fileURLToPath(new URL('../bin/cyclonedx-esbuild-cli.js', plugin));
  try {
    execFileSync(
      process.execPath,
      [
        ...[command, '--gather-license-texts', '--output-reproducible', '--no-validate'],
        ...['--output-file', output, metafile],
      ],
      {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        // Hides warnings about modules that do not belong to a package. Errors are thrown.
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    return removeOmitted(/** @type {BillOfMaterials} */ (JSON.parse(readFileSync(output, 'utf8'))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Removes the omitted entries. Their dependencies become dependencies of tpks.
 *
 * @param {BillOfMaterials} bill
 * @returns {BillOfMaterials}
 */
function removeOmitted(bill) {
  const root = bill.metadata.component['bom-ref'];
  const moved = bill.dependencies.flatMap(({ ref, dependsOn = [] }) =>
    omitted.test(ref) || ref === root ? dependsOn : [],
  );
  const direct = [...new Set(moved)].filter((ref) => ref !== root && !omitted.test(ref)).sort();
  return {
    ...bill,
    components: bill.components.filter((component) => !omitted.test(component['bom-ref'] ?? '')),
    dependencies: bill.dependencies
      .filter(({ ref }) => !omitted.test(ref))
      .map(({ ref, dependsOn }) => {
        if (ref === root) return { ref, dependsOn: direct };
        const packages = dependsOn?.filter((each) => !omitted.test(each));
        return packages === undefined ? { ref } : { ref, dependsOn: packages };
      }),
  };
}
