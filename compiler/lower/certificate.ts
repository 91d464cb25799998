// What a chain leaves behind as evidence: for each link the digest of its plan and of what it gave, sealed with all before it
// (spec/chains.md). Made inside of the plan, so that a plan that is carried out without rpkg has it too.
import { executionDigest } from '../plan/identity.ts';
import type { RunAction, TreeRef } from '../plan/plan.ts';
import type { ChainLink } from '../chain-links.ts';
import { certificateProgram } from './certificate-script.ts';
import { type LoweredPart, type Lowering, completeEnv, limitsOf, places } from './context.ts';
import type { MergedPart } from './merge-parts.ts';
import { rustcPlaces } from './rustc-fields.ts';

export interface CertifiedLink {
    readonly part: LoweredPart;
    readonly place: MergedPart;
    readonly link: ChainLink;
    /** What it gives. */
    readonly out: TreeRef;
    /** The certificate of the links before it. */
    readonly before: TreeRef | undefined;
}

const linkPlaces = { before: '/rpkg/before', out: '/rpkg/link' } as const;

/** Adds the certificate of a link and of all before it; the first has the compiler that the chain begins with. */
export function addCertificate(lowering: Lowering, { part, place, link, out, before }: CertifiedLink): TreeRef {
    lowering.actions.set('scripts.certificate', {
        kind: 'write',
        files: { 'certificate.py': { text: certificateProgram } },
    });
    const python = part.lowering.environment.tools['python3']?.path ?? '/usr/bin/python3';
    const program = `${rustcPlaces.scripts}/certificate.py`;
    const action: RunAction = {
        kind: 'run',
        commands: [{ argv: [python, program, link.version, link.stage0, linkDigest(part)] }],
        ...place.surroundings,
        env: completeEnv(part.lowering, { OUT: places.out }),
        cwd: places.build,
        mounts: {
            [rustcPlaces.scripts]: { tree: 'scripts.certificate', writable: false },
            [linkPlaces.before]: { tree: before ?? place.ref('stage0'), writable: false },
            [linkPlaces.out]: { tree: out, writable: false },
        },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(part.lowering, part.lowering.evaluated.root, 1),
    };
    const id = `certificate@${part.name}`;
    lowering.actions.set(id, action);
    return id;
}

/** Execution digest of the link's own plan, in which the link before is a source that has no place. */
function linkDigest({ lowering, outputs }: LoweredPart): string {
    return executionDigest({
        schema: 'rpkg.plan/1',
        environments: Object.fromEntries(lowering.environments),
        actions: Object.fromEntries(lowering.actions),
        outputs,
    });
}
