// A real HTTP server on the loopback address whose behaviour each test gives as a table: path → handler.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AddressInfo } from 'node:net';

export type Routes = Readonly<Record<string, RequestListener>>;

export interface TestServer extends AsyncDisposable {
    readonly origin: string;
    /** Paths in the order they were asked for. */
    readonly asked: readonly string[];
}

/** `connect` answers to requests for a tunnel, as a proxy gets them. */
export async function serve(
    routes: Routes,
    connect?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<TestServer> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
        const path = request.url ?? '';
        asked.push(path);
        const handler = routes[path];
        if (handler === undefined) response.writeHead(404).end('<html>no such page</html>');
        else handler(request, response);
    });
    if (connect !== undefined) server.on('connect', connect);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
        origin: `http://127.0.0.1:${port}`,
        asked,
        [Symbol.asyncDispose]: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

export function body(bytes: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): RequestListener {
    return (_request, response) => {
        response.writeHead(200, headers).end(bytes);
    };
}

export function redirect(location: string, status = 302): RequestListener {
    return (_request, response) => {
        response.writeHead(status, { location }).end();
    };
}
