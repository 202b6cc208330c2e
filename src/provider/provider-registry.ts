import type { Provider } from './provider.js';

/** The providers that this process knows, by their ids. Other processes of the same database may know others. */
export class ProviderRegistry {
  readonly #providers: ReadonlyMap<string, Provider>;

  /** @throws RangeError which names an id that two providers have. */
  constructor(providers: readonly Provider[]) {
    const byId = new Map<string, Provider>();
    for (const provider of providers) {
      if (byId.has(provider.id)) {
        throw new RangeError(`two providers have the id "${provider.id}"`);
      }
      byId.set(provider.id, provider);
    }
    this.#providers = byId;
  }

  get ids(): readonly string[] {
    return [...this.#providers.keys()];
  }

  all(): readonly Provider[] {
    return [...this.#providers.values()];
  }

  /**
   * Returns the provider of this id, or undefined when this process does not know it. Nobody else may be asked
   * instead: another provider would truthfully say that it never saw the order.
   */
  find(id: string): Provider | undefined {
    return this.#providers.get(id);
  }

  /**
   * Returns the provider that something needs in order to start.
   * @throws RangeError which names the id, who needs it, and the ids that there are.
   */
  require(id: string, neededBy: string): Provider {
    const provider = this.find(id);
    if (provider === undefined) {
      throw new RangeError(
        `${neededBy} needs the provider "${id}", which is not configured; there are: ${this.ids.join(', ') || 'none'}`,
      );
    }
    return provider;
  }
}
