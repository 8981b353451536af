(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);

  // -- light and dark: what the system says, until the button says otherwise
  const stored = {
    get() { try { return localStorage.getItem("conspectus-theme"); } catch { return null; } },
    set(value) { try { localStorage.setItem("conspectus-theme", value); } catch { /* a page from a file may not */ } },
  };
  if (stored.get()) root.dataset.theme = stored.get();
  document.getElementById("theme").addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    stored.set(root.dataset.theme);
  });

  // -- citations: the reference's own lines, shown where they are cited
  const popup = document.getElementById("popup");
  let shown = null;
  let timer = 0;
  let pointer = "mouse";
  addEventListener("pointerdown", (event) => { pointer = event.pointerType; }, true);

  function fillPopup(cite) {
    const target = document.getElementById(cite.getAttribute("href").slice(1));
    const reference = target && target.closest(".ref");
    if (!reference) return false;
    const pieces = [reference.querySelector(".ref-text").cloneNode(true)];
    const words = target.matches(".ref") ? null : target.querySelector("blockquote, .lost");
    if (words) pieces.push(words.cloneNode(true));
    const number = reference.getAttribute("value");
    pieces.push(make("a", { className: "more", href: "#" + target.id, textContent: `Reference ${number}` }));
    popup.replaceChildren(...pieces);
    return true;
  }

  function show(cite) {
    clearTimeout(timer);
    if (shown === cite) return;
    hide();
    if (!fillPopup(cite)) return;
    shown = cite;
    cite.setAttribute("aria-describedby", "popup");
    popup.hidden = false;
    const at = cite.getBoundingClientRect();
    const box = popup.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left - 24, root.clientWidth - box.width - 8));
    const fits = at.bottom + 8 + box.height < innerHeight || at.top < box.height + 8;
    popup.style.left = `${left + scrollX}px`;
    popup.style.top = `${(fits ? at.bottom + 8 : at.top - box.height - 8) + scrollY}px`;
  }

  function hide() {
    clearTimeout(timer);
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    shown = null;
    popup.hidden = true;
  }

  const later = (act, ms) => { clearTimeout(timer); timer = setTimeout(act, ms); };
  const citeOf = (event) => event.target.closest && event.target.closest("a.cite");

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const cite = citeOf(event);
    if (cite) later(() => show(cite), 90);
    else if (popup.contains(event.target)) clearTimeout(timer);
    else if (shown && document.activeElement !== shown) later(hide, 250);
    else if (!shown) clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const cite = citeOf(event);
    if (cite && cite.matches(":focus-visible")) show(cite);
    else if (shown && !cite && !popup.contains(event.target)) hide();
  });
  document.addEventListener("focusout", (event) => {
    if (shown && event.target === shown && !popup.contains(event.relatedTarget)) hide();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("click", (event) => {
    const cite = citeOf(event);
    if (cite && pointer === "touch" && shown !== cite) {
      event.preventDefault();
      show(cite);
    } else if (cite || !popup.contains(event.target) || event.target.closest("a")) hide();
  });

  // -- a link into a fold opens it
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (!target.closest("nav")) target.scrollIntoView({ block: "start" });
  }
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();
  for (const button of all("[data-fold]"))
    button.addEventListener("click", () => {
      for (const fold of all(".tree details")) fold.open = button.dataset.fold === "open";
    });
  const folded = [];
  addEventListener("beforeprint", () => {
    for (const fold of all("main details:not([open], .card, .source)")) { fold.open = true; folded.push(fold); }
  });
  addEventListener("afterprint", () => { for (const fold of folded.splice(0)) fold.open = false; });

  // -- tables sort by their columns
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const textOf = (cell) => {
    const summary = cell.querySelector(":scope > .source > summary");
    return (summary || cell).textContent.trim().replace(/^[“"'–]+/, "");
  };

  function sort(table, index, descending) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [textOf(row.cells[index]), row]);
    rows.sort(([a], [b]) => (a === "") - (b === "") || collator.compare(a, b) * (descending ? -1 : 1));
    body.append(...rows.map(([, row]) => row));
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      if (at === index) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  for (const table of all("table.sortable"))
    [...table.tHead.rows[0].cells].forEach((head, index) => {
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, index, head.getAttribute("aria-sort") === "ascending"));
      head.append(button);
    });

  // -- the table of papers filters by words, category and codes
  const papers = document.getElementById("all-papers");
  const form = document.getElementById("filters");
  const words = document.getElementById("words");
  const selects = all("[data-filter]", form);
  const heads = [...papers.tHead.rows[0].cells].map((head) => head.textContent);
  const rows = [...papers.tBodies[0].rows].map((row) => {
    [...row.cells].forEach((cell, index) => { cell.dataset.label = heads[index]; });
    return { row, text: row.textContent.toLowerCase(), tags: new Set(row.dataset.tags.split(" ")) };
  });

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tags = selects.map((select) => select.value).filter(Boolean);
    let n = 0;
    for (const { row, text, tags: has } of rows) {
      const fits = wanted.every((word) => text.includes(word)) && tags.every((tag) => has.has(tag));
      row.hidden = !fits;
      n += fits;
    }
    document.getElementById("shown").textContent = `${n} of ${rows.length} papers`;
  }
  for (const kind of ["input", "change"]) form.addEventListener(kind, filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
  for (const cell of all(".heat a"))
    cell.addEventListener("click", () => {
      const tags = cell.dataset.tags.split(" ");
      words.value = "";
      for (const select of selects)
        select.value = tags.find((tag) => [...select.options].some((option) => option.value === tag)) || "";
      filter();
    });

  // -- the contents say where one is
  const links = new Map(all("#contents a").map((link) => [link.getAttribute("href").slice(1), link]));
  const inView = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target.id);
    const first = [...links.keys()].find((id) => inView.has(id));
    for (const [id, link] of links) {
      if (id === first) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-10% 0px -60% 0px" });
  for (const id of links.keys()) {
    const section = document.getElementById(id);
    if (section) watcher.observe(section);
  }
})();
