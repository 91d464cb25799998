// Whether a program surely prints its version when it is asked for it. What cannot be seen in its sources is not assumed:
// a test that fails for no reason is worse than none.
import type { FolderView } from '../cargo/folder-view.ts';
import type { Target } from '../cargo/package.ts';

const mostFiles = 400;

/** The clap crate answers `--version` when it is told the version, and nobody takes the option away. */
export function printsVersion(view: FolderView, { path }: Target): boolean {
    const text = rustText(view, path.slice(0, path.lastIndexOf('/')));
    if (!/\bclap\b/.test(text) || /disable_version_flag|DisableVersion/.test(text)) return false;
    const attributes = [...text.matchAll(/#\[(?:command|clap)\(([^\]]*)\)\]/g)].map(([, words = '']) => words);
    // A bare `version` is the package's; anything else has to come from there.
    if (attributes.some((words) => /(?:^|,)\s*version\s*(?:,|$)/.test(words))) return true;
    const isSet = attributes.some((words) => /(?:^|,)\s*version\s*=/.test(words)) || text.includes('.version(');
    return isSet && /CARGO_PKG_VERSION|crate_version!/.test(text);
}

function rustText(view: FolderView, folder: string): string {
    const texts: string[] = [];
    const waiting = [folder];
    for (let at = waiting.pop(); at !== undefined && texts.length < mostFiles; at = waiting.pop()) {
        for (const name of view.list(at)) {
            const path = `${at}/${name}`;
            if (view.isFolder(path)) waiting.push(path);
            else if (name.endsWith('.rs')) texts.push(view.read(path) ?? '');
        }
    }
    return texts.join('\n');
}
