// The fixed parts of the emitted script: settings and helpers before the actions, the command line after them.
import { sortedEntries } from '../plan/bytes.ts';
import type { Plan } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { sandboxUmask } from '../plan/sandbox.ts';
import { shellHelpers } from './shell-helpers.ts';
import { toolVariable, treeFolder, workFolder } from './shell-names.ts';

/** Everything before the first action. */
export function scriptHead(plan: Plan): string {
    const { name, version } = plan.subject;
    return `#!/bin/sh
# ${name} ${version}: build script made from a plan. Change the recipe, not this file.
# plan: execution ${plan.digest.execution}
# needs: coreutils, findutils, util-linux, tar, bubblewrap and the tools that --tools lists
set -eu
umask ${sandboxUmask}
LC_ALL=C
export LC_ALL

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# Where the tar files of the sources are, where to work, where to put the result.
sources=\${RPKG_SOURCES:-$here/sources}
work=\${RPKG_WORK:-$here/work}/${workFolder(plan)}
result=\${RPKG_RESULT:-$here/result}
jobs=\${RPKG_JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
${toolSettings(plan)}trees=$work/trees

show_tools() {
${toolLines(plan)}}

${shellHelpers}`;
}

/** The order of actions, the options, and the main loop. */
export function scriptTail(plan: Plan, order: readonly string[]): string {
    const cases = order.map((id, index) => `        ${shellWord(id)}) action=action_${index + 1} ;;\n`).join('');
    const outputs = sortedEntries(plan.outputs)
        .map(([name, tree]) => `    export_tree ${shellWord(treeFolder(tree))} ${shellWord(name)}\n`)
        .join('');
    return `actions='
${order.join('\n')}
'

# One action, unless it is done already.
perform() {
    id=$1
    case $id in
${cases}        *) die "there is no action $id; --list shows them" ;;
    esac
    [ ! -e "$work/done/$id" ] || return 0
    tmp=$work/tmp/$id
    echo "$id" >&2
    discard "$tmp"
    mkdir -p "$tmp/out" "$tmp/rpkg" "$trees" "$work/done"
    $action
    discard "$tmp"
    : >"$work/done/$id"
}

deliver() {
${outputs || '    :\n'}}

case \${1-} in
    '')
        for next in $actions; do perform "$next"; done
        deliver
        ;;
    --only) perform "\${2:?--only needs the id of an action whose inputs are there}" ;;
    --deliver) deliver ;;
    --list) for next in $actions; do echo "$next"; done ;;
    --tools) show_tools ;;
    *)
        echo "usage: sh build.sh [--only ACTION | --deliver | --list | --tools]" >&2
        echo "RPKG_SOURCES RPKG_WORK RPKG_RESULT RPKG_JOBS set folders and the number of jobs" >&2
        exit 2
        ;;
esac
`;
}

/** For each mounted tool the place where this machine has it, which a user may change. */
function toolSettings(plan: Plan): string {
    const settings = new Map<string, string>();
    for (const { tools } of Object.values(plan.environments)) {
        for (const [, { mount, root }] of sortedEntries(tools)) {
            if (mount === undefined || root === undefined) continue;
            const variable = toolVariable(mount);
            settings.set(variable, `${variable}=\${RPKG_${variable.toUpperCase()}:-${shellWord(root)}}\n`);
        }
    }
    return [...settings.values()].join('');
}

function toolLines(plan: Plan): string {
    const tools = Object.values(plan.environments).flatMap((environment) => sortedEntries(environment.tools));
    const lines = tools.map(([name, { path, version, digest }]) =>
        shellWord(`${name}: ${path}, ${version}, ${digest}`),
    );
    return lines.map((line) => `    printf '%s\\n' ${line}\n`).join('') || '    :\n';
}
