// A real Bluesky PDS with its own PLC directory, both on loopback and in memory or in this folder, for one command:
//   node bluesky.mjs COMMAND [ARGUMENT...]
// An owner's account answers a customer's post; then COMMAND runs with EREPUTATION_PDS and what a test has to know in
// its environment. Its exit code is ours. Secrets are made here, for this run.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { Secp256k1Keypair } from "@atproto/crypto";
import { createSecretKeyObject, envToCfg, envToSecrets, PDS } from "@atproto/pds";
import plc from "@did-plc/server";
import { SignJWT } from "jose";

const HERE = "127.0.0.1";
const secret = () => randomBytes(16).toString("hex");

async function listening(app, port = 0) {
  const server = app.listen(port, HERE);
  await once(server, "listening");
  return server;
}

async function freePort() {
  const probe = await listening(createServer());
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

const directory = await listening(plc.PlcServer.create({ db: plc.Database.mock() }).app);
const port = await freePort();
const settings = {
  port,
  devMode: true,
  disableSsrfProtection: true,
  dataDirectory: "pds",
  blobstoreDiskLocation: "pds/blobs",
  didPlcUrl: `http://localhost:${directory.address().port}`, // it resolves no DID at a bare IP address
  serviceHandleDomains: [".test"],
  enableDidDocWithSession: true,
  bskyAppViewUrl: `http://${HERE}:${await freePort()}`, // nobody answers there
  bskyAppViewDid: "did:web:appview.test",
  inviteRequired: false,
  rateLimitsEnabled: true,
  jwtSecret: secret(),
  adminPassword: secret(),
  recoveryDidKey: (await Secp256k1Keypair.create()).did(),
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString("hex"),
};
await mkdir(settings.dataDirectory, { recursive: true });
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings));
await pds.ctx.sequencer.start();
await listening(pds.app, port);
const url = `http://${HERE}:${port}`;

async function call(method, body, token) {
  const answer = await fetch(`${url}/xrpc/${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const account = (name) =>
  call("com.atproto.server.createAccount", { handle: `${name}.test`, email: `${name}@mail.test`, password: secret() });

const post = (author, record) =>
  call(
    "com.atproto.repo.createRecord",
    {
      repo: author.did,
      collection: "app.bsky.feed.post",
      record: { $type: "app.bsky.feed.post", createdAt: new Date().toISOString(), langs: ["fr"], ...record },
    },
    author.accessJwt,
  );

const [ada, acme] = [await account("ada-traveller"), await account("acme-airways")];
const { uri, cid } = await post(ada, { text: "Mon vol Acme est annulé ✈" });
const said = "Désolés ✈ acme.test/tr…";
const start = Buffer.byteLength("Désolés ✈ ");
const reply = await post(acme, {
  text: said,
  reply: { root: { uri, cid }, parent: { uri, cid } },
  facets: [
    {
      index: { byteStart: start, byteEnd: Buffer.byteLength(said) },
      features: [{ $type: "app.bsky.richtext.facet#link", uri: "https://acme.test/trafic" }],
    },
  ],
});
const { password } = await call("com.atproto.server.createAppPassword", { name: "ereputation" }, acme.accessJwt);

const yesterday = Math.floor(Date.now() / 1000) - 86_400;
const expired = await new SignJWT({ scope: "com.atproto.appPass" })
  .setProtectedHeader({ typ: "at+jwt", alg: "HS256" })
  .setAudience(pds.ctx.cfg.service.did)
  .setSubject(acme.did)
  .setIssuedAt(yesterday)
  .setExpirationTime(yesterday + 7_200)
  .sign(createSecretKeyObject(settings.jwtSecret));

const [command, ...rest] = process.argv.slice(2);
const child = spawn(command, rest, {
  stdio: "inherit",
  cwd: process.env.EREPUTATION_ROOT,
  env: {
    ...process.env,
    EREPUTATION_PDS: url,
    EREPUTATION_PDS_HANDLE: acme.handle,
    EREPUTATION_PDS_PASSWORD: password,
    EREPUTATION_PDS_EXPIRED: expired,
    EREPUTATION_PDS_POST: uri,
    EREPUTATION_PDS_REPLY: reply.uri,
  },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
const [code] = await once(child, "exit");
process.exit(code ?? 1);
