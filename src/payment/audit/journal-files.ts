/** The parties' own journals. A provider without one cannot be compared. */
export type JournalFiles = {
  readonly bank: string;
  /** By the providers' ids. */
  readonly providers: Readonly<Record<string, string>>;
};

type Given = {
  readonly bank: string;
  /** The carrier's, which had options of its own before there were other providers. */
  readonly carrier: string;
  /** `id=file`, each. */
  readonly providers: readonly string[];
};

/**
 * Returns the journals that were given, or undefined when there is no bank's or no provider's.
 * @throws RangeError which names what is not `id=file`.
 */
export function journalFiles(
  { bank, carrier, providers }: Given,
  environment: Readonly<Record<string, string | undefined>>,
): JournalFiles | undefined {
  const named = providers.map((text): [string, string] => {
    const [, id, file] = /^([a-z0-9-]{1,20})=(.+)$/.exec(text) ?? [];
    if (id === undefined || file === undefined) {
      throw new RangeError(`a provider's journal must be given as id=file, not as "${text}"`);
    }
    return [id, file];
  });
  const carrierName = environment['WALLETLINE_CARRIER_NAME'] ?? 'carrier';
  const all = Object.fromEntries([...(carrier === '' ? [] : [[carrierName, carrier] as const]), ...named]);
  return bank === '' || Object.keys(all).length === 0 ? undefined : { bank, providers: all };
}

/** Returns the providers' journals of WALLETLINE_PROVIDER_JOURNALS: `id=file`, separated by commas. */
export function providerJournalsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return (environment['WALLETLINE_PROVIDER_JOURNALS'] ?? '').split(',').filter((each) => each !== '');
}
