// The emitted script and Makefile do what the executor does: every tree of every action has the same digest.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitRef } from '../../../compiler/plan/graph.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { checkPlan } from '../../../compiler/plan/check.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import {
    compose,
    fetchLocal,
    hostEnvironment,
    mounts,
    planOf,
    run,
    select,
    shell,
    union,
} from '../../support/plans.ts';
import { entriesOf, failuresOf, fillFolder, openWorkshop, type Workshop } from '../../support/workshop.ts';
import { deleteTree } from '../../../runtime/store/remove-tree.ts';
import { call, emittedTrees, referencesOf, writeEmitted } from './emitted.ts';

const oddNames = [
    'a b',
    "it's",
    '"quoted"',
    '$HOME',
    '`x`',
    'back\\slash',
    '*',
    '-n',
    'ünïcödé \u{1f600}',
    '#',
    '~',
    '=',
    '%s',
];
const oddText = `quotes ' " \` and $HOME \\n \\\\ %s %% \u{1f600}\ttab\nlast line without end`;

/** What a command can see of the world around it; what differs by nature (times of this moment, sizes) is left out. */
const view = `exec >/rpkg/out/view
id; umask; hostname; pwd; echo $$ $PPID; env | sort; ulimit -v; ulimit -c; ulimit -n
ls / /rpkg /dev /etc /tmp
stat -c '%A %u %g %n' / /tmp /dev /etc; stat -c '%A %n' /usr /usr/bin /proc
find /etc ! -type l -exec stat -c '%A %Y %n' {} + | sort
find /rpkg/in /rpkg/copy /rpkg/tool -exec stat -c '%A %u %g %Y %n %N' {} + | sort
cat /etc/passwd /etc/group /etc/hosts /etc/hostname /etc/nsswitch.conf
grep -E '^(Sig|ShdPnd|NoNewPrivs|Cap|Uid|Gid|Groups|Umask)' /proc/self/status | sed 's/^\\(Sig.*\\)[0-9a-f]\\{9\\}\\([0-9a-f]\\{7\\}\\)$/\\1\\2/'
ls -l /proc/self/fd | sed 's/.* \\([0-9]*\\) -> .*/\\1/'
for place in / /etc /rpkg /usr /proc/sys/kernel /rpkg/in; do touch $place/new 2>/dev/null && echo "writable $place"; done
cat /proc/self/cgroup /proc/sys/kernel/hostname /proc/net/dev | cut -d: -f1
tr '\\0' '\\n' </proc/self/environ | sort
"/rpkg/tools/odd-one/bin/hello" >>/rpkg/out/view`;

