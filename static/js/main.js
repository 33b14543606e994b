// Brings the parts of a page to life; a part that is not on the page is left alone.
import { actsOf, startVersions } from "./acts.js";
import { startArranging } from "./arranging.js";
import { startAsking } from "./asking.js";
import { watchBanner } from "./banner.js";
import { startChatMenu } from "./chat-menu.js";
import { startClearing } from "./clearing.js";
import { showRefusal, startComposer } from "./composer.js";
import { startDivider } from "./divider.js";
import { Drafts } from "./drafts.js";
import { startHistory, startPill } from "./history.js";
import { openInboxLine, openTopicLine } from "./lines.js";
import { startJump } from "./jump.js";
import { startKeys } from "./keys.js";
import { registerLogSwap } from "./log.js";
import { startMenu } from "./menu.js";
import { Outbox } from "./outbox.js";
import { startNames } from "./names.js";
import { startNotices } from "./notices.js";
import { fillHoles } from "./pages.js";
import { startPlaces } from "./places.js";
import { startBeingHere, startPresence } from "./presence.js";
import { startReading } from "./reading.js";
import { startReceipts } from "./receipts.js";
import { startRequests } from "./requests.js";
import { toUnread } from "./scroll.js";
import { startRoving } from "./roving.js";
import { registerRowsSwap } from "./rows.js";
import { startSigns } from "./signs.js";
import { startTimes } from "./times.js";
import { startToasts } from "./toast.js";
import { countUnread } from "./totals.js";
import { startTyping } from "./typing.js";

const CONNECTS = "hx-ws:connect";
const log = document.querySelector("#messages[data-topic]");
const list = document.getElementById("rows");
const app = document.querySelector("[data-person]");
const field = document.querySelector(".filter__input");

registerLogSwap();
registerRowsSwap();
watchBanner();
startTimes(log, list);
if (field) startPlaces(field);
if (list) countUnread(list, log);
if (list) startSigns(list);
if (list) startRequests(list, log);
startKeys(list);
if (app) signedIn(app.dataset.person);

function signedIn(person) {
  startAsking(person);
  if (list) startNames(list, person);
  if (list) startNotices(list, log?.dataset.topic, person);
  const outbox = new Outbox(person, log, showRefusal(log));
  const drafts = new Drafts(person);
  if (log) converse(outbox, drafts);
  else outbox.flush();
  if (list && app.hasAttribute(CONNECTS)) startBeingHere(app, openInboxLine(app, list, !log));
}

function converse(outbox, drafts) {
  const side = log.closest("[data-viewer-side]")?.dataset.viewerSide;
  const composer = document.getElementById("composer");
  const jump = document.getElementById("jump-form");
  const pill = document.getElementById("pill");
  for (const link of document.querySelectorAll(".older, .newer")) link.remove();
  fillHoles(log);
  startHistory(log);
  if (pill) startPill(pill, log, side);
  if (!location.hash) toUnread(log);
  if (composer) startMenu(log, side, actsOf(log, startComposer(composer, log, outbox, drafts)));
  startVersions(log);
  startChatMenu();
  startArranging(log, list);
  if (jump) startJump(jump);
  startToasts();
  startClearing(log, list);
  startRoving(log);
  startReading(log, side);
  startDivider(log, side);
  startReceipts(log, side);
  startPresence(log);
  const line = log.hasAttribute(CONNECTS) ? openTopicLine(log) : null;
  if (composer) startTyping(log, composer.elements.namedItem("body"), line);
}
