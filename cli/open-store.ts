// Opening the user's store.
import type { Failure } from '../runtime/failure.ts';
import type { Result } from '../runtime/result.ts';
import { openStore, type Store } from '../runtime/store/store.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { storeFolder } from './store-folder.ts';

export async function openUserStore(context: Context, args: Arguments): Promise<Result<Store, Failure>> {
    return await openStore(storeFolder(context, args));
}