/** Leaves behind everything that publishing has to make uniform. */
const messy = `cd /rpkg/out
mkdir -p "empty dir" lib/deep bin modes/sticky modes/private closed/inner
${oddNames.map((name) => `echo x >'lib/${name.replaceAll("'", `'\\''`)}'`).join('\n')}
ln -s /rpkg/out/lib/deep "bin/to deep"; ln -s /rpkg/out bin/root; ln -s '/rpkg/out/lib/a b' 'lib/deep/$link'; ln -s ../bin lib/up
ln -s /rpkg/out/lib/../lib/deep/. lib/deep/self; ln -s /rpkg/out/gone dangling; ln -s -- '/rpkg/out/-x' dash; ln -s . 'lib/here\\'
echo same >one; ln one two; : >empty
printf '#!/bin/sh\\n' >bin/program; chmod 700 bin/program; echo plain >modes/plain; chmod 066 modes/plain
echo group >modes/group; chmod 654 modes/group; echo other >modes/other; chmod 611 modes/other
chmod 1777 modes/sticky; chmod 700 modes/private; touch -d 2001-01-01 one modes; echo hidden >closed/inner/.file; chmod 000 closed/inner/.file closed/inner closed`;

const twoLevels = { outputs: { out: '/rpkg/l/out' }, scratch: '/rpkg/l/build', cwd: '/rpkg/l/build' };

async function planFor(workshop: Workshop): Promise<Plan> {
    const source = `${workshop.folder}/source`;
    fillFolder(source, {
        ...Object.fromEntries(oddNames.map((name) => [`names/${name}`, name])),
        'bin/tool': { program: '#!/bin/sh\necho tool "$@"\n' },
        'bin/link': { link: 'tool' },
        'to names': { link: 'names/a b' },
        empty: null,
        'deep/er/empty': null,
        'README.md': 'text\n',
    });
    const toolRoot = `${workshop.folder}/it's a }"$tool\`x\``;
    fillFolder(toolRoot, { 'bin/hello': { program: '#!/bin/sh\necho hello from a tool\n' }, 'share/doc': 'not shown' });
    const odd = { ...shell, path: `${toolRoot}/bin/hello`, mount: '/rpkg/tools/odd-one', root: toolRoot };
    const tree = await workshop.treeOf(source);
    const writable = { '/rpkg/copy': { tree: 'fetch.main', writable: true } };
    return planOf(
        {
            'fetch.main': fetchLocal('source', tree),
            files: {
                kind: 'write',
                files: {
                    ...Object.fromEntries(oddNames.map((name) => [`odd/${name}`, { text: name }])),
                    text: { text: oddText },
                    empty: { text: '' },
                    'bin/run.sh': { text: '#!/bin/sh\necho run\n', executable: true },
                    'line ends': { text: '\n\n' },
                },
            },
            none: { kind: 'write', files: {} },
            all: compose({ src: 'fetch.main', 'odd/$a b': 'files', 'odd/none': 'none', again: 'fetch.main' }),
            messy: run(messy),
            view: run(view, {
                cwd: '/rpkg/copy/names',
                env: {
                    PATH: '/usr/bin:/bin',
                    ODD: oddText,
                    EMPTY: '',
                    JOBS: "-j$(jobs) '$(jobs)'",
                    HOME: '/rpkg/home',
                    A: '$HOME "x"',
                },
                mounts: { ...mounts({ in: 'all', tool: 'messy' }), ...writable },
                limits: { timeoutSeconds: 60, weight: 0, memoryBytes: 2 ** 31 },
            }),
            copied: run('', {
                commands: [
                    {
                        argv: [
                            '/bin/sh',
                            '-c',
                            'printf "%s|" "$@" >"/rpkg/doc/$1"',
                            'sh',
                            'a b',
                            ...oddNames,
                            oddText,
                            '',
                            '$(jobs)',
                        ],
                    },
                    {
                        script: 'cd /rpkg/copy; rm -r names; echo more >>README.md; bin/tool x >made; mkdir new; ls -A /rpkg/build',
                    },
                    { argv: ['/rpkg/in/src/bin/tool', "it's"] },
                ],
                mounts: { ...mounts({ in: 'all' }), ...writable },
                outputs: { out: '/rpkg/out', doc: '/rpkg/doc', copy: '/rpkg/copy' },
            }),
            // Names that the script uses for itself.
            names: run('echo etc >/rpkg/etc/x; echo out >/rpkg/tmp/x; cp /rpkg/out/result /rpkg/rpkg', {
                mounts: { '/rpkg/out': { tree: 'names2', writable: true } },
                outputs: { out: '/rpkg/out', etc: '/rpkg/etc', tmp: '/rpkg/tmp', rpkg: '/rpkg/rpkg' },
            }),
            part: select(
                'fetch.main',
                'bin/tool',
                'names/a b',
                'names/*',
                "names/it's",
                'names/-n',
                'deep/er',
                'to names',
                'none/at/all',
            ),
            through: select('links', 'd/to/a', 'dangling', 'd/here/a', 'file/x'),
            links: run(
                'cd /rpkg/out; mkdir d e; echo a >e/a; echo f >file; ln -s ../e d/to; ln -s none dangling; ln -s . d/here; echo a >d/a',
            ),
            // Places two names below the root, and unions: among them one of a union and one of its parts.
            lib1: run(
                'echo 1 >/rpkg/l/out/lib1; echo hidden >/rpkg/l/out/.h; echo c >"/rpkg/l/out/a b"; mkdir /rpkg/l/meta/t; echo m >/rpkg/l/meta/t/m; mv /rpkg/l/meta/t/m /rpkg/l/meta/m; rmdir /rpkg/l/meta/t',
                {
                    ...twoLevels,
                    outputs: { out: '/rpkg/l/out', meta: '/rpkg/l/meta' },
                    early: ['meta'],
                },
            ),
            lib2: run('echo 2 >/rpkg/l/out/..2; printf x >/rpkg/l/out/-x; chmod 755 /rpkg/l/out/-x', twoLevels),
            lib3: run('echo c >"/rpkg/l/out/a b"', twoLevels),
            some: union('lib1', 'lib2'),
            every: union('some', 'lib3', 'lib1', 'lib1#meta'),
            nothing: union(),
            seen: run(
                `cd /rpkg/d; stat -c '%A %n' /rpkg/d /rpkg/c /rpkg/l >/rpkg/l/out/parents; stat -c '%A %Y %n' * every/.[!.]* every/..?* every/* none >/rpkg/l/out/stat; cat every/* >/rpkg/l/out/all
                echo more >>/rpkg/c/some/lib1; touch /rpkg/d/none/x 2>/dev/null && exit 1; pwd >>/rpkg/l/out/all`,
                {
                    ...twoLevels,
                    mounts: {
                        ...mounts({ 'd/every': 'every', 'd/none': 'nothing' }),
                        '/rpkg/c/some': { tree: 'some', writable: true },
                    },
                    outputs: { out: '/rpkg/l/out', some: '/rpkg/c/some' },
                },
            ),
            names2: run('echo result >/rpkg/out/result', { cwd: '/rpkg/out', scratch: '/rpkg/etc' }),
        },
        {
            environments: { host: hostEnvironment({ sh: shell, odd }) },
            outputs: { out: 'messy', copy: 'copied#copy', all: 'all' },
        },
    );
}

