"use strict";

const place = document.getElementById("redoc");
const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';

/** The tabs of examples stand on a dark ground in both themes. */
const tabs = {
  success: { tabTextColor: "#34d399" },
  redirect: { tabTextColor: "#fbbf24" },
  error: { tabTextColor: "#f87171" },
};

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const colors = dark.matches
  ? {
      colors: {
        primary: { main: "#5eead4" },
        text: { primary: "#e6edf2", secondary: "#93a4b1" },
        border: { dark: "#24313b", light: "#24313b" },
        gray: { 50: "#141e26", 100: "#1b2731" },
        http: { basic: "#93a4b1" },
        success: { main: "#34d399" },
        error: { main: "#f87171" },
        responses: tabs,
      },
      schema: { nestedBackground: "#141e26", linesColor: "#33434f", typeNameColor: "#93a4b1", typeTitleColor: "#93a4b1" },
      sidebar: { backgroundColor: "#0f1820", textColor: "#c5d1da", activeTextColor: "#5eead4" },
      rightPanel: { backgroundColor: "#070c10" },
      code: { color: "#5eead4", backgroundColor: "#141e26" },
    }
  : {
      colors: { primary: { main: "#0f766e" }, text: { primary: "#14212b" }, warning: { main: "#92580a" }, responses: tabs },
      schema: {},
      sidebar: { backgroundColor: "#f6f7f9" },
      rightPanel: { backgroundColor: "#0f1b24" },
      code: { color: "#0f5f58" },
    };
dark.addEventListener("change", () => window.location.reload()); // ReDoc has no way to change its theme

Redoc.init(
  place.dataset.document,
  {
    scrollYOffset: ".bar",
    expandResponses: "200,201,202",
    jsonSampleExpandLevel: 4,
    sortTagsAlphabetically: false,
    hideHostname: true,
    theme: {
      colors: colors.colors,
      schema: colors.schema,
      typography: {
        fontSize: "15px",
        fontFamily: sans,
        headings: { fontFamily: sans, fontWeight: "650" },
        code: { fontFamily: 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace', fontSize: "13px", ...colors.code },
      },
      sidebar: { ...colors.sidebar, width: "280px" },
      rightPanel: colors.rightPanel,
    },
  },
  place,
);
