/** A name that came from outside is repeated only when it can be nothing but a name. */
export function shownName(name: string): string {
  return /^[A-Za-z][A-Za-z_]{0,39}$/.test(name) ? name : '…';
}

/** Returns the path as a JSON pointer in a URI fragment (RFC 6901, section 6). */
export function pointer(path: readonly PropertyKey[]): string {
  return `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}
