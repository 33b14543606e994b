// Follows a conversation in the newest page of its transcript, as long as access lasts.
import { delayBefore } from "./retry.js";

const ENDS = new Set([4401, 4404]);
const FIRST_RETRY = 2_000;
const SILENCE = 60_000;
const NEAR = 100;

const transcript = document.querySelector("[data-follow]");
const status = document.querySelector(".follow");
const endsAt = performance.now() + transcript.dataset.seconds * 1000;
let attempt = 0;

connect();

function connect() {
  const socket = new WebSocket(address());
  let watch;
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => socket.close(), SILENCE);
  };
  socket.onopen = () => {
    attempt = 0;
    say("open");
    heard();
  };
  socket.onmessage = ({ data }) => {
    heard();
    if (data.startsWith("<")) show(data);
  };
  socket.onclose = ({ code }) => {
    clearTimeout(watch);
    if (ENDS.has(code) || performance.now() > endsAt) {
      say("over");
      return;
    }
    say("closed");
    setTimeout(connect, delayBefore(attempt++, FIRST_RETRY));
  };
}

// From the first message of the page on, whatever changed after what is here.
function address() {
  const revisions = lines().map((line) => Number(line.dataset.revision));
  const place = new URLSearchParams({
    from: lines()[0]?.dataset.order ?? 0,
    after: Math.max(0, ...revisions),
  });
  return `${location.origin.replace(/^http/, "ws")}${transcript.dataset.follow}?${place}`;
}

function lines() {
  return [...transcript.querySelectorAll("[data-revision]")];
}

function say(state) {
  transcript.dataset.line = state;
  status.textContent = status.dataset[state];
}

function show(html) {
  const page = document.documentElement;
  const atEnd = innerHeight + scrollY >= page.scrollHeight - NEAR;
  const template = document.createElement("template");
  template.innerHTML = html;
  transcript.querySelector(".admin__none")?.remove();
  for (const piece of [...template.content.children]) place(piece);
  if (atEnd) scrollTo(scrollX, page.scrollHeight);
}

function place(piece) {
  const known = piece.id ? document.getElementById(piece.id) : headingLike(piece);
  if (!known) {
    const after = (other) => Number(other.dataset.order) > Number(piece.dataset.order);
    transcript.insertBefore(piece, [...transcript.children].find(after) ?? null);
  } else if (piece.id) {
    for (const details of piece.querySelectorAll("details")) details.open = !!known.querySelector("details[open]");
    known.replaceWith(piece);
  }
}

function headingLike(piece) {
  const headings = [...transcript.querySelectorAll(".transcript__day")];
  return headings.find((heading) => heading.textContent === piece.textContent);
}
