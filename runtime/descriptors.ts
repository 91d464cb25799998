// Descriptors that whoever started rpkg left open. Node closes only some of them when it starts a child, so without
// this a command in a sandbox could read a file of the host through number 30.
import { closeSync, readFileSync, readdirSync } from 'node:fs';

const closeOnExec = 0o2_000_000;

/** Closes every descriptor above 2 that children would inherit, and names them. To be called once, before any other work. */
export function closeInherited(): readonly number[] {
    const closed: number[] = [];
    for (const name of openDescriptors()) {
        const descriptor = Number(name);
        if (descriptor <= 2 || !isInherited(descriptor)) continue;
        closeSync(descriptor);
        closed.push(descriptor);
    }
    return closed;
}

function openDescriptors(): readonly string[] {
    try {
        return readdirSync('/proc/self/fd');
    } catch {
        return [];
    }
}

function isInherited(descriptor: number): boolean {
    try {
        const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
        const [, flags] = /^flags:\s+([0-7]+)$/m.exec(info) ?? [];
        return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
    } catch {
        // The descriptor of the listing itself, closed since.
        return false;
    }
}