describe('emitted files', () => {
    let workshop: Workshop;
    let plan: Plan;
    /** Reference → digest, from the executor. */
    let expected: Readonly<Record<string, string>>;
    let folder: string;

    beforeAll(async () => {
        folder = fs.mkdtempSync(join(tmpdir(), 'rpkg-test-'));
        fs.chmodSync(folder, 0o755);
        workshop = await openWorkshop('bwrap', folder);
        plan = await planFor(workshop);
        expect(checkPlan(plan)).toEqual([]);
        const refs = referencesOf(plan);
        const outputs = Object.fromEntries(refs.map((ref, index) => [`o${index}`, ref]));
        const ran = await workshop.build({ ...plan, outputs });
        expect(failuresOf(ran)).toEqual([]);
        expected = Object.fromEntries(
            refs.map((ref) => {
                const { action, output } = splitRef(ref);
                return [ref, ran.trees.get(action)?.[output] ?? ''];
            }),
        );
        return () => deleteTree(folder);
    });

    const showView = (work: string): string | undefined => {
        const [tree] = fs.readdirSync(work);
        return fs.readFileSync(`${work}/${tree ?? ''}/trees/view/view`, 'utf8');
    };
    const expectSame = async (work: string): Promise<void> => {
        // The text first: it says what is different.
        const view = workshop.store.objectPath(expected['view'] as never);
        expect(showView(work)).toEqual(entriesOf(view)['view']);
        expect(await emittedTrees(plan, workshop, work)).toEqual(expected);
    };

    it.each([
        ['sh', ['sh', 'build.sh']],
        ['dash, and odd folders', ['dash', 'build.sh']],
        ['bash --posix', ['bash', '--posix', 'build.sh']],
    ])('are the same for %s, and done once', async (name, words) => {
        const at = freshFolder() + (name.includes('odd') ? `/it's: a }"$dir` : '');
        await writeEmitted(plan, workshop, at);
        const first = call(at, words);
        expect([first.status, first.stderr.split('\n').toSorted()]).toEqual([
            0,
            ['', ...Object.keys(plan.actions), "tool it's"].toSorted().filter((line) => line !== "tool it's"),
        ]);
        expect(first.stdout.split('\n')).toEqual([
            "tool it's",
            `${at}/result/all`,
            `${at}/result/copy`,
            `${at}/result/out`,
            '',
        ]);
        await expectSame(`${at}/work`);
        expect(await workshop.treeOf(`${at}/result/copy`)).toBe(expected['copied#copy']);
        const second = call(at, words);
        expect([second.status, second.stderr]).toEqual([0, '']);
        expect(await workshop.treeOf(`${at}/result/all`)).toBe(expected['all']);
    });

    it('are the same for make -j2, and done once', async () => {
        const at = `${freshFolder()}/a b`;
        await writeEmitted(plan, workshop, at);
        const first = call(at, ['make', '-j2']);
        expect([first.status, first.stderr.split('\n').toSorted()]).toEqual([
            0,
            ['', ...Object.keys(plan.actions)].toSorted(),
        ]);
        await expectSame(`${at}/work`);
        const second = call(at, ['make', '-j2']);
        expect([second.status, second.stderr]).toEqual([0, '']);
        expect(call(at, ['make', 'clean']).status).toBe(0);
        expect(fs.existsSync(`${at}/work`)).toBe(false);
        expect(call(at, ['make', 'clean']).status).toBe(0);
    });

    it.runIf(process.getuid?.() === 0)('are the same for an ordinary user with a strange umask', async () => {
        const at = freshFolder();
        await writeEmitted(plan, workshop, at);
        fs.chownSync(at, 65534, 65534);
        const drop = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps=-all'];
        const ended = call(at, [...drop, 'sh', '-c', 'umask 077; exec sh build.sh']);
        expect([ended.status, ended.stderr]).toEqual([0, expect.stringContaining('copied')]);
        await expectSame(`${at}/work`);
    });
});
