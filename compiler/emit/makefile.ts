// Plan → Makefile: the graph, for `make -jN`. Each target performs one action through the script beside it, so both
// renderings have one wording of every command.
import { compareBytes, sortedEntries } from '../plan/bytes.ts';
import { dependenciesOf, dependentsOf, splitRef } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import { workFolder } from './shell-names.ts';

/** The text of `Makefile`; it expects `build.sh` of the same plan in its folder. Only POSIX make is needed. */
export function emitMakefile(plan: Plan): string {
    const wanted = wantedActions(plan).map((id) => ` \\\n    $(DONE)/${id}`);
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

all:${wanted.join('')}
\t@$(RUN) --deliver

clean:
\tif [ -e "$(WORK)" ]; then chmod -R u+rwX "$(WORK)" && rm -rf "$(WORK)"; fi

${rules.join('\n')}`;
}

/** Results, and actions that nothing else waits for, such as tests. */
function wantedActions(plan: Plan): readonly string[] {
    const results = new Set(Object.values(plan.outputs).map((tree) => splitRef(tree).action));
    const dependents = dependentsOf(plan);
    return Object.keys(plan.actions)
        .filter((id) => results.has(id) || dependents.get(id)?.length === 0)
        .sort(compareBytes);
}
