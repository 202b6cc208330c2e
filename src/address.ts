import { isIP, isIPv6 } from 'node:net';

/** Where a socket listens or connects to. An IPv6 address stands without brackets, as sockets take it. */
export type HostPort = { readonly host: string; readonly port: number };

/** A name of RFC 1123, which is also what an IPv4 address looks like. */
const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

/**
 * Returns the host of a setting as sockets take it: a name, an IPv4 address, or an IPv6 address with or without
 * brackets (RFC 3986, 3.2.2). Undefined when it is none, or holds more than a host.
 */
export function parseHost(text: string): string | undefined {
  const [, inBrackets] = /^\[(.*)\]$/.exec(text) ?? [];
  if (inBrackets !== undefined) {
    return isIPv6(inBrackets) ? inBrackets : undefined;
  }
  // 300.1.1.1 is no name either: the last part of a name is never a number.
  return isIP(text) !== 0 || (hostName.test(text) && !/(^|\.)\d+\.?$/.test(text)) ? text : undefined;
}

/** Returns the parts of "host:port" or "[IPv6 address]:port", port 1–65535; undefined when it is neither. */
export function parseHostPort(text: string, { lowestPort = 1 } = {}): HostPort | undefined {
  const [, hostText = '', portText = ''] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text) ?? [];
  const host = parseHost(hostText);
  const port = Number(portText);
  return host !== undefined && port >= lowestPort && port <= 65_535 ? { host, port } : undefined;
}

/** Returns the host of a URL as sockets take it: URLs keep the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * Returns what keeps a text from being a URL of one of these protocols that can be connected to, in words that
 * hold nothing of it, because it may carry a password; undefined when nothing does.
 */
export function faultOfUrl(text: string, protocols: readonly string[]): string | undefined {
  const [, scheme = '', authority = ''] = /^([a-z]+):\/\/([^/?#]*)/i.exec(text) ?? [];
  if (!protocols.includes(scheme.toLowerCase())) {
    return `must be a URL that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`;
  }
  const port = /:(\d+)$/.exec(authority.slice(authority.lastIndexOf('@') + 1))?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
    return 'must have a port from 1 to 65535';
  }
  const url = URL.parse(text);
  if (url === null) {
    return 'must be a URL with a host: an IPv6 address stands in brackets, and what is no letter or digit in a password is written as %XX';
  }
  if (parseHost(hostOf(url)) === undefined) {
    return 'must name a host: a name, an IPv4 address, or an IPv6 address in brackets';
  }
  return [url.username, url.password, url.pathname].every(canBeDecoded)
    ? undefined
    : 'has a % that is not followed by two hexadecimal digits: write %25 for a % itself';
}

function canBeDecoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
