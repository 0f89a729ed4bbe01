// What a page does beyond being read. It is whole without: no script of anybody else, no request.
"use strict";

const WRITTEN_FOR = "http://localhost:3000";

// Examples name the gateway that the page came from.
function nameThisGateway() {
  if (!location.protocol.startsWith("http") || location.origin === WRITTEN_FOR) return;
  for (const code of document.querySelectorAll("main code")) {
    if (code.textContent.includes(WRITTEN_FOR)) {
      code.textContent = code.textContent.replaceAll(WRITTEN_FOR, location.origin);
    }
  }
}

// What is typed at a prompt, without the prompt and what comes back.
function typed(code) {
  const lines = code.textContent.split("\n").filter((line) => line.startsWith("$ "));
  return code.matches(".language-console") ? lines.map((line) => line.slice(2)).join("\n") : code.textContent;
}

// The clipboard is there over HTTPS and on localhost alone; elsewhere the example is selected.
async function copy(example, button) {
  const code = example.querySelector("code");
  try {
    await navigator.clipboard.writeText(typed(code));
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

function offerToCopy() {
  for (const example of document.querySelectorAll(".example:not(:has(.language-text, .language-))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(example, button));
    example.append(button);
  }
}

// Answers that were kept from earlier name their anchors in capitals.
function findTarget() {
  const anchor = location.hash.slice(1);
  if (anchor && !document.getElementById(anchor)) {
    const small = anchor.toLowerCase();
    if (document.getElementById(small)) location.replace(`#${small}`);
  }
}

nameThisGateway();
offerToCopy();
findTarget();
