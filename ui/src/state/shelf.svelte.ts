/** The models' page: what is asked of the hub, what is advised, and whom texts may be sent to. */
import type { Backend } from '../backend/backend';
import type { AdviceView } from '../backend/wire/AdviceView';
import type { FoundModelView } from '../backend/wire/FoundModelView';
import type { HubView } from '../backend/wire/HubView';
import type { InspectionView } from '../backend/wire/InspectionView';
import type { ModelView } from '../backend/wire/ModelView';
import type { ProviderView } from '../backend/wire/ProviderView';
import type { SendingView } from '../backend/wire/SendingView';
import type { WantedRequest } from '../backend/wire/WantedRequest';
import { words } from '../words';
import type { Notices } from './notices.svelte';

const say = words.state.shelf;

export type Part = 'here' | 'advice' | 'hub' | 'providers';

export class Shelf {
  part = $state<Part>('here');
  words = $state('');
  /** Null until something was asked of the hub. */
  found = $state.raw<FoundModelView[] | null>(null);
  /** The hub was asked last and said nothing. */
  unanswered = $state(false);
  looked = $state.raw<InspectionView | null>(null);
  wanted = $state<WantedRequest>({
    kinds: ['text'],
    purpose: 'search',
    languages: [],
    pace: 'any',
    most_mb: null,
    remote: false,
  });
  advice = $state.raw<AdviceView[] | null>(null);
  providers = $state.raw<ProviderView[]>([]);
  /** Where models come from; null until it is known. */
  hub = $state.raw<HubView | null>(null);
  busy = $state<'search' | 'look' | null>(null);
  /** What is about to be sent, and with which model. */
  sending = $state.raw<(SendingView & { model: string }) | null>(null);
  private asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  async search(): Promise<void> {
    const sought = this.words.trim();
    if (!sought || this.busy === 'search') return;
    this.busy = 'search';
    this.looked = null;
    const found = await this.notices.guard(this.backend.searchHub(sought));
    this.unanswered = !found;
    this.found = found ?? this.found;
    this.busy = null;
  }

  async look(model: string): Promise<void> {
    if (this.busy) return;
    this.busy = 'look';
    this.looked = (await this.notices.guard(this.backend.inspectModel(model))) ?? null;
    this.busy = null;
  }

  /** Asks anew; of several questions under way, the last one's answer stands. */
  async advise(): Promise<void> {
    const asked = ++this.asked;
    const advice = await this.notices.guard(this.backend.recommendModels($state.snapshot(this.wanted)));
    if (advice && asked === this.asked) this.advice = advice;
  }

  async remove({ id, is_folder }: ModelView): Promise<void> {
    const freed = await this.notices.guard(this.backend.removeModel(id));
    if (freed !== undefined) this.notices.say(is_folder ? say.unlisted(id) : say.removed(id, freed));
  }

  /** Lists the model in a folder that the system's dialogue asks for. */
  async addFolder(): Promise<void> {
    const id = await this.notices.guard(this.backend.addModelFolder());
    if (id) this.notices.say(say.listed(id));
  }

  async unload(model: string): Promise<void> {
    await this.notices.guard(this.backend.unloadModel(model));
  }

  private async take(asked: Promise<ProviderView[]>): Promise<boolean> {
    const providers = await this.notices.guard(asked);
    if (providers) this.providers = providers;
    return providers !== undefined;
  }

  loadProviders = () => this.take(this.backend.listProviders());
  allow = (name: string, allowed: boolean) => this.take(this.backend.allowProvider(name, allowed));
  keepKey = (name: string, key: string | null) => this.take(this.backend.keepKey(name, key));

  private async takeHub(asked: Promise<HubView>): Promise<boolean> {
    const hub = await this.notices.guard(asked);
    if (hub) this.hub = hub;
    return hub !== undefined;
  }

  loadHub = () => this.takeHub(this.backend.getHub());
  setMirror = (address: string | null) => this.takeHub(this.backend.setMirror(address));
  keepToken = (token: string | null) => this.takeHub(this.backend.keepToken(token));

  /** Whether the user is asked before texts go elsewhere; then somebody else goes on. */
  async asks(model: string): Promise<boolean> {
    if (!model.includes(':')) return false;
    const sending = await this.notices.guard(this.backend.getSending(model));
    if (!sending?.host || sending.texts === 0) return false;
    this.sending = { ...sending, model };
    return true;
  }

  /** Allows what was asked about; whether it was. */
  async agree(): Promise<string | null> {
    const sending = this.sending;
    this.sending = null;
    if (!sending || (!sending.allowed && !(await this.allow(sending.provider, true)))) return null;
    return sending.model;
  }
}
