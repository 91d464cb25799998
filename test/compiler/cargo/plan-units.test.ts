// What planning tells, and what has no counterpart in cargo's unit graph: reasons of features, settings of a distribution.
import { describe, expect, it } from 'vitest';
import { parseCargoLock } from '../../../compiler/cargo/lock-file.ts';
import { lockedGraph } from '../../../compiler/cargo/locked-graph.ts';
import { planFeatures, planUnits, type UnitPlan, type UnitRequest } from '../../../compiler/cargo/unit-graph.ts';
import { loadWorkspace } from '../../../compiler/cargo/workspace.ts';
import { memoryView } from '../../support/cargo-tree.ts';

const host = { triple: 'x86_64-unknown-linux-gnu', cfg: new Set(['unix', 'target_os="linux"']) };

const app = `
[package]
name = "app"
version = "1.0.0"
edition = "2021"

[[bin]]
name = "tool"
path = "src/tool.rs"
required-features = ["extra"]

[features]
extra = ["part/deep"]

[dependencies]
part = { path = "part" }

[workspace]
`;

const part = `
[package]
name = "part"
version = "2.1.0"
edition = "2021"

[features]
deep = ["deeper"]
deeper = []
`;

const lock = `
version = 4

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["part"]

[[package]]
name = "part"
version = "2.1.0"
`;

function request(more: string, change: Partial<UnitRequest> = {}): UnitRequest {
    const view = memoryView({
        '/w/Cargo.toml': `${app}${more}`,
        '/w/src/lib.rs': '',
        '/w/src/tool.rs': '',
        '/w/part/Cargo.toml': part,
        '/w/part/src/lib.rs': '',
    });
    const loaded = loadWorkspace(view, '/w');
    const parsed = parseCargoLock(lock);
    if (!loaded.ok || !parsed.ok) throw new Error(JSON.stringify([loaded, parsed]));
    const { workspace } = loaded;
    return {
        workspace,
        graph: lockedGraph({ workspace, lock: parsed.packages, view, crateFolder: () => undefined }),
        selection: { intent: 'build', packages: undefined, targets: undefined },
        features: { features: [], all: false, defaults: true },
        profile: { name: 'release' },
        host,
        ...change,
    };
}

function codes({ problems }: UnitPlan): readonly string[] {
    return problems.map(({ code, message }) => `${code}: ${message}`);
}

const onlyTool = { library: false, programs: ['tool'], examples: [], tests: [], benchmarks: [] } as const;

describe('planning units', () => {
    it('leaves away a program whose features are off, unless it was named', () => {
        const { units } = planUnits(request(''));
        expect(units?.units.map(({ target }) => target.name)).toEqual(['app', 'part']);
        const named = request('', { selection: { intent: 'build', packages: undefined, targets: onlyTool } });
        expect(codes(planUnits(named))).toEqual(['cargo/required-features: `tool` needs the features `extra`']);
    });

    it('tells features, packages and targets that do not exist', () => {
        expect(codes(planUnits(request('', { features: { features: ['no'], all: false, defaults: true } })))).toEqual([
            'cargo/unknown-feature: `app` has no feature `no`',
        ]);
        expect(
            codes(planUnits(request('', { selection: { intent: 'build', packages: ['b'], targets: undefined } }))),
        ).toEqual(['cargo/unknown-package: no package of the workspace or of its Cargo.lock is `b`']);
        const targets = { ...onlyTool, programs: ['other'] };
        expect(codes(planUnits(request('', { selection: { intent: 'build', packages: undefined, targets } })))).toEqual(
            ['cargo/unknown-target: there is no program `other` in `app`'],
        );
    });

    it.each([
        ['[profile.a]\ninherits = "b"\n[profile.b]\ninherits = "a"', 'inherit in a circle'],
        ['[profile.a]\nopt-level = 1', 'does not say what it `inherits`'],
        ['[profile.a]\ninherits = "z"', 'there is no profile `z`'],
        ['[profile.dev.package.part]\n[profile.dev.package."part@2"]', 'mean the same package'],
    ])('refuses the profiles of %j', (text, message) => {
        const [problem] = codes(planUnits(request(text)));
        expect(problem).toContain('cargo/bad-profile: ');
        expect(problem).toContain(message);
    });

    it('remembers who turned a feature on', () => {
        const asked = request('', { features: { features: ['extra'], all: false, defaults: true } });
        const entries = planFeatures(asked).features?.features.entries() ?? [];
        const reasons = entries.flatMap(({ package: { package: owner }, features }) =>
            [...features].map(([feature, reason]) => [
                `${owner.id.name}/${feature}`,
                reason.by === 'feature' ? `${reason.package.package.id.name}/${reason.feature}` : reason.by,
            ]),
        );
        expect(Object.fromEntries(reasons)).toEqual({
            'app/extra': 'request',
            'part/deep': 'app/extra',
            'part/deeper': 'part/deep',
        });
    });

    it('lets a distribution have the last word on profiles', () => {
        const manifest =
            '[profile.release]\nstrip = true\ndebug = 1\nlto = "thin"\n[profile.release.package.part]\nopt-level = 1';
        const extra = { release: { strip: 'none', debug: 2, package: { part: { 'opt-level': 's' } } } };
        const { units } = planUnits(request(manifest, { profile: { name: 'release', extra, incremental: false } }));
        const found = units?.units.map(({ target, profile: { optLevel, strip, debuginfo, lto } }) => ({
            name: target.name,
            optLevel,
            strip,
            debuginfo,
            lto,
        }));
        expect(found).toEqual([
            { name: 'app', optLevel: '3', strip: 'none', debuginfo: 2, lto: 'thin' },
            { name: 'part', optLevel: 's', strip: 'none', debuginfo: 2, lto: 'thin' },
        ]);
    });
});
