// What is run to install packages, as POSIX shell. Everything that differs from one run to the next, or that no build looks
// at, is taken out at the end, so that the same packages always give the same root.
import { etcFiles } from '../../compiler/plan/sandbox.ts';
import { shellWord } from '../../compiler/plan/quote.ts';

/** Folders of other calling conventions. A later package may bring one, and then a script of base-files wants a link in the root. */
export const foreignLibraries: readonly string[] = ['lib32', 'libo32', 'libx32'];

/** In the host's /usr: the essential packages' files, enough for dpkg to run in the new root. */
export function unpackScript(files: readonly string[]): string {
    return `
root=/rpkg/root
# All that may be in a root: in the new one itself nothing can be added to it.
for name in boot etc home media mnt opt root run srv usr var; do mkdir -p "$root/$name"; done
for name in bin sbin lib; do
    mkdir -p "$root/usr/$name"
    ln -s "usr/$name" "$root/$name"
done
for each in ${files.join(' ')}; do
    dpkg-deb --fsys-tarfile "$each" | tar --extract --keep-directory-symlink --directory "$root"
done
for name in ${foreignLibraries.join(' ')}; do mkdir -p "$root/usr/$name"; done
for name in lib64 ${foreignLibraries.join(' ')}; do
    if [ -d "$root/usr/$name" ] && [ ! -e "$root/$name" ]; then ln -s "usr/$name" "$root/$name"; fi
done
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/etc/dpkg/dpkg.cfg.d"
: >"$root/var/lib/dpkg/status"
: >"$root/var/lib/dpkg/available"
`;
}

/**
 * In the new root. Essential packages may need each other before they are configured; the others come after them, and may
 * expect them to work. No service is started.
 */
export function configureScript(essential: readonly string[], others: readonly string[]): string {
    return `
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
${filesFirst}
dpkg --force-depends --force-unsafe-io --install ${essential.join(' ')}
${others.length === 0 ? '' : `dpkg --force-depends --force-unsafe-io --unpack ${others.join(' ')}`}
dpkg --force-unsafe-io --force-confold --configure --pending
dpkg --audit >/run/audit
if [ -s /run/audit ]; then cat /run/audit; exit 1; fi
`;
}

/** Users that scripts ask for before base-passwd has made them. */
const filesFirst = `
[ -e /etc/passwd ] || printf 'root:x:0:0:root:/root:/bin/sh\\n' >/etc/passwd
[ -e /etc/group ] || printf 'root:x:0:\\nmail:x:8:\\nutmp:x:43:\\n' >/etc/group
`;

/** Logs, caches, locks, old copies, what identifies a machine, and users that are not those of the sandbox. */
const leftovers = [
    '/etc/.pwd.lock',
    '/etc/group-',
    '/etc/gshadow',
    '/etc/gshadow-',
    '/etc/machine-id',
    '/etc/mtab',
    '/etc/passwd-',
    '/etc/resolv.conf',
    '/etc/shadow',
    '/etc/shadow-',
    '/etc/subgid',
    '/etc/subgid-',
    '/etc/subuid',
    '/etc/subuid-',
    '/usr/sbin/policy-rc.d',
    '/var/cache/apt',
    '/var/cache/debconf',
    '/var/cache/fontconfig',
    '/var/cache/ldconfig',
    '/var/cache/man',
    '/var/lib/apt',
    '/var/lib/dbus/machine-id',
    '/var/lib/dpkg/available',
    '/var/lib/dpkg/lock',
    '/var/lib/dpkg/lock-frontend',
    '/var/lib/dpkg/triggers/Lock',
    '/var/lib/systemd',
    '/var/log',
];

/** Removing through a path that a package could have made a link stays in the new root: the sandbox has nothing else. */
export const cleanScript = `
rm -rf ${leftovers.join(' ')}
rm -f /var/lib/dpkg/*-old
find /usr /etc /var /opt -xdev -depth -type d -name __pycache__ -exec rm -rf {} +
find /usr /etc /var /opt -xdev ! -type d ! -type f ! -type l -delete
for folder in /run /root /home /srv /mnt /media /boot /var/tmp /var/mail /var/spool; do
    [ ! -d "$folder" ] || [ -L "$folder" ] || find "$folder" -xdev -mindepth 1 -delete
done
mkdir -p /var/log
${Object.entries(etcFiles)
    .map(([name, text]) => `printf %s ${shellWord(text)} >/etc/${name}`)
    .join('\n')}
chmod -R u+rwX /etc /opt /usr /var
`;
