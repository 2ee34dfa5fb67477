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
new MutationObserver(showOwn).observe(timeline, { childList: true, subtree: true });
