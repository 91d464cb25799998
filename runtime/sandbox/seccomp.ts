// The system calls that a command may not make, as a classic BPF program which the kernel runs at each call. Written as
// tables; the offsets are those of `struct seccomp_data`. See spec/sandbox.md for why each row is there.

export type FilterArchitecture = 'x86_64' | 'aarch64';

/**
 * Who the filter is for: the commands of an action, or the maintainer scripts that make a root file system. Those believe to
 * be root and are told that owners and users are as they asked, which no tree keeps anyway.
 */
export type Filtered = 'action' | 'installer';

/** The filter for one architecture, ready for `bwrap --seccomp`. */
export function seccompFilter(architecture: FilterArchitecture, filtered: Filtered = 'action'): Uint8Array {
    const { audit, ownNumbers } = architectures[architecture];
    const answered = filtered === 'action' ? denied : [...denied, ...pretended];
    const program: Instruction[] = [
        load(offsetArchitecture),
        jump(equal, audit, 1, 0),
        answer(refuse(ENOSYS)),
        load(offsetNumber),
        ...(ownNumbers === undefined ? [] : [jump(atLeast, ownNumbers, 0, 1), answer(refuse(ENOSYS))]),
    ];
    for (const [name, error] of answered) {
        const number = numberOf(name, architecture);
        if (number !== undefined) program.push(jump(equal, number, 0, 1), answer(refuse(error)));
    }
    for (const condition of conditions) {
        if (filtered === 'installer' && isSetIdRule(condition)) continue;
        const number = numberOf(condition.call, architecture);
        if (number === undefined) continue;
        const test = conditionTest(condition);
        program.push(jump(equal, number, 0, test.length + 2), load(offsetArguments + 8 * condition.argument));
        program.push(...test, load(offsetNumber));
    }
    program.push(answer(allow));
    return encode(program);
}

/** What node calls the processor → the filter's name for it; undefined where there is no filter. */
export function filterArchitecture(processor: string): FilterArchitecture | undefined {
    if (processor === 'x64') return 'x86_64';
    return processor === 'arm64' ? 'aarch64' : undefined;
}

const EPERM = 1;
const ENOSYS = 38;
const EOPNOTSUPP = 95;
const EAFNOSUPPORT = 97;

/** `audit`: AUDIT_ARCH_*. `ownNumbers`: from here on numbers belong to another calling convention (x32). */
const architectures: Readonly<Record<FilterArchitecture, { readonly audit: number; readonly ownNumbers?: number }>> = {
    x86_64: { audit: 0xc000003e, ownNumbers: 0x40000000 },
    aarch64: { audit: 0xc00000b7 },
};

/** Number on x86_64, number on aarch64; undefined where the call does not exist. Above 423 all architectures agree. */
const numbers = {
    acct: [163, 89],
    add_key: [248, 217],
    bpf: [321, 280],
    capset: [126, 91],
    chmod: [90, undefined],
    chown: [92, undefined],
    chroot: [161, 51],
    clone: [56, 220],
    clone3: [435, 435],
    delete_module: [176, 106],
    fchmod: [91, 52],
    fchmodat: [268, 53],
    fchmodat2: [452, 452],
    fchown: [93, 55],
    fchownat: [260, 54],
    fdatasync: [75, 83],
    finit_module: [313, 273],
    fsconfig: [431, 431],
    fsetxattr: [190, 7],
    fsmount: [432, 432],
    fsopen: [430, 430],
    fspick: [433, 433],
    fsync: [74, 82],
    init_module: [175, 105],
    io_uring_enter: [426, 426],
    io_uring_register: [427, 427],
    io_uring_setup: [425, 425],
    ioctl: [16, 29],
    kcmp: [312, 272],
    kexec_file_load: [320, 294],
    kexec_load: [246, 104],
    keyctl: [250, 219],
    lchown: [94, undefined],
    lsetxattr: [189, 6],
    mount: [165, 40],
    mount_setattr: [442, 442],
    move_mount: [429, 429],
    open_by_handle_at: [304, 265],
    open_tree: [428, 428],
    open_tree_attr: [467, 467],
    perf_event_open: [298, 241],
    personality: [135, 92],
    pidfd_getfd: [438, 438],
    pivot_root: [155, 41],
    process_vm_readv: [310, 270],
    process_vm_writev: [311, 271],
    ptrace: [101, 117],
    quotactl: [179, 60],
    quotactl_fd: [443, 443],
    reboot: [169, 142],
    request_key: [249, 218],
    setfsgid: [123, 152],
    setfsuid: [122, 151],
    setgid: [106, 144],
    setgroups: [116, 159],
    setns: [308, 268],
    setregid: [114, 143],
    setresgid: [119, 149],
    setresuid: [117, 147],
    setreuid: [113, 145],
    setuid: [105, 146],
    setxattr: [188, 5],
    setxattrat: [463, 463],
    socket: [41, 198],
    swapoff: [168, 225],
    swapon: [167, 224],
    sync: [162, 81],
    sync_file_range: [277, 84],
    syncfs: [306, 267],
    syslog: [103, 116],
    umount2: [166, 39],
    unshare: [272, 97],
    userfaultfd: [323, 282],
} as const satisfies Readonly<Record<string, readonly [number, number] | readonly [number, undefined]>>;

