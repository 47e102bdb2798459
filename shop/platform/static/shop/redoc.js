"use strict";

const place = document.getElementById("redoc");
const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';

Redoc.init(
  place.dataset.document,
  {
    scrollYOffset: ".bar",
    expandResponses: "200,201,202",
    jsonSampleExpandLevel: 4,
    sortTagsAlphabetically: false,
    hideHostname: true,
    theme: {
      colors: { primary: { main: "#0f766e" }, text: { primary: "#14212b" } },
      typography: {
        fontSize: "15px",
        fontFamily: sans,
        headings: { fontFamily: sans, fontWeight: "650" },
        code: { fontFamily: 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace', fontSize: "13px", color: "#0f5f58" },
      },
      sidebar: { backgroundColor: "#f6f7f9", width: "280px" },
      rightPanel: { backgroundColor: "#0f1b24" },
    },
  },
  place,
);
