// The preview reports each thing it does ("Viewport updated"). Here only what went wrong is worth a word.
const status = document.getElementById("action-status");
const WRONG = /fail|reject|uncertain|unavailable|lost|timed|error|expired|denied|invalid|missing/i;
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
