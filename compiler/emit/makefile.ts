// Plan → Makefile: the graph, for `make -jN`. Each target performs one action through the script beside it, so both
// renderings have one wording of every command.
import { compareBytes, sortedEntries } from '../plan/bytes.ts';
import { dependenciesOf, splitRef } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import { workFolder } from './shell-names.ts';

/** The text of `Makefile`; it expects `build.sh` of the same plan in its folder. Only POSIX make is needed. */
export function emitMakefile(plan: Plan): string {
    const results = [...new Set(Object.values(plan.outputs).map((tree) => splitRef(tree).action))];
    const everything = Object.keys(plan.actions).sort(compareBytes);
    const rules = sortedEntries(plan.actions).map(([id, action]) => {
        const needed = dependenciesOf(action).map((other) => ` \\\n    $(DONE)/${other}`);
        return `$(DONE)/${id}:${needed.join('')}\n\t@$(RUN) --only ${id}\n`;
    });
    return `# ${plan.subject.name} ${plan.subject.version}: made from a plan. Change the recipe, not this file.
# plan: execution ${plan.digest.execution}
.POSIX:
.SUFFIXES:

WORK = work
RESULT = result
JOBS = 2
DONE = $(WORK)/${workFolder(plan)}/done
RUN = RPKG_WORK="$(WORK)" RPKG_RESULT="$(RESULT)" RPKG_JOBS="$(JOBS)" sh ./build.sh

all: ${everything.filter((id) => isWanted(plan, id, results)).map((id) => `$(DONE)/${id}`).join(' ')}
\t@$(RUN) --deliver

clean:
\tchmod -R u+w "$(WORK)" && rm -rf "$(WORK)"

${rules.join('\n')}`;
}

/** Results, and actions that nothing else waits for, such as tests. */
function isWanted(plan: Plan, id: string, results: readonly string[]): boolean {
    return results.includes(id) || !Object.values(plan.actions).some((action) => dependenciesOf(action).includes(id));
}
