import { hostname } from 'node:os';
import { openHost } from '../../runtime/host/session.ts';
import { identifyTools } from '../../runtime/host/tools.ts';
import { probeSandbox } from '../../runtime/sandbox/probe.ts';
import type { CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { failureDiagnostic } from '../failure.ts';
import { openUserStore } from '../open-store.ts';
import { paintFor } from '../paint.ts';
import { endWithFailures } from '../report.ts';
import { sandboxFolders } from '../sandbox-folders.ts';

interface Row {
    readonly name: string;
    readonly ok: boolean;
    readonly needed: boolean;
    readonly detail: string;
    readonly remedy: string;
}

/** What the kinds of recipes use, and what some sources need. */
const tools: readonly { readonly name: string; readonly needed: boolean }[] = [
    { name: 'sh', needed: true },
    { name: 'rustc', needed: true },
    { name: 'cargo', needed: true },
    { name: 'cc', needed: true },
    { name: 'make', needed: false },
    { name: 'git', needed: false },
    { name: 'tar', needed: false },
    { name: 'xz', needed: false },
    { name: 'objdump', needed: false },
    { name: 'apt-get', needed: false },
    { name: 'dpkg-deb', needed: false },
];

/** `rpkg doctor`: exit 7 when something is missing without which nothing can be built. */
export const doctor: CommandRun = async (context, args) => {
    const json = args.flag('json');
    const store = await openUserStore(context, args);
    if (!store.ok) return endWithFailures(context, [store.failure], { json });
    const rows: Row[] = [...(await probeSandbox(sandboxFolders(context)))];
    for (const { name, needed } of tools) {
        const found = await identifyTools([name], openHost({ store: store.value, environment: context.env }));
        const tool = found.ok ? found.value[name] : undefined;
        if (tool !== undefined)
            rows.push({ name, ok: true, needed, detail: `${tool.version} (${tool.path})`.trimStart(), remedy: '' });
        else if (!found.ok)
            rows.push({
                name,
                ok: false,
                needed,
                detail: 'not found',
                remedy: failureDiagnostic(found.failure).help ?? '',
            });
    }
    rows.push({ name: 'store', ok: true, needed: true, detail: store.value.root, remedy: '' });
    await store.value.close();
    const healthy = rows.every(({ ok, needed }) => ok || !needed);
    if (json) context.out.write(`${JSON.stringify({ machine: hostname(), healthy, checks: rows }, undefined, 2)}\n`);
    else for (const row of rows) context.out.write(rowText(row, context));
    return healthy ? exitCodes.ok : exitCodes.sandbox;
};

function rowText({ name, ok, needed, detail, remedy }: Row, context: Context): string {
    const paint = paintFor(context.out.color);
    const mark = ok ? paint.green('ok     ') : needed ? paint.red('missing') : paint.yellow('no     ');
    return `${mark} ${name}: ${detail}\n${ok || remedy === '' ? '' : `        ${remedy}\n`}`;
}
