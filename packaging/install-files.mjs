/**
 * The files that Homebrew, Scoop and Nix need to install a release. They contain the checksums of the
 * archives, so `npm run release` generates them for each release.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archive } from './archive.mjs';

/**
 * @typedef {object} Release
 * @property {string} version
 * @property {string} description
 * @property {string} address - URL of the repository.
 * @property {(file: string) => string} urlOf
 * @property {(file: string) => string} digestOf - SHA-256 in hexadecimal.
 */

/** The archives, by the names of the platforms in Nix. */
const nixArchives = {
  'x86_64-linux': 'tpks-linux-x64.tar.gz',
  'aarch64-linux': 'tpks-linux-arm64.tar.gz',
  'x86_64-darwin': 'tpks-darwin-x64.tar.gz',
  'aarch64-darwin': 'tpks-darwin-arm64.tar.gz',
};

/** The same archives, by the names of the blocks in a formula. */
const homebrewArchives = {
  on_macos: { on_arm: 'tpks-darwin-arm64.tar.gz', on_intel: 'tpks-darwin-x64.tar.gz' },
  on_linux: { on_arm: 'tpks-linux-arm64.tar.gz', on_intel: 'tpks-linux-x64.tar.gz' },
};

/**
 * Writes `tpks.rb` (Homebrew), `tpks.json` (Scoop) and `tpks-nix.tar.gz` (Nix) to a folder. Omits the
 * platforms without an archive, and the files without a platform.
 *
 * @param {string} folder
 * @param {ReadonlyMap<string, string>} checksums - SHA-256 digests of the archives, by file name.
 */
export function writeInstallFiles(folder, checksums) {
  const release = describeRelease(checksums);
  const has = (/** @type {string} */ file) => checksums.has(file);
  const formula = formatFormula(release, has);
  if (formula !== undefined) writeFileSync(join(folder, 'tpks.rb'), formula);
  if (has('tpks-windows-x64.zip')) {
    const manifest = JSON.stringify(toScoopManifest(release), undefined, 2);
    writeFileSync(join(folder, 'tpks.json'), `${manifest}\n`);
  }
  const flake = formatFlake(release, has);
  if (flake === undefined) return;
  // Nix installs a flake from the URL of an archive.
  const staging = mkdtempSync(join(tmpdir(), 'tpks-flake-'));
  try {
    writeFileSync(join(staging, 'flake.nix'), flake);
    archive('tpks-nix', folder, [join(staging, 'flake.nix')]);
  } finally {
    rmSync(staging, { recursive: true });
  }
}

/**
 * @param {ReadonlyMap<string, string>} checksums
 * @returns {Release}
 */
function describeRelease(checksums) {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version, description, repository } =
    /** @type {{ version: string, description: string, repository: { url: string } }} */ (
      JSON.parse(text)
    );
  const address = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  return {
    version,
    description,
    address,
    urlOf: (file) => `${address}/releases/download/v${version}/${file}`,
    digestOf: (file) => {
      const digest = checksums.get(file);
      if (digest === undefined) throw new Error(`No checksum for ${file}`);
      return digest;
    },
  };
}

/**
 * @param {Release} release
 * @param {(file: string) => boolean} has
 * @returns the formula; undefined if it would contain no archive.
 * @see https://docs.brew.sh/Formula-Cookbook
 */
function formatFormula({ version, description, address, urlOf, digestOf }, has) {
  const blocks = Object.entries(homebrewArchives).flatMap(([system, archives]) => {
    const inner = Object.entries(archives)
      .filter(([, file]) => has(file))
      .map(([cpu, file]) =>
        [
          `    ${cpu} do`,
          `      url "${urlOf(file)}"`,
          `      sha256 "${digestOf(file)}"`,
          '    end',
        ].join('\n'),
      );
    return inner.length === 0 ? [] : [`  ${system} do\n${inner.join('\n')}\n  end\n`];
  });
  if (blocks.length === 0) return undefined;
  return `class Tpks < Formula
  desc ${JSON.stringify(description.replace(/:.*/, ''))}
  homepage "${address}"
  version "${version}"
  license "MIT"

${blocks.join('\n')}
  def install
    bin.install "tpks"
    (bash_completion/"tpks").write Utils.safe_popen_read(bin/"tpks", "completion", "bash")
    (zsh_completion/"_tpks").write Utils.safe_popen_read(bin/"tpks", "completion", "zsh")
    (fish_completion/"tpks.fish").write Utils.safe_popen_read(bin/"tpks", "completion", "fish")
  end

  test do
    assert_match "tpks #{version}", shell_output("#{bin}/tpks --version")
  end
end
`;
}

/**
 * @param {Release} release
 * @see https://github.com/ScoopInstaller/Scoop/blob/master/schema.json
 */
function toScoopManifest({ version, description, address, urlOf, digestOf }) {
  const file = 'tpks-windows-x64.zip';
  return {
    version,
    description,
    homepage: address,
    license: 'MIT',
    architecture: { '64bit': { url: urlOf(file), hash: digestOf(file) } },
    bin: 'tpks.exe',
    checkver: 'github',
    autoupdate: {
      architecture: { '64bit': { url: urlOf(file).replaceAll(version, '$version') } },
      hash: { url: '$baseurl/SHA256SUMS' },
    },
  };
}

/**
 * On Linux, autoPatchelfHook sets the path of the dynamic linker. The binary must not be stripped,
 * because that removes the program and leaves only the runtime.
 *
 * @param {Release} release
 * @param {(file: string) => boolean} has
 * @returns the flake; undefined if it would contain no archive.
 */
function formatFlake({ version, description, address, urlOf, digestOf }, has) {
  const archives = Object.entries(nixArchives)
    .filter(([, file]) => has(file))
    .map(([system, file]) =>
      [
        `        ${system} = {`,
        `          url = "${urlOf(file)}";`,
        `          sha256 = "${digestOf(file)}";`,
        '        };',
      ].join('\n'),
    );
  if (archives.length === 0) return undefined;
  return `{
  description = ${JSON.stringify(description)};

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { nixpkgs, ... }:
    let
      archives = {
${archives.join('\n')}
      };
      createPackage = system: archive:
        let
          pkgs = nixpkgs.legacyPackages.\${system};
          inherit (pkgs) lib stdenv;
        in
        stdenv.mkDerivation {
          pname = "tpks";
          version = "${version}";
          src = pkgs.fetchurl archive;
          sourceRoot = ".";
          nativeBuildInputs = lib.optional stdenv.isLinux pkgs.autoPatchelfHook;
          buildInputs = lib.optional stdenv.isLinux stdenv.cc.cc.lib;
          dontStrip = true;
          installPhase = ''
            install -D tpks $out/bin/tpks
          '';
          meta = {
            homepage = "${address}";
            license = lib.licenses.mit;
            mainProgram = "tpks";
          };
        };
    in
    {
      packages = builtins.mapAttrs
        (system: archive: { default = createPackage system archive; })
        archives;
    };
}
`;
}
