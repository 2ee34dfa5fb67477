// What to try, in order. A step says who does it and where; the words of the product stand in the commands.

const NAME = "Harbour Lights";
const SHA256 = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
const FILE = `harbour_lights.safetensors | https://huggingface.co/example/harbour/resolve/main/harbour_lights.safetensors | ${SHA256}`;

// A step is done when the service counts more such changes than at the demo's start.
const has = (status) => (counts) => (counts?.[status] ?? 0) > 0;
const hasAny = (counts) => Object.values(counts ?? {}).some((count) => count > 0);

const LINK = {
  who: "rita", where: "model-talk", title: "Link Rita’s key",
  text: "Type the command, press the form’s field and paste the key. It is kept encrypted and never shown again. Rita’s AI-Horde account is alice#101: cards and lists call her that, because roles belong to accounts.",
  copies: ["/account link"], key: "rita", done: hasAny,
};
const PROPOSE = {
  who: "rita", where: "model-talk", title: "Propose a model",
  text: "Send the command, fill the form, look at the draft, and press Submit.",
  copies: ["/propose-model create"],
  fields: [["Name", NAME], ["Baseline", "choose SDXL"], ["NSFW", "choose No"], ["Files or link", FILE], ["Why", "Night pictures of harbours and quays are asked for."]],
  done: hasAny,
};
const PASTE = {
  who: "rita", where: "model-talk", title: "Propose from a link",
  text: "Choose the option link, paste an address and send. The draft names the source of each value: answer NSFW, then press Submit. Models and hosts are made up and run on this machine.",
  copies: ["/propose-model create"],
  fields: [
    ["Several files", "https://civitai.com/models/31001"],
    ["A mirrored file", "https://huggingface.co/lantern-lab/mirror/blob/main/lantern_bay_xl_v2.safetensors"],
    ["A text model", "https://huggingface.co/lantern-lab/Quay-7B"],
    ["Gated", "https://huggingface.co/lantern-lab/night-ferry"],
    ["Gone", "https://civitai.com/models/31002?modelVersionId=42002"],
  ],
};
const APPROVE = {
  who: "abe", where: "model-review", title: "Approve it, then apply it",
  text: "The card is in the review channel. Link Abe’s key first (in any channel), then press Approve on the card, confirm, and press Apply.",
  copies: ["/account link"], key: "abe", done: has("applied"),
};
const LOOK = {
  view: "live", title: "See it live",
  text: "The list comes straight from the service. What was added since the demo began is marked as new.", done: has("applied"),
};
const REJECT = {
  who: "cora", where: "model-review", title: "Reject another one",
  text: "Let Rita propose a second model. Link Cora’s key, press Reject… and say why; then read what Rita was told.",
  copies: ["/account link"], key: "cora", also: { who: "rita", where: "messages", label: "Rita’s messages" }, done: has("rejected"),
};
const CONSENSUS = {
  who: "rita", where: "model-talk", title: "Ask for a model to go",
  text: "Take Image model and the model Lantern Dusk, and say why. It is the most used one: the draft says so, and so does the card after Delete…",
  copies: ["/propose-model delete"], also: { who: "cora", where: "model-review", label: "The card, as Cora sees it" },
};
const OUTAGE = {
  pause: true, who: "abe", where: "model-review", title: "Stop the service for a minute",
  text: "Then send a draft or press a button of a card: nothing is lost, and the bot says what happened. After a minute the service answers again.",
};
const DAVE = {
  who: "dave", where: "model-review", title: "Try it without a role",
  text: "Dave may look but not decide. Press any button on a card, before and after linking his key: the answer says what is missing and how to get it.",
  copies: ["/account link", "/roles"], key: "dave",
};
const ROLES = {
  who: "dave", where: "model-talk", title: "Ask without a role",
  text: "Dave has an account but no role. Link his key and ask for the form: the answer says what is missing and how to get it.",
  copies: ["/account link", "/propose-model create", "/roles"], key: "dave",
};
const REFUSED = {
  who: "rita", where: "model-talk", title: "Propose to a read-only service",
  text: "This service is a copy: it takes no writes. Fill the form: Submit is off, the draft says why, and it is kept.",
  copies: ["/propose-model create"], fields: PROPOSE.fields,
};
const DRAFTS = {
  who: "rita", where: "model-talk", title: "Find the draft again",
  text: "Nothing typed is lost: it can be sent as soon as the service takes writes.", copies: ["/propose-model drafts"],
};

const APPS = {
  who: "rita", where: "model-talk", title: "Propose from a message",
  text: "Write a message with a link, for example the first address of step 3. Right-click it (on a phone: press long), then Apps, Propose from this message. Queue roles in the same menu tells what its author may do.",
  copies: ["Who knows https://civitai.com/models/31001 ?"],
};
const THREADS = {
  who: "abe", where: "model-review", title: "Talk about a change in its thread",
  text: "Abe runs the server: send /setup threads with True, then reject a change. The rejection opens a thread under its card, where both can talk. The line below the card leads there.",
  copies: ["/setup threads"],
};
const CARDS = {
  who: "abe", where: "model-review", title: "Decide what waits",
  text: "Six changes are here: pending, approved, applied and rejected. The keys of Rita, Abe and Cora are linked. Press Approve on a card, then Approve and apply; or Reject… with a reason. Cards call people by their AI-Horde accounts: Rita is alice#101.",
  copies: ["/queue list", "/apply", "/queue stats"],
};

export function stepsOf(mode, isLivedIn) {
  if (mode === "replica") return [LINK, REFUSED, DRAFTS, ROLES];
  const first = isLivedIn ? [CARDS, PROPOSE] : [LINK, PROPOSE];
  return [...first, PASTE, ...(isLivedIn ? [] : [APPROVE]), LOOK, REJECT, CONSENSUS, APPS, THREADS, OUTAGE, DAVE];
}

const ABOUT = "AI-Horde is a free network of volunteers’ computers that generate images and text. They download the models of one shared list. With this Discord bot its community proposes and reviews changes to that list.";
const REAL = "Real: the bot and the service that keeps the list. Simulated: Discord, AI-Horde and file hosts. Nothing leaves this computer.";
const LEGACY = "This service stores the older format.";
const REPLICA = "This service is a read-only copy: see what people are told when nothing can be written, and that nothing typed is lost.";
export const LEADS = { v2: [ABOUT, REAL], legacy: [ABOUT, `${REAL} ${LEGACY}`], replica: [ABOUT, `${REAL} ${REPLICA}`] };
export const DEPLOYMENTS = { v2: "demo", legacy: "demo · older format", replica: "demo · read-only" };
