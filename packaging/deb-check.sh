#!/usr/bin/env bash
# Runs as root in a minimal Debian: installs /tmp/tpks.deb, uses it like a user, and removes it.
# `deb-check.mjs` starts it. The argument is the version in the package.
set -euo pipefail
version=$1
trap 'echo "deb-check.sh failed in line $LINENO" >&2' ERR

fail() {
  echo "$1" >&2
  exit 1
}

! command -v node >/dev/null || fail 'Node is installed here'
# The installer of Debian creates this file, but this system was not created with it.
echo '127.0.0.1 localhost' >/etc/hosts
find / -xdev -path /proc -prune -o -path /tmp -prune -o -print | sort >/tmp/before
if [ -e /tmp/old.deb ]; then
  dpkg -i /tmp/old.deb
  [ -e /usr/share/doc/tpks/only-in-old-versions ] || fail 'the old version is not installed'
fi
dpkg -i /tmp/tpks.deb
[ ! -e /usr/share/doc/tpks/only-in-old-versions ] || fail 'the upgrade left a file'
echo 'ok  installed'

for file in \
  man/man1/tpks.1.gz man/man1/tpks-uaa-client-add.1.gz \
  bash-completion/completions/tpks fish/vendor_completions.d/tpks.fish \
  zsh/vendor-completions/_tpks \
  doc/tpks/{copyright,THIRD_PARTY_NOTICES.txt.gz,tpks.cdx.json.gz}; do
  [ -s "/usr/share/$file" ] || fail "/usr/share/$file is missing"
done
zcat /usr/share/doc/tpks/THIRD_PARTY_NOTICES.txt.gz >/tmp/notices
for text in 'Bun' 'GNU LIBRARY GENERAL PUBLIC LICENSE'; do
  grep -q "$text" /tmp/notices || fail "the notices do not contain $text"
done
echo 'ok  man pages, completions and notices'

[ "$(tpks --version)" = "tpks $version" ] || fail "tpks --version prints $(tpks --version)"

. /usr/share/bash-completion/completions/tpks
COMP_LINE='tpks uaa us' COMP_POINT=11 COMP_TYPE=9 COMPREPLY=()
# compopt fails outside of a completion.
_tpks_complete 2>/tmp/warnings || true
[[ " ${COMPREPLY[*]} " == *' users '* ]] || fail "bash completes uaa us to ${COMPREPLY[*]}"
[ ! -s /tmp/warnings ] || fail "$(cat /tmp/warnings)"
echo 'ok  completion'
mkdir /tmp/user
cd /tmp/user
tpks sandbox --json --api-port 0 --uaa-port 0 --dir /tmp/sandbox >/tmp/ready.json &
sandbox=$!
for ((attempt = 0; attempt < 300; attempt++)); do
  [ -s /tmp/ready.json ] && break
  kill -0 "$sandbox" || fail 'the sandbox exited'
  sleep 0.1
done
# member NAME: the value of a string in the JSON object that the sandbox printed.
member() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" /tmp/ready.json; }
TPKS_PASSWORD=alana-password tpks login -a "$(member api)" --uaa-url "$(member uaa)" \
  --ca-cert "$(member caCert)" -u alana --store file --non-interactive
[ "$(tpks clusters -o name | wc -l)" -eq 5 ] || fail 'tpks clusters does not list 5 clusters'
kill -INT "$sandbox"
wait "$sandbox" || true
echo 'ok  login and clusters'

dpkg --purge tpks
# The user's settings and session.
rm -rf /root/.config
find / -xdev -path /proc -prune -o -path /tmp -prune -o -print | sort >/tmp/after
diff /tmp/before /tmp/after | grep -v '/var/\|^[0-9]' >/tmp/left || true
[ ! -s /tmp/left ] || fail "left after the removal: $(cat /tmp/left)"
echo 'ok  removed'
