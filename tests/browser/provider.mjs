// An OpenID provider: npm's oidc-provider in a process of its own, so that it can be stopped, have a clock of its own, and
// come back with other keys. Started by `oidc.mjs`, which sends the settings.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const DAY = 86_400;

process.once("message", async ({ modules, port, redirect, seconds, ahead, inToken, accounts }) => {
  const now = Date.now;
  Date.now = () => now() + ahead * 1_000;
  const { default: Provider } = await import(pathToFileURL(join(modules, "node_modules/oidc-provider/lib/index.js")).href);
  const key = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ format: "jwk" });
  const provider = new Provider(`http://localhost:${port}`, {
    clients: [{ client_id: "candor", client_secret: "a-secret-of-the-tests", redirect_uris: [redirect] }],
    jwks: { keys: [{ ...key, kid: randomUUID(), use: "sig", alg: "RS256" }] },
    cookies: { keys: [randomUUID()] },
    pkce: { methods: ["S256"], required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    // By the book such claims are asked for at the userinfo endpoint; many providers put them into the ID token.
    conformIdTokenClaims: !inToken,
    ttl: { IdToken: seconds, Interaction: DAY, Session: DAY, Grant: DAY, AccessToken: DAY, AuthorizationCode: 600 },
    // An account that is disabled has its code refused: it was good when the password was typed.
    findAccount: (_, id, code) =>
      accounts[id] && !(code && accounts[id].disabled) && { accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) },
  });
  const server = provider.listen(port, "127.0.0.1", () => process.send("listening"));
  process.once("SIGTERM", () => server.close(() => process.exit(0)) && server.closeAllConnections());
});
