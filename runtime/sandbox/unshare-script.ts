// The set-up of the second tier as a POSIX shell script: util-linux and coreutils do what bubblewrap does in C.
// The first shell becomes process 1 and stays it; the command runs in a second user namespace, where it is an ordinary
// user and cannot look into process 1.
import { sortedEntries } from '../../compiler/plan/bytes.ts';
import { shellWord } from '../../compiler/plan/quote.ts';
import { sandboxHostname, sandboxRoot, sandboxUmask, sandboxUser } from '../../compiler/plan/sandbox.ts';
import type { SandboxIo, SandboxSpec } from './spec.ts';

/** The whole script for one command. It reports to descriptor 3 and is itself read from descriptor 4. */
export function unshareScript(spec: SandboxSpec, io: SandboxIo): string {
    return [head, settings(spec, io), body].join('\n');
}

function settings({ argv, env, cwd, binds, links }: SandboxSpec, io: SandboxIo): string {
    const directories = [
        sandboxRoot,
        ...binds.map(({ at }) => at),
        ...links.map(({ at }) => at.replace(/\/[^/]*$/, '')),
    ];
    const writable = binds.filter((bind) => bind.writable).map(({ at }) => shellWord(at));
    const patterns = writable.flatMap((at) => [at, `${at}/*`]);
    const variables = sortedEntries({ ...env, PWD: cwd }).map(([name, value]) => shellWord(`${name}=${value}`));
    return `
make_places() {
    mkdir -p ${directories.map((at) => `"$root"${shellWord(at)}`).join(' ')}
${binds.map(({ at, from }) => `    mount -n -c --rbind ${shellWord(from)} "$root"${shellWord(at)}\n`).join('')}}
make_links() {
    :
${links.map(({ at, to }) => `    ln -s -- ${shellWord(to)} "$root"${shellWord(at)}\n`).join('')}}
is_writable() {
    case $1 in
        ${['/dev/null/none', ...patterns].join(' | ')}) return 0 ;;
    esac
    return 1
}
enter() { cd -- ${shellWord(cwd)}; }
own_session='${io.terminal ? '' : 'setsid'}'
set -- ${[...variables, ...argv.map(shellWord)].join(' ')}
`;
}

const head = `
set -eu
exec 4<&-
umask ${sandboxUmask}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
# /proc is still the host's, so this is the number that the host knows.
read -r first_process rest </proc/self/stat
echo "first $first_process" >&3
# A place for the root that has no source of a bind in it, and where the host has nothing mounted.
mount -n -c -t tmpfs -o mode=0755,nosuid,nodev tmpfs /sys
root=/sys/root
mkdir "$root"
mount -n -c -t tmpfs -o mode=0755,nosuid,nodev tmpfs "$root"
`;

const body = `
hostname ${sandboxHostname}
ip link set lo up
make_places
make_links

# A bind brings along what is mounted below it, and all of that must be locked one by one. Flags that were stricter before
# may not be dropped.
while read -r id parent device from point options rest; do
    case $point in
        *\\\\*) case $point in "$root"/*) echo "mount point with an odd name: $point" >&2; exit 1 ;; *) continue ;; esac ;;
        "$root"/*) ;;
        *) continue ;;
    esac
    flags=remount,bind,nosuid,nodev
    case ,$options, in *,noexec,*) flags=$flags,noexec ;; esac
    case ,$options, in
        *,ro,*) flags=$flags,ro ;;
        *) is_writable "\${point#"$root"}" || flags=$flags,ro ;;
    esac
    mount -n -c -o "$flags" "$point"
done <<MOUNTS
$(cat /proc/self/mountinfo)
MOUNTS

mkdir "$root/proc" "$root/dev" "$root/tmp" "$root/.host"
mount -n -c -t proc -o nosuid,nodev,noexec proc "$root/proc"
# One more user namespace, for the command, and none inside it.
echo 1 >"$root/proc/sys/user/max_user_namespaces"
# When rpkg runs as root, the command has root's number outside, and with it may write to the machine's settings.
for place in "$root"/proc/[!0-9]*/ "$root/proc/mtrr" "$root/proc/sysrq-trigger"; do
    case $place in */self/ | */thread-self/ | */net/) continue ;; esac
    [ ! -e "$place" ] || mount -n -c --bind -o ro,nosuid,nodev,noexec "$place" "$place"
done

mount -n -c -t tmpfs -o mode=0755,nosuid tmpfs "$root/dev"
for each in null zero full random urandom tty; do
    : >"$root/dev/$each"
    mount -n -c --bind "/dev/$each" "$root/dev/$each"
done
mkdir -m 1777 "$root/dev/shm"
mkdir "$root/dev/pts"
mount -n -c -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/kcore "$root/dev/core"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mount -n -c -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"

cd "$root"
pivot_root . .host
cd /
umount -n -c -l /.host
rmdir /.host
mount -n -c -o remount,bind,ro,nosuid,nodev /
enter

# From here on the shell keeps its remarks on killed children to itself.
exec 5>&2 2>/dev/null
set +e
(
    exec 2>&5 5>&-
    exec unshare --user --map-user=${sandboxUser.id} --map-group=${sandboxUser.group} --keep-caps \\
        setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all \\
        $own_session /bin/sh -c 'echo started >&3 && exec env -i "$@" 3>&-' rpkg "$@"
)
exit $?
`;
