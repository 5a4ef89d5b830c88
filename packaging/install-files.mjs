/** Writes the formula for Homebrew, which contains the checksums of the archives in a release. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The archives, by the names of the formula's blocks. */
const homebrewArchives = {
  on_macos: { on_arm: 'tpks-darwin-arm64.tar.gz', on_intel: 'tpks-darwin-x64.tar.gz' },
  on_linux: { on_arm: 'tpks-linux-arm64.tar.gz', on_intel: 'tpks-linux-x64.tar.gz' },
};

/**
 * Writes `tpks.rb` to a folder. Omits platforms without an archive. Writes nothing if no platform has one.
 *
 * @param {string} folder
 * @param {ReadonlyMap<string, string>} checksums - SHA-256 digests of the archives, by file name.
 * @see https://docs.brew.sh/Formula-Cookbook
 */
export function writeInstallFiles(folder, checksums) {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version, description, repository } =
    /** @type {{ version: string, description: string, repository: { url: string } }} */ (
      JSON.parse(text)
    );
  const address = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  const blocks = Object.entries(homebrewArchives).flatMap(([system, archives]) => {
    const inner = Object.entries(archives)
      .filter(([, file]) => checksums.has(file))
      .map(([cpu, file]) =>
        [
          `    ${cpu} do`,
          `      url "${address}/releases/download/v${version}/${file}"`,
          `      sha256 "${checksums.get(file)}"`,
          '    end',
        ].join('\n'),
      );
    return inner.length === 0 ? [] : [`  ${system} do\n${inner.join('\n')}\n  end\n`];
  });
  if (blocks.length === 0) return;
  const formula = `class Tpks < Formula
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
  writeFileSync(join(folder, 'tpks.rb'), formula);
}
