// A tool that is one program of the distribution.
import { realpathSync } from 'node:fs';
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
    const program = realpathSync(path);
    // Programs that answer are started first: they take their time while the file is read.
    const [packages, answer, part] = await Promise.all([
        packagesOf([program], watch.path),
        askTool(path, ['--version']),
        filePart('program', program, watch),
    ]);
    return success({ path, digest: digestOfParts([part]), version: firstLine(answer), packages });
};
