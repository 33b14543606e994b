// The sound of a new message: two short tones, made here.

const TONES = [[659, 0], [880, 0.11]]; // hertz, seconds from the beginning
const LASTING = 0.32;
const LOUDNESS = 0.12;

/** Play it, if the browser lets this page be heard. */
export function chime() {
  const context = new AudioContext();
  if (context.state === "suspended") {
    context.close(); // nobody has touched the page yet
    return;
  }
  for (const [pitch, begin] of TONES) play(context, pitch, context.currentTime + begin);
  setTimeout(() => context.close(), 1_000);
}

function play(context, pitch, begin) {
  const tone = new OscillatorNode(context, { frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, begin + LASTING);
  tone.connect(volume).connect(context.destination);
  tone.start(begin);
  tone.stop(begin + LASTING);
}
