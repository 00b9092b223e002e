import type { Preferences } from './preferences.svelte';

export type Permission = 'default' | 'granted' | 'denied' | 'unsupported';

/** Desktop notifications and a sound, for when one looks elsewhere. Nothing is asked for on load. */
export class Alerts {
  permission = $state<Permission>('Notification' in globalThis ? Notification.permission : 'unsupported');
  #audio: AudioContext | null = null;

  constructor(private readonly preferences: Preferences) {}

  get on(): boolean {
    return this.permission === 'granted' && this.preferences.get('notify');
  }

  /** Asked for by a button. */
  async turn(on: boolean): Promise<void> {
    if (on && this.permission === 'default') this.permission = await Notification.requestPermission();
    this.preferences.set('notify', on && this.permission === 'granted');
  }

  /** Shows `title` on the desktop when the page is not being looked at. One `tag` shows once. */
  notify(tag: string, title: string, body: string, go: () => void): void {
    if (!this.on || (document.hasFocus() && !document.hidden)) return;
    const note = new Notification(title, { body, tag });
    note.onclick = () => {
      window.focus();
      note.close();
      go();
    };
  }

  /** Two short tones for an offer, one for a message. */
  sound(kind: 'offer' | 'message'): void {
    if (!this.preferences.get('sound')) return;
    try {
      this.#audio ??= new AudioContext();
      if (this.#audio.state === 'suspended') return void this.#audio.resume();
      const tones = kind === 'offer' ? [660, 880] : [740];
      tones.forEach((hertz, i) => this.#tone(hertz, i * 0.14));
    } catch {
      // A browser that plays nothing is no reason to stop working.
    }
  }

  #tone(hertz: number, after_s: number): void {
    const audio = this.#audio;
    if (!audio) return;
    const [wave, volume, at] = [audio.createOscillator(), audio.createGain(), audio.currentTime + after_s];
    wave.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
    wave.connect(volume).connect(audio.destination);
    wave.start(at);
    wave.stop(at + 0.25);
  }
}
