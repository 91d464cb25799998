// Loads a bundle together with what V8 compiled of it in earlier runs. Node's own compile cache holds a file as it is when it
// was loaded, before most of its functions were called; compiling those again took a seventh of planning a large workspace.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import vm from 'node:vm';

/** The exports of a CommonJS file of ASCII text. Code that V8 does not take, of another version perhaps, is as if there were none. */
export function loadCompiled(file: string): unknown {
    // Read as bytes that are characters: decoding would cost more than V8's look at the text.
    const text = readFileSync(file, 'latin1');
    const cachedData = readCode(file);
    const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
        filename: file,
        ...(cachedData === undefined ? {} : { cachedData }),
    });
    const module = { exports: {} };
    const run = script.runInThisContext() as (...scope: readonly unknown[]) => void;
    run(module.exports, createRequire(file), module, file, dirname(file));
    return module.exports;
}

/** Where the compiled code of a file lies. */
export function codeOf(file: string): string {
    return `${file}.code`;
}

function readCode(file: string): Buffer | undefined {
    try {
        return readFileSync(codeOf(file));
    } catch {
        return undefined;
    }
}
