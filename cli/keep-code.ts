// Loaded before rpkg when it is installed: writes what V8 has compiled by the end of this run, for `compiled-code.ts`.
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import vm from 'node:vm';
import { codeOf } from './compiled-code.ts';

const scripts = new Map<string, vm.Script>();

vm.Script = class extends vm.Script {
    constructor(text: string, options: vm.ScriptOptions) {
        super(text, options);
        if (options.filename !== undefined) scripts.set(options.filename, this);
    }
};
syncBuiltinESMExports();

process.on('exit', () => {
    for (const [file, script] of scripts) writeFileSync(codeOf(file), script.createCachedData());
});