type Call = keyof typeof numbers;

function numberOf(call: Call, architecture: FilterArchitecture): number | undefined {
    return numbers[call][architecture === 'x86_64' ? 0 : 1];
}

/** Calls that never succeed. ENOSYS where programs know how to go on without the call. */
const denied: readonly (readonly [Call, number])[] = [
    // Secrets of the user's session.
    ['add_key', ENOSYS],
    ['request_key', ENOSYS],
    ['keyctl', ENOSYS],
    // Work that the kernel does past this filter, and large attack surfaces that no compiler needs.
    ['io_uring_setup', ENOSYS],
    ['io_uring_enter', ENOSYS],
    ['io_uring_register', ENOSYS],
    ['bpf', ENOSYS],
    ['perf_event_open', ENOSYS],
    ['userfaultfd', ENOSYS],
    // Other processes. A stopped first process would keep bubblewrap waiting for ever.
    ['ptrace', EPERM],
    ['process_vm_readv', EPERM],
    ['process_vm_writev', EPERM],
    ['pidfd_getfd', EPERM],
    ['kcmp', EPERM],
    // Namespaces and mounts. The flags of clone3 lie in memory, where a filter cannot look: libraries go on with clone.
    ['unshare', EPERM],
    ['setns', EPERM],
    ['clone3', ENOSYS],
    ['mount', EPERM],
    ['umount2', EPERM],
    ['pivot_root', EPERM],
    ['chroot', EPERM],
    ['open_tree', EPERM],
    ['open_tree_attr', EPERM],
    ['move_mount', EPERM],
    ['fsopen', EPERM],
    ['fsconfig', EPERM],
    ['fsmount', EPERM],
    ['fspick', EPERM],
    ['mount_setattr', EPERM],
    ['open_by_handle_at', EPERM],
    // The machine as a whole.
    ['init_module', EPERM],
    ['finit_module', EPERM],
    ['delete_module', EPERM],
    ['kexec_load', EPERM],
    ['kexec_file_load', EPERM],
    ['reboot', EPERM],
    ['swapon', EPERM],
    ['swapoff', EPERM],
    ['acct', EPERM],
    ['quotactl', EPERM],
    ['quotactl_fd', EPERM],
    ['syslog', EPERM],
    // Extended attributes would not survive in a tree; programs take this answer for a file system without them.
    ['setxattr', EOPNOTSUPP],
    ['lsetxattr', EOPNOTSUPP],
    ['fsetxattr', EOPNOTSUPP],
    ['setxattrat', EOPNOTSUPP],
];

/** Calls that do nothing and say that they did it: in a namespace with one user there is nobody else to be or to own. */
const pretended: readonly (readonly [Call, number])[] = [
    ['chown', 0],
    ['fchown', 0],
    ['lchown', 0],
    ['fchownat', 0],
    ['setuid', 0],
    ['setgid', 0],
    ['setreuid', 0],
    ['setregid', 0],
    ['setresuid', 0],
    ['setresgid', 0],
    ['setfsuid', 0],
    ['setfsgid', 0],
    ['setgroups', 0],
    ['capset', 0],
    // What is made is thrown away after a crash: it is synced when it enters the store.
    ['sync', 0],
    ['syncfs', 0],
    ['fsync', 0],
    ['fdatasync', 0],
    ['sync_file_range', 0],
];

