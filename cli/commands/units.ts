import { resolve } from 'node:path';
import type { TargetSelection } from '../../compiler/cargo/unit-roots.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { planFolder } from '../units.ts';

/** `rpkg units FOLDER` */
export const units: CommandRun = async (context, args) => {
    const targets: TargetSelection = {
        ...(args.flag('lib') ? { lib: true } : {}),
        ...(args.flag('bins') ? { bins: 'all' } : args.values('bin').length > 0 ? { bins: args.values('bin') } : {}),
        ...(args.flag('examples') ? { examples: 'all' } : {}),
        ...(args.flag('tests') ? { tests: 'all' } : {}),
        ...(args.flag('benches') ? { benches: 'all' } : {}),
    };
    const { json, problems } = await planFolder({
        folder: resolve(context.cwd, args.operands[0] ?? '.'),
        crates: args.value('crates') === undefined ? undefined : resolve(context.cwd, args.value('crates') ?? ''),
        packages: args.values('package'),
        profile: args.flag('release') ? 'release' : (args.value('profile') ?? 'dev'),
        target: args.value('target'),
        allTargets: args.flag('all-targets'),
        targets: Object.keys(targets).length === 0 ? undefined : targets,
        features: args.values('features').flatMap((text) => text.split(/[ ,]+/).filter((name) => name !== '')),
        allFeatures: args.flag('all-features'),
        noDefaultFeatures: args.flag('no-default-features'),
        environment: context.env,
    });
    if (json !== undefined) {
        context.out.write(`${JSON.stringify(json)}\n`);
        return exitCodes.ok;
    }
    for (const { code, message, package: owner, file, help } of problems) {
        context.err.write(`error[${code}]: ${[owner, message].filter((part) => part !== undefined).join(': ')}\n`);
        if (file !== undefined) context.err.write(`  --> ${file}\n`);
        if (help !== undefined) context.err.write(`  = help: ${help}\n`);
    }
    return exitCodes.recipe;
};
