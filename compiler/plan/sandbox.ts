// What every action finds around itself, whoever runs it: the executor, the emitted Makefile or the emitted script.
// Changing anything here changes what builds can see, so `epoch` takes part in every action key.

/** Raised when the world inside the sandbox changes, so that older results are not taken for current ones. */
export const sandboxEpoch = 'rpkg-sandbox-1';

export const sandboxUser = { id: 1000, group: 1000, name: 'rpkg', home: '/rpkg/home' } as const;

export const sandboxHostname = 'rpkg';

export const sandboxUmask = '022';

/** Everything of a package lives below this one directory; nothing of the host does. */
export const sandboxRoot = '/rpkg';

/** Where an action that asks for a jobserver finds its pipe. */
export const jobserverPlace = `${sandboxRoot}/jobserver`;

/** Tools that do not live in /usr are mounted in here. */
export const toolsFolder = `${sandboxRoot}/tools`;

/** Files of /etc that are the same everywhere. The host's `ld.so.cache`, `ld.so.conf*` and `alternatives` are added to them. */
export const etcFiles: Readonly<Record<string, string>> = {
    group: 'root:x:0:\nrpkg:x:1000:\nnogroup:x:65534:\n',
    hostname: 'rpkg\n',
    hosts: '127.0.0.1 localhost rpkg\n::1 localhost rpkg\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
    passwd: 'root:x:0:0:root:/nonexistent:/bin/sh\nrpkg:x:1000:1000:rpkg:/rpkg/home:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n',
};

/** Bubblewrap's isolation switches, without mounts, environment and command. Verified with 0.8.0. */
export const bubblewrapIsolation: readonly string[] = [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--disable-userns',
    '--uid',
    String(sandboxUser.id),
    '--gid',
    String(sandboxUser.group),
    '--hostname',
    sandboxHostname,
    '--cap-drop',
    'ALL',
    '--die-with-parent',
];

/** Host directories that make up the `host` environment. Those that are links on the host are links in the sandbox. */
export const hostDirectories: readonly string[] = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** What the sandbox makes itself, whatever a root file system has there. */
export const ownPlaces: readonly string[] = ['dev', 'proc', 'rpkg', 'tmp'];

/** Of a tool that does not live in /usr: what is shown of its root, and what its digest covers. `share` and `etc` hold documents. */
export const toolFolders: readonly string[] = ['bin', 'lib', 'libexec'];

/** mtime of every file an action can see, seconds since 1970. */
export const fixedMtimeSeconds = 1;
