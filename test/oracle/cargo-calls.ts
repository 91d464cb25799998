// What Cargo calls: what `cargo build -vv` tells, checked against a record of what its children really were given.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { untold } from './allowed-differences.ts';
import { type Call, isCompilation, nameOfCall } from './call.ts';
import { cargoHome, runCargo, toolchain } from './cargo-graph.ts';
import { readCalls, writeRustcRecorder } from './recorder.ts';
import { parseVerbose } from './verbose.ts';

/** Builds everything in an empty folder below the given one. The calls know their folders. */
export async function cargoCalls(folder: string, options: readonly string[], below: string): Promise<readonly Call[]> {
    const programs = path.join(below, 'programs');
    const notes = path.join(below, 'notes');
    for (const each of [programs, notes]) fs.mkdirSync(each, { recursive: true });
    writeRustcRecorder(path.join(programs, 'rustc'), notes, path.join(toolchain(), 'rustc'));
    // All that its children inherit.
    const env = {
        CARGO_HOME: cargoHome(),
        CARGO_TARGET_DIR: path.join(below, 'target'),
        HOME: below,
        PATH: [programs, toolchain(), '/usr/bin', '/bin'].join(path.delimiter),
    };
    const { status, stderr } = await runCargo(folder, ['build', '-vv', '--offline', '--locked', ...options], env);
    if (status !== 0) throw new Error(`cargo build ${options.join(' ')}: ${stderr.slice(-2000)}`);
    const recorded = new Map(readCalls(notes).map((call) => [identity(call), call]));
    return parseVerbose(stderr).map((told) => {
        const real = recorded.get(identity(told));
        if (real === undefined) throw new Error(`${nameOfCall(told)} was told and did not happen`);
        const inherited = new Set([...Object.keys(env), ...Object.keys(untold)]);
        const given = new Map([...real.env].filter(([name]) => !inherited.has(name)));
        const names = [...given.keys(), ...told.env.keys()].filter((name) => given.get(name) !== told.env.get(name));
        if (names.length > 0) throw new Error(`${nameOfCall(told)}: -vv is not right about ${names.join(', ')}`);
        recorded.delete(identity(told));
        return { ...told, cwd: real.cwd };
    });
}

/** One call of rustc makes one thing, and one run of a build script has one OUT_DIR. */
function identity(call: Call): string {
    const { argv, env } = call;
    return isCompilation(call) ? argv.slice(1).join('\0') : `${argv[0] ?? ''}\0${env.get('OUT_DIR') ?? ''}`;
}
