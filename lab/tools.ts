import { LabError } from './lab-error.js';
import { runCommand } from './run-command.js';

/** The Debian packages that the lab and its tests use. */
export const debianPackages = [
  'mmdebstrap', // builds the private root
  'bubblewrap', // runs servers in it
  'sip-tester', // SIPp: calls
  'baresip-core', // agents' phones
  'tcpdump', // what callers hear, on the wire
  'nftables', // the firewall of docs/media.md
  'iproute2',
  'sox', // prompts
  'festival',
  'festvox-us-slt-hts', // the English voice
  'espeak-ng', // the Mandarin voice
  'gcin-voice', // recorded Mandarin syllables
] as const;

/** Returns which of `wanted` are not installed, from what dpkg-query says ("name status" a line). */
export function missingFrom(dpkgStatus: string, wanted: readonly string[] = debianPackages): string[] {
  const installed = new Set(
    dpkgStatus
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, status]) => status === 'installed')
      .map(([name]) => name),
  );
  return wanted.filter((name) => !installed.has(name));
}

/** Returns the packages of the lab that this machine lacks. */
export async function missingPackages(): Promise<string[]> {
  const { code, output } = await runCommand('dpkg-query', [
    '--show',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own form
    '--showformat=${Package} ${db:Status-Status}\\n',
    ...debianPackages,
  ]);
  if (code === 127) {
    throw new LabError(
      'The lab needs Debian 12 or newer (there is no dpkg here): use such a machine, or name servers of your own with WALLETLINE_DATABASE_URL, WALLETLINE_ARI_URL, WALLETLINE_BANK_HOST and WALLETLINE_CARRIER_URL.',
    );
  }
  return missingFrom(output);
}

/** Returns one sentence about why apt or mmdebstrap failed and what to do, from what it wrote. */
export function remedy(what: string, output: string): string {
  if (/No space left on device|not enough free space|don't have enough free space/i.test(output)) {
    return `${what} failed because the disk is full: free 2 GB and run this again.`;
  }
  if (
    /Could not get lock|Unable to acquire the dpkg frontend lock|is another process using it/i.test(output)
  ) {
    return `${what} failed because another program holds apt's lock: let it finish (or end it) and run this again.`;
  }
  if (
    /Temporary failure resolving|Could not resolve|Could not connect|Cannot initiate the connection|Network is unreachable|Connection (timed out|refused)|Failed to fetch/i.test(
      output,
    )
  ) {
    return `${what} failed because Debian's mirror cannot be reached: check the network or the proxy (http_proxy) and run this again.`;
  }
  if (/Permission denied|are you root|Operation not permitted|must be root/i.test(output)) {
    return `${what} failed for want of rights: run this once as root.`;
  }
  const lastLines = output.trim().split('\n').slice(-5).join('\n');
  return `${what} failed; mend what it says here and run this again:\n${lastLines}`;
}

/**
 * Installs `packages` with apt-get.
 * @throws LabError with the remedy when this is not root, or apt fails.
 */
export async function installPackages(packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new LabError(
      `The lab needs the Debian packages ${packages.join(', ')}: install them with "sudo apt-get install --yes --no-install-recommends ${packages.join(' ')}" and run this again.`,
    );
  }
  const options = ['--option', 'DPkg::Lock::Timeout=120'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runCommand('apt-get', [...options, 'update'], { env });
  const install = await runCommand(
    'apt-get',
    [...options, 'install', '--yes', '--no-install-recommends', ...packages],
    { env },
  );
  if (install.code !== 0) {
    throw new LabError(remedy('Installing Debian packages', `${update.output}\n${install.output}`));
  }
}
