#!/bin/sh
# debian-crates.sh SUITE FOLDER: unpacks just and all crates that Debian has packaged for it into FOLDER, as their packages
# would install them. apt works in a folder of its own: nothing of this machine is installed, upgraded or configured.
set -eu
suite=$1
folder=$2
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1)
[ -n "$mirror" ] || { echo 'apt knows no Debian archive: run apt-get update' >&2; exit 1; }
mkdir -p "$own/etc" "$own/lists/partial" "$own/archives/partial" "$own/packages"
: >"$own/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$own/etc/sources.list"
cat >"$own/apt.conf" <<END
Dir::Etc::sourcelist "$own/etc/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$own/lists";
Dir::State::status "$own/status";
Dir::Cache "$own";
Dir::Cache::archives "$own/archives";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
END
export APT_CONFIG="$own/apt.conf"
apt-get update -qq
cd "$own/packages"
# apt itself would refuse the whole when one crate lacks something that only a feature needs.
apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    librust-just-dev | grep '^librust-[^:]*$' | sort -u | xargs -n 50 apt-get download -qq
for package in *.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder" --strip-components=5 ./usr/share/cargo/registry 2>/dev/null || true
done
ls "$folder" | wc -l
