// A tool that is one program of the distribution.
import { realpath } from 'node:fs/promises';
import { failure, success } from '../result.ts';
import { missingTool } from './missing-tool.ts';
import { packagesOf } from './packages.ts';
import { findProgram, sandboxFolders } from './programs.ts';
import { askTool, firstLine, type Identify } from './session.ts';
import { digestOfParts, filePart } from './tool-parts.ts';

/** Looked for where the sandbox has it, not in the user's PATH: what is elsewhere would not be found inside. */
export const identifyPlainTool: Identify = async (name, _session, watch) => {
    const path = findProgram(name, sandboxFolders, watch.path);
    if (path === undefined) return failure(missingTool(name, 'the host environment'));
    const program = await realpath(path);
    const part = await filePart('program', program, watch);
    return success({
        path,
        digest: digestOfParts([part]),
        version: firstLine(await askTool(path, ['--version'])),
        packages: await packagesOf([program], watch.path),
    });
};
