// The preview reports each thing it does ("Viewport updated"). Here only what went wrong is worth a word.
const status = document.getElementById("action-status");
const WRONG = /fail|reject|uncertain|unavailable|lost|timed|error|expired|denied|invalid|missing|unknown|no longer|not completed|cannot|ended|marked/i;
function look() { status.classList.toggle("is-wrong", WRONG.test(status.textContent)); }
new MutationObserver(look).observe(status, { childList: true, characterData: true, subtree: true });
look();

// A link to a message of this Discord must not lead to the real one.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="https://discord.com/channels/"]');
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  parent.postMessage({ discord: link.href }, location.origin);
}, true);

// Discord opens a message's apps with a right click or a long press, which simcord's page lacks.
const menu = document.body.appendChild(Object.assign(document.createElement("div"), { className: "apps-menu", role: "menu", hidden: true }));
const call = (message, options = {}) => fetch(`./api/context-menus/${message.dataset.messageId}`,
  { ...options, headers: { "X-Simcord-Capability": location.hash.slice(1) } });
function entry(name, message, opener) {
  const button = Object.assign(document.createElement("button"), { type: "button", role: "menuitem", textContent: name });
  button.addEventListener("click", async () => {
    closeMenu();
    opener?.focus();
    button.disabled = true;
    await call(message, { method: "POST", body: name });
  });
  return button;
}
async function openMenu(message, x, y, opener) {
  const answer = await call(message);
  const names = answer.ok ? await answer.json() : [];
  if (!names.length) return;
  menu.replaceChildren(Object.assign(document.createElement("p"), { textContent: "Apps" }), ...names.map((name) => entry(name, message, opener)));
  menu.hidden = false;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  menu.querySelector("button").focus();
}
function closeMenu() { menu.hidden = true; }
addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) closeMenu(); });
addEventListener("keydown", (event) => {
  if (menu.hidden) return;
  const items = [...menu.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") closeMenu();
  if (step) { event.preventDefault(); items.at((items.indexOf(document.activeElement) + step) % items.length).focus(); }
});
document.addEventListener("contextmenu", (event) => {
  const message = event.target.closest?.(".channel-message");
  if (!message || event.target.closest("a, textarea, input")) return;
  event.preventDefault();
  openMenu(message, event.clientX, event.clientY);
});
function addAppsButtons() {
  for (const bar of document.querySelectorAll(".message-context-actions:not(:has(.apps-button))")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "message-action-button apps-button", textContent: "Apps" });
    button.addEventListener("click", () => {
      const { right, bottom } = button.getBoundingClientRect();
      openMenu(button.closest(".channel-message"), right - 220, bottom + 4, button);
    });
    bar.append(button);
  }
}

// The line below a message opens its thread. Both have one id.
function openThread(event) {
  const line = event.target.closest?.(".thread-summary");
  if (!line || (event.key && event.key !== "Enter")) return;
  const id = line.closest(".channel-message").dataset.messageId;
  if (parent === window) location.href = `../thread-${id}/${location.hash}`;
  else parent.postMessage({ thread: id }, location.origin);
}
addEventListener("click", openThread);
addEventListener("keydown", openThread);
function markThreads() {
  for (const line of document.querySelectorAll(".thread-summary:not([tabindex])")) Object.assign(line, { tabIndex: 0, role: "link" });
}

// An answer to one person alone is what that person waits for: it comes into sight, even below a card far up.
const timeline = document.getElementById("channel-timeline");
const own = new Set();
let isFirst = true;
function goToEnd() {
  // While simcord draws, it puts the conversation back to where it was.
  if (!window.simcordPreview?.ready) { requestAnimationFrame(goToEnd); return; }
  timeline.scrollTop = timeline.scrollHeight;
  // The browser's own event comes a frame later; until then simcord would still put it back.
  timeline.dispatchEvent(new Event("scroll"));
}
function showOwn() {
  const answers = timeline.querySelectorAll(".channel-message:has(.message-ephemeral-note)");
  const fresh = [...answers].filter((message) => !own.has(message.dataset.messageId));
  for (const message of fresh) own.add(message.dataset.messageId);
  if (fresh.length && !isFirst) requestAnimationFrame(goToEnd);
  isFirst = isFirst && !timeline.querySelector(".channel-message");
}
new MutationObserver(() => { showOwn(); addAppsButtons(); markThreads(); }).observe(timeline, { childList: true, subtree: true });
