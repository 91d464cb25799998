// Which program links for the target.
import type { Place } from '../../lang/source.ts';
import { type Evaluated, textOf } from '../value.ts';
import type { Lowering } from './context.ts';
import { noLinker } from './errors.ts';
import { targetBlock } from './target-tools.ts';

/** The linker for the target; undefined when it is rustc's own choice. Says so when that cannot work. */
export function linkerOf({ evaluated, diagnostics }: Lowering, place: Place | undefined): string | undefined {
    const block = targetBlock(evaluated);
    const given =
        (block === undefined ? undefined : (textOf(block, 'linker') ?? textOf(block, 'cc'))) ??
        textOf(evaluated.root, 'linker');
    if (given !== undefined) return given;
    if (!isLinkedByRust(evaluated) && !canHostLink(evaluated))
        diagnostics.push(noLinker(String(evaluated.facts['target.triple']), block?.place ?? place));
    return undefined;
}

/** Targets for which rustc uses a linker of its own. */
function isLinkedByRust({ facts }: Evaluated): boolean {
    return /^wasm(?:32|64)$/.test(String(facts['target.arch'])) && facts['target.os'] !== 'emscripten';
}

/** A C compiler for x86-64 also knows 32 bits, where it has the libraries. */
function canHostLink({ facts }: Evaluated): boolean {
    const [host, target] = [facts['host.arch'], facts['target.arch']];
    const fits = host === target || (host === 'x86_64' && target === 'x86');
    return fits && facts['host.os'] === facts['target.os'];
}
