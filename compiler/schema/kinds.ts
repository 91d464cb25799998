// All kinds of recipe. A new kind is a file beside this one and a line here.
import { appKind } from './app.ts';
import { cargoKind } from './cargo.ts';
import { chainKind } from './chain.ts';
import { environmentKind } from './environment.ts';
import { genericKind } from './generic.ts';
import { rustcKind } from './rustc.ts';
import type { Kind } from './types.ts';

export const kinds: ReadonlyMap<string, Kind> = new Map(
    [appKind, cargoKind, chainKind, environmentKind, genericKind, rustcKind].map((kind) => [kind.name, kind]),
);
