#!/usr/bin/env node
const fs = require('node:fs'), p = process, { env, argv: [, , ...argv], cwd, getuid } = p;
let own = async (kind) => (await import('../dist/main.js')).run(argv, kind, { place, ask });

function place() {
	const ws = ['', ...argv].join('\0').split('\0--workspace')[1]?.slice(1).split('\0')[0];
	let real = fs.realpathSync.native, dir = real(ws || '.'), root = dir, id = 7, home = env.XDG_STATE_HOME;
	while (!ws && root && !fs.existsSync(root + '/.git')) root = root.slice(0, root.lastIndexOf('/'));
	for (const b of Buffer.from((root ||= dir) + __dirname)) id = (id * 31 + b) % 1e13;
	if (home?.[0] != '/') home = real(env.HOME || env.USERPROFILE) + '/.local/state';
	home += '/assay/run';
	return { root, folder: home, socket: getuid ? `${home}/${id}.sock` : '\\\\.\\pipe\\assay-' + id };
}

function ask({ folder, socket: path }, miss) {
	const { uid, mode } = fs.lstatSync(folder);
	if (getuid && (uid != getuid() || mode % 64 || mode >> 12 != 4)) throw 0;
	let end, stop, kind = 0, got = Buffer.of(), io = require('node:net').connect({ path, onread: { buffer: Buffer.alloc(9e4), callback(n, now) {
		for (got = Buffer.concat([got, now.subarray(0, n)]); got[4] >= 0 && got.length >= (end = 5 + got.readUInt32BE(1)); got = got.subarray(end))
			(kind = got[0]) < 3 ? put(kind, got.subarray(5, end)) : kind < 4 ? p.stdin.pipe(io) : kind < 5 && p.exit(got[5]);
	} } }).on('error', () => {}).on('close', () => p.off('SIGINT', stop) && miss(kind));
	p.once('SIGINT', (stop = () => io.destroy(kind = 9)));
	let all = Buffer.from(JSON.stringify({ v: 1, argv, env, cwd: cwd(), tty: [1, 2].map((n) => fs.fstatSync(n).mode >> 12 == 2) }) + '\n');
	put(io._handle?.fd, all) && io.write(all);
}

function put(fd, out) {
	while (out.length)
		try {
			out = out.subarray(fs.writeSync(fd, out));
		} catch (e) {
			if (e.code != 'EAGAIN') return 1;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
		}
}

try {
	env.ASSAY_NO_DAEMON || argv.includes('--no-daemon') ? own() : ask(place(), own);
} catch {
	own(0);
}
