/* Sorts and filters the table of students. The page works without it: all rows are in the document. */
(() => {
  const table = document.querySelector("table.class");
  const controls = document.querySelector(".controls");
  if (!table || !controls) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const name = controls.querySelector("#filter-name");
  const kind = controls.querySelector("#filter-kind");
  const count = controls.querySelector("[role=status]");
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const names = new Map(rows.map((row) => [row, folded(row.cells[0].textContent)]));

  const filter = () => {
    const wanted = folded(name.value.trim());
    let shown = 0;
    for (const row of rows) {
      const fits = names.get(row).includes(wanted) && (!kind.value || row.dataset.kinds.split(" ").includes(kind.value));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} students shown`;
  };

  const heads = Array.from(table.tHead.rows[0].cells);
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const key = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
  };
  const sort = (column) => {
    const ascending = heads[column].getAttribute("aria-sort") !== "ascending";
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
      head.querySelector(".sort-mark").textContent = i === column ? (ascending ? "▲" : "▼") : "";
    });
    const keyed = rows.map((row) => [key(row, column), row]);
    keyed.sort(([a], [b]) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b)));
    if (!ascending) keyed.reverse();
    body.append(...keyed.map(([, row]) => row));
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent.trim();
    const mark = document.createElement("span");
    mark.className = "sort-mark";
    mark.setAttribute("aria-hidden", "true");
    button.append(mark);
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(column));
  });
  name.addEventListener("input", filter);
  kind.addEventListener("change", filter);
  controls.hidden = false;
  filter();
})();
