// Where real recipes are built: with all others beside them, and with the registry as the person who runs the tests reaches it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { installation, type Place, systemPath, toolchain } from '../support/whole.ts';

export const cargoHome = process.env['CARGO_HOME'] ?? path.join(os.homedir(), '.cargo');

/** Mirrors, proxies and certificates are the user's own business. */
export const network: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value = '']) =>
        /^(?:CARGO|SSL|https?_proxy|no_proxy|all_proxy)/i.test(name) ? [[name, value]] : [],
    ),
);

/** For fetching with a compiler that has no cargo beside it: crates that are in nobody's cache are brought by the user's. */
export function withCargo(rust: string): Readonly<Record<string, string>> {
    return { PATH: `${rust}/bin:${toolchain}/bin:${systemPath}` };
}

/** The place with a copy of all shipped recipes in a folder of it. */
export function withRecipes(place: Place, folder: string): Place {
    const at = path.join(place.folder, folder);
    fs.cpSync(`${installation}/recipes`, at, { recursive: true });
    return { ...place, folder: at };
}
