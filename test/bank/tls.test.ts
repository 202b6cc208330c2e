import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSocket } from '../../src/bank/open-socket.js';
import { readConfig } from '../../src/config.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import { IndependentHost } from '../support/independent-host/independent-host.js';
import { startIndependentLink } from '../support/independent-host/independent-link.js';

const [card] = contractCards;

/** A CA of its own in a folder, made by openssl, and what it signs. */
class Authority {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    this.#openssl('req', '-x509', ...key, ...files, '-days', '2', '-subj', `/CN=${name}`);
  }

  get pem(): string {
    return this.#read(`${this.#name}.pem`);
  }

  /** Returns a certificate and its key in one text. */
  signs(name: string, subjectAltName: string): string {
    writeFileSync(join(this.#folder, `${name}.ext`), `subjectAltName=${subjectAltName}\n`);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    this.#openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const ca = ['-CA', `${this.#name}.pem`, '-CAkey', `${this.#name}.key`, '-CAcreateserial'];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
    this.#openssl('x509', '-req', ...files, ...ca, '-days', '2');
    return `${this.#read(`${name}.pem`)}${this.#read(`${name}.key`)}`;
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'latin1');
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'ignore' });
  }
}

describe('a bank line with TLS', function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), 'bank-tls-'));
  const authority = new Authority(folder, 'bank-ca');
  const stranger = new Authority(folder, 'other-ca');
  const hostPem = authority.signs('host', 'IP:127.0.0.1');
  const namedPem = authority.signs('named', 'DNS:pos.bank.example');
  const ourPem = authority.signs('walletline', 'DNS:walletline.example');
  const strangePem = stranger.signs('stranger', 'IP:127.0.0.1');
  after(() => rmSync(folder, { recursive: true }));

  const hostTls = (pem = hostPem) => ({ cert: pem, key: pem, ca: authority.pem, requestCert: true });

  /** Why no connection comes about; undefined when one does. */
  const failure = async (pem: string, tls: Parameters<typeof openSocket>[0]['tls'], max = false) => {
    const limits = max ? { maxVersion: 'TLSv1.1' as const, minVersion: 'TLSv1' as const } : {};
    const host = await IndependentHost.start({ tls: { ...hostTls(pem), ...limits } });
    const signal = new AbortController().signal;
    const address = { host: '127.0.0.1', port: host.port };
    try {
      const socket = await openSocket({ address, tls, connectTimeoutMs: 2_000, signal });
      socket.destroy();
      return undefined;
    } catch (error) {
      assert.ok(error instanceof Error && error.cause instanceof Error);
      return 'code' in error.cause ? String(error.cause.code) : error.cause.message;
    } finally {
      await host.stop();
    }
  };

  it('pays with our certificate, at a host that its CA has signed', async () => {
    const link = await startIndependentLink({ tls: { ca: authority.pem, client: ourPem } }, undefined, {
      tls: hostTls(),
    });
    const trace = await link.bank.nextTrace();
    const request = { trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) };
    assert.equal((await link.bank.purchase(request)).outcome, 'approved');
    assert.equal(link.line.counts.connects, 1);
    await link.stop();
  });

  it('believes no host that another CA has signed, and none with another name', async () => {
    const tls = { ca: authority.pem, client: ourPem };
    assert.match((await failure(strangePem, tls)) ?? '', /CERT|VERIFY|ISSUER|SIGNATURE/);
    assert.equal(await failure(namedPem, tls), 'ERR_TLS_CERT_ALTNAME_INVALID');
    assert.equal(await failure(namedPem, { ...tls, name: 'pos.bank.example' }), undefined);
    assert.equal(await failure(namedPem, { ...tls, name: 'evil.example' }), 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('speaks no TLS before 1.2, and says no word in the clear', async () => {
    assert.notEqual(await failure(hostPem, { ca: authority.pem, client: ourPem }, true), undefined);
    const host = await IndependentHost.start();
    const address = { host: '127.0.0.1', port: host.port };
    const signal = new AbortController().signal;
    await assert.rejects(
      openSocket({ address, tls: { ca: authority.pem }, connectTimeoutMs: 300, signal }),
      /cannot be reached/,
    );
    assert.deepEqual(host.received, []);
    await host.stop();
  });

  it('does not come up without a certificate at a host that asks for one', async () => {
    await assert.rejects(
      startIndependentLink({ tls: { ca: authority.pem } }, undefined, { tls: hostTls() }),
      /signed in/,
    );
  });

  it('has settings that name files, and each fault of them is told', () => {
    writeFileSync(join(folder, 'nothing.pem'), 'no certificate\n');
    const faultsOf = (given: Record<string, string>): string => {
      try {
        readConfig(given);
      } catch (error) {
        return String(error);
      }
      return '';
    };
    const faults = faultsOf({
      WALLETLINE_BANK_TLS_CA: join(folder, 'missing.pem'),
      WALLETLINE_BANK_TLS_CLIENT: join(folder, 'nothing.pem'),
    });
    assert.match(faults, /WALLETLINE_BANK_TLS_CA: names a file that cannot be read \(ENOENT\)/);
    assert.match(faults, /WALLETLINE_BANK_TLS_CLIENT: must name a file in PEM form/);
    assert.ok(!faults.includes('no certificate'));
  });
});
