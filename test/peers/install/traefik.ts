import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { Recipe } from './cache.ts';
import { buildPrograms, downloadModule } from './goModule.ts';

const path = 'github.com/traefik/traefik/v3';
const lego = { path: 'github.com/go-acme/lego/v5', version: 'v5.4.1' };
const passwords = 'github.com/abbot/go-http-auth';
const extension = 'github.com/traefik/traefik/dynamic/ext';

/**
 * Traefik, without what no test asks of it: the DNS providers of its certificate client, whose vendors' libraries the module
 * proxy lacks, passwords (a fork that it lacks) and extension points (not in the module); stand-ins let it compile.
 */
export const traefik: Recipe = {
  name: 'traefik',
  version: 'v3.7.13',
  async fill(folder, say) {
    const module = await downloadModule(path, this.version);
    const work = await mkdtemp(join(tmpdir(), 'podium-traefik-'));
    try {
      const acme = await copyWithoutProviders(work);
      const auth = await writeModule(join(work, 'auth'), passwords, noPasswords);
      const ext = await writeModule(join(work, 'ext'), extension, noExtensions);
      await buildPrograms(
        {
          module,
          edits: [
            `-replace=${lego.path}=${acme}`,
            `-replace=${passwords}=${auth}`,
            `-replace=${extension}=${ext}`,
          ],
          packages: [{ path: `${path}/cmd/traefik`, output: 'traefik' }],
        },
        folder,
        say,
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    await copyFile(
      join(module.dir, 'integration/fixtures/k8s/01-traefik-crd.yml'),
      join(folder, 'crds.yaml'),
    );
  },
};

async function copyWithoutProviders(work: string): Promise<string> {
  const { dir } = await downloadModule(lego.path, lego.version);
  const copy = join(work, 'lego');
  await runCommand('cp', ['-r', '--no-preserve=mode', dir, copy], { cwd: work, timeLimitMs: 60_000 });
  const providers = join(copy, 'providers/dns');
  await rm(providers, { recursive: true });
  await mkdir(providers);
  await writeFile(join(providers, 'none.go'), noProviders);
  return copy;
}

async function writeModule(dir: string, name: string, source: string): Promise<string> {
  await mkdir(dir);
  await writeFile(join(dir, 'go.mod'), `module ${name}\n\ngo 1.22\n`);
  await writeFile(join(dir, 'none.go'), source);
  return dir;
}

const noProviders = `package dns

import (
	"errors"

	"${lego.path}/challenge"
)

func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, errors.New("built without DNS providers")
}
`;

const noExtensions = `package ext

type HTTP struct{}

type Router struct{}
`;

/** Whoever is asked for a password is refused. */
const noPasswords = `package auth

import "net/http"

type SecretProvider func(user, realm string) string

type BasicAuth struct {
	Realm   string
	Secrets SecretProvider
}

func (*BasicAuth) RequireAuth(w http.ResponseWriter, _ *http.Request) { refuse(w) }

type DigestAuth struct{}

func NewDigestAuthenticator(string, SecretProvider) *DigestAuth { return &DigestAuth{} }

func (*DigestAuth) CheckAuth(*http.Request) (string, *string)                 { return "", nil }
func (*DigestAuth) RequireAuth(w http.ResponseWriter, _ *http.Request)        { refuse(w) }
func (*DigestAuth) RequireAuthStale(w http.ResponseWriter, _ *http.Request)   { refuse(w) }

func DigestAuthParams(string) map[string]string { return nil }

func CheckSecret(string, string) bool { return false }

func refuse(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }
`;
