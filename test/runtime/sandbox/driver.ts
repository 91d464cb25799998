// rpkg as a process of its own, cut down to one sandbox. Argument 1 is the job as JSON; the outcome goes to a file.
import { closeSync, readFileSync, writeFileSync } from 'node:fs';
import { closeInherited } from '../../../runtime/descriptors.ts';
import { anonymousFile } from '../../../runtime/sandbox/anonymous-file.ts';
import { openSandbox } from '../../../runtime/sandbox/sandbox.ts';
import type { Job } from './world.ts';

closeInherited();
const { tier, spec, cancelAfterMs, terminal, longWord, outcome } = JSON.parse(process.argv[2] ?? '') as Job;
const sandbox = await openSandbox(tier);
if (!sandbox.ok) throw new Error(JSON.stringify(sandbox.failure));
const stdout = anonymousFile('');
const stderr = anonymousFile('');
const signal = cancelAfterMs === undefined ? {} : { signal: AbortSignal.timeout(cancelAfterMs) };
const long = longWord > 0 ? ['x'.repeat(longWord)] : [];
const start = performance.now();
const result = await sandbox.value.run(
    { ...spec, argv: [...spec.argv, ...long] },
    { stdout, stderr, terminal, ...signal },
);
const elapsedMs = performance.now() - start;
const written = (descriptor: number): string => readFileSync(`/proc/self/fd/${descriptor}`, 'utf8');
const report = { result, stdout: written(stdout), stderr: written(stderr), elapsedMs, umask: process.umask(0o077) };
writeFileSync(outcome, JSON.stringify(report));
closeSync(stdout);
closeSync(stderr);
