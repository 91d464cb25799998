// Global set-up of vitest: installs rpkg in a temporary folder. Tests of the whole program are not disturbed by a bundle that is
// made meanwhile.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TestProject } from 'vitest/node';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { installRpkg } from './install-rpkg.ts';

declare module 'vitest' {
    interface ProvidedContext {
        /** Folder of the installed rpkg, readable for everybody. */
        readonly installation: string;
        /** Why rpkg cannot be installed; empty when it was. Only tests of the whole program fail then. */
        readonly installationProblem: string;
    }
}

/** Called by vitest before the first test; what it gives is called after the last. */
export default function setUp(project: TestProject): () => Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-installed-'));
    project.provide('installation', folder);
    project.provide(
        'installationProblem',
        problemOf(() => installRpkg(folder)),
    );
    return () => deleteTree(folder);
}

function problemOf(install: () => void): string {
    try {
        install();
        return '';
    } catch (error) {
        return String(error);
    }
}
