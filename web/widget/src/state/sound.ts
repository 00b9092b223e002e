/** Two soft notes, made on the spot: no file is fetched. */
export class Sound {
  #context: AudioContext | null = null;

  play(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    if (context.state === 'suspended') void context.resume();
    [660, 880].forEach((pitch_hz, i) => note(context, pitch_hz, context.currentTime + i * 0.12));
  }
}

function note(context: AudioContext, pitch_hz: number, at_s: number): void {
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = pitch_hz;
  gain.gain.setValueAtTime(0, at_s);
  gain.gain.linearRampToValueAtTime(0.08, at_s + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at_s + 0.3);
  tone.connect(gain).connect(context.destination);
  tone.start(at_s);
  tone.stop(at_s + 0.32);
}
