// Identities of the tools that a plan says it uses. One row per kind of tool; which words mean which kind is all this
// file knows. A word that no other row wants is a program of the distribution.
import { compareBytes } from '../../compiler/plan/bytes.ts';
import type { HostTool } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { failure, type Result, success } from '../result.ts';
import { guarded, refuse } from '../store/guard.ts';
import { identifyCompiler, isCompilerName } from './c-compiler.ts';
import { missingTool } from './missing-tool.ts';
import { identifyPlainTool } from './plain-tool.ts';
import { toolQuestion } from './tool-question.ts';
import { remembered } from './remembered.ts';
import { identifyCargo, identifyRustc } from './rust.ts';
import type { HostSession, Identify } from './session.ts';

const rows: readonly { readonly matches: (name: string) => boolean; readonly identify: Identify }[] = [
    { matches: (name) => name === 'rustc' || name === 'rustdoc', identify: identifyRustc },
    { matches: (name) => name === 'cargo', identify: identifyCargo },
    { matches: isCompilerName, identify: identifyCompiler },
    { matches: () => true, identify: identifyPlainTool },
];

/** Tool name → identity. What was found before is used again while every file it depends on looks the same. */
export async function identifyTools(
    names: readonly string[],
    session: HostSession,
): Promise<Result<Record<string, HostTool>, Failure>> {
    const sorted = [...new Set(names)].sort(compareBytes);
    return await guarded(async () => {
        const found = await Promise.all(sorted.map(async (name) => [name, await identify(name, session)] as const));
        return Object.fromEntries(found.map(([name, tool]) => [name, tool.ok ? tool.value : refuse(tool.failure)]));
    });
}

function identify(name: string, session: HostSession): Promise<Result<HostTool, Failure>> {
    const asked = session.tools.get(name) ?? identifyAnew(name, session);
    session.tools.set(name, asked);
    return asked;
}

async function identifyAnew(name: string, session: HostSession): Promise<Result<HostTool, Failure>> {
    const row = rows.find(({ matches }) => matches(name));
    // A word with a slash or a dash in front would be taken for a path or an option.
    if (row === undefined || !/^[A-Za-z0-9[][\w.+[-]*$/.test(name))
        return failure(missingTool(name, 'the host environment'));
    const answer = await remembered(session.store, toolQuestion(name, session.environment), (watch) =>
        row.identify(name, session, watch),
    );
    return answer.ok ? success(answer.value.value) : answer;
}
