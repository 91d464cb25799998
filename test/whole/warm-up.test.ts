// What the installation compiles beforehand.
import {
    accessSync,
    chownSync,
    constants,
    mkdirSync,
    readdirSync,
    readFileSync,
    statSync,
    writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { codeOf, loadCompiled } from '../../cli/compiled-code.ts';
import { prepareWarmUp } from '../../cli/warm-up.ts';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { freshFolder } from '../support/fresh-folder.ts';
import { installRpkg } from '../support/install-rpkg.ts';
import { isRoot } from '../support/ordinary-user.ts';
import { makeUser } from '../support/user.ts';
import { freshPlace, rpkg, rpkgProgram, run } from '../support/whole.ts';

const node = path.join(path.dirname(rpkgProgram), '../node_modules/node/bin/node');
const commands = path.join(path.dirname(rpkgProgram), '../dist/commands.cjs');

test('every call that is made to compile it succeeds', async () => {
    const { folder, calls } = prepareWarmUp();
    try {
        for (const words of calls) {
            const { exit, err } = await rpkg(freshPlace(), words);
            expect({ words, exit, err }).toMatchObject({ exit: 0 });
        }
    } finally {
        await deleteTree(folder);
    }
});

test('the code that the installation keeps is taken by the Node that it was made for', async () => {
    const script = `
        const vm = require('node:vm'), fs = require('node:fs');
        const text = fs.readFileSync(process.argv[1], 'latin1');
        const cachedData = fs.readFileSync(process.argv[2]);
        const script = new vm.Script('(function (exports, require, module, __filename, __dirname) {' + text + '\\n})', { cachedData });
        process.stdout.write(String(script.cachedDataRejected));
    `;
    const { out } = await run(freshPlace(), [node, '-e', script, commands, codeOf(commands)]);
    expect(out).toBe('false');
    expect(readFileSync(commands).every((byte) => byte < 0x80)).toBe(true);
});

test('a file loads with its code, without it, and with code that is not its own', () => {
    const file = path.join(freshFolder(), 'two.cjs');
    writeFileSync(file, `const { sep } = require('node:path'); module.exports = [1 + 1, sep, __filename];\n`);
    const expected = [2, path.sep, file];
    expect(loadCompiled(file)).toEqual(expected);
    writeFileSync(codeOf(file), 'of another version');
    expect(loadCompiled(file)).toEqual(expected);
    writeFileSync(codeOf(file), new vm.Script('1').createCachedData());
    expect(loadCompiled(file)).toEqual(expected);
    expect(createRequire(file)(file)).toEqual(expected);
});

/** Whether somebody else may read what is installed from. */
function isOpen(folder: string): boolean {
    const parents = folder.split('/').map((_, at, names) => names.slice(0, at + 1).join('/') || '/');
    return parents.every((parent) => (statSync(parent).mode & 0o005) === 0o005);
}

test.runIf(isRoot && isOpen(path.join(import.meta.dirname, '../..')))(
    'an ordinary user installs, and nothing is left behind',
    () => {
        const user = makeUser(freshFolder());
        const folder = path.join(user.place.folder, 'installed');
        const temporary = path.join(user.place.folder, 'temporary');
        for (const made of [folder, temporary]) {
            mkdirSync(made);
            chownSync(made, user.id, user.id);
        }
        installRpkg(folder, [...user.through, 'env', `TMPDIR=${temporary}`, `HOME=${user.place.folder}`]);
        accessSync(codeOf(path.join(folder, 'dist/commands.cjs')), constants.R_OK);
        expect(readdirSync(temporary)).toEqual([]);
    },
);
