/* The order of types by drag. The arrows on each line do the same without it. */

const rows = document.getElementById("types");
for (const grip of rows?.querySelectorAll(".grip") ?? []) grip.hidden = false;
if (rows)
  Sortable.create(rows, {
    handle: ".grip",
    animation: 150,
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (oldIndex === newIndex) return;
      const form = item.querySelector(".grip");
      form.elements.by.value = newIndex - oldIndex;
      form.submit();
    },
  });