/** Refused depending on the low half of one argument, which is all these calls look at. */
interface Condition {
    readonly call: Call;
    readonly argument: number;
    readonly refuseIf:
        | { readonly anyBit: number }
        | { readonly oneOf: readonly number[] }
        | { readonly noneOf: readonly number[] };
    readonly error: number;
}

const setIdBits = 0o6000;
/** CLONE_NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET. */
const namespaceFlags = 0x7e020000;
/** Linux, with 32-bit addresses reported, and the question what it is. */
const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];
/** AF_UNIX AF_INET AF_INET6 AF_NETLINK. AF_VSOCK would reach the hypervisor: no namespace holds it. */
const socketFamilies = [1, 2, 10, 16];
/** TIOCSTI types into the terminal, TIOCLINUX pastes into it. */
const typingIntoTerminals = [0x5412, 0x541c];

const conditions: readonly Condition[] = [
    { call: 'chmod', argument: 1, refuseIf: { anyBit: setIdBits }, error: EPERM },
    { call: 'fchmod', argument: 1, refuseIf: { anyBit: setIdBits }, error: EPERM },
    { call: 'fchmodat', argument: 2, refuseIf: { anyBit: setIdBits }, error: EPERM },
    { call: 'fchmodat2', argument: 2, refuseIf: { anyBit: setIdBits }, error: EPERM },
    { call: 'clone', argument: 0, refuseIf: { anyBit: namespaceFlags }, error: EPERM },
    { call: 'ioctl', argument: 1, refuseIf: { oneOf: typingIntoTerminals }, error: EPERM },
    { call: 'personality', argument: 0, refuseIf: { noneOf: personalities }, error: EPERM },
    { call: 'socket', argument: 0, refuseIf: { noneOf: socketFamilies }, error: EAFNOSUPPORT },
];

/** The files of an installer carry set-ID bits until they enter the store, on a mount where they mean nothing. */
function isSetIdRule({ refuseIf }: Condition): boolean {
    return 'anyBit' in refuseIf && refuseIf.anyBit === setIdBits;
}

/** Falls through to the instruction after the test when the call is allowed. */
function conditionTest({ refuseIf, error }: Condition): readonly Instruction[] {
    const no = answer(refuse(error));
    if ('anyBit' in refuseIf) return [jump(anyBit, refuseIf.anyBit, 0, 1), no];
    const values = 'oneOf' in refuseIf ? refuseIf.oneOf : refuseIf.noneOf;
    // A match goes past the next instruction after the list: to the refusal, or past it.
    const matches = values.map((value, index) => jump(equal, value, values.length - index, 0));
    return 'oneOf' in refuseIf ? [...matches, jump(always, 1, 0, 0), no] : [...matches, no];
}

interface Instruction {
    readonly code: number;
    readonly ifTrue: number;
    readonly ifFalse: number;
    readonly value: number;
}

const offsetNumber = 0;
const offsetArchitecture = 4;
const offsetArguments = 16;

const always = 0x05;
const equal = 0x15;
const atLeast = 0x35;
const anyBit = 0x45;

const allow = 0x7fff0000;

function refuse(error: number): number {
    return 0x00050000 | error;
}

function load(offset: number): Instruction {
    return { code: 0x20, ifTrue: 0, ifFalse: 0, value: offset };
}

function jump(code: number, value: number, ifTrue: number, ifFalse: number): Instruction {
    return { code, ifTrue, ifFalse, value };
}

function answer(value: number): Instruction {
    return { code: 0x06, ifTrue: 0, ifFalse: 0, value };
}

/** `struct sock_filter`, little-endian as both architectures are. */
function encode(program: readonly Instruction[]): Uint8Array {
    const bytes = Buffer.alloc(program.length * 8);
    for (const [index, { code, ifTrue, ifFalse, value }] of program.entries()) {
        bytes.writeUInt16LE(code, index * 8);
        bytes.writeUInt8(ifTrue, index * 8 + 2);
        bytes.writeUInt8(ifFalse, index * 8 + 3);
        bytes.writeUInt32LE(value, index * 8 + 4);
    }
    return bytes;
}
