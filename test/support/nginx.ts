import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** nginx over a folder of its own. */
export interface Nginx {
  readonly origin: string;
  /** What it serves: files that are put here. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Servers are in a folder that not every user's PATH has. */
const ENVIRONMENT = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

/** Whether nginx is there; `npm test` says so where it is not, and fails with `REQUIRE_PEERS=1`. */
export const HAS_NGINX = spawnSync('nginx', ['-v'], { env: ENVIRONMENT }).status === 0;

/** Starts nginx on a free port, with a folder, a part of it that wants a login, one that it packs, and a redirect. */
export async function startNginx(): Promise<Nginx> {
  const root = mkdtempSync(join(tmpdir(), 'vdcheck-nginx-'));
  const port = await freePort();
  writeFileSync(join(root, 'users'), `root:{PLAIN}geheim\n`);
  writeFileSync(join(root, 'nginx.conf'), configuration(root, port));
  const child = spawn('nginx', ['-p', root, '-c', join(root, 'nginx.conf'), '-e', join(root, 'error.log')], {
    stdio: 'ignore',
    env: ENVIRONMENT,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilOpen(port, child);
  return {
    origin: `http://127.0.0.1:${port}`,
    folder: root,
    stop: async () => {
      child.kill();
      await ended;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function configuration(root: string, port: number): string {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    master_process off;
    worker_processes 1;
    pid ${root}/pid;
    events { worker_connections 64; }
    http {
      access_log off;
      ${places.map((place) => `${place}_temp_path ${root}/${place};`).join('\n')}
      server {
        listen 127.0.0.1:${port};
        root ${root};
        location /private/ { alias ${root}/; auth_basic vdcheck; auth_basic_user_file ${root}/users; }
        location /packed/ { alias ${root}/; gzip on; gzip_types *; gzip_min_length 1; }
        location /moved/ { rewrite ^/moved/(.*)$ /$1 redirect; }
        location /whole/ { alias ${root}/; max_ranges 0; }
      }
    }`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function untilOpen(port: number, child: { readonly exitCode: number | null }): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    if (await isOpen(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('nginx does not listen');
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
