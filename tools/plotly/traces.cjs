/** Plotly with the kinds of trace that engine/app/web/charts draws, and no others. */

const Plotly = require("plotly.js/src/core") // which has `scatter`

Plotly.register([
  require("plotly.js/src/traces/bar"),
  require("plotly.js/src/traces/pie"),
  require("plotly.js/src/traces/scatterpolar"),
])

module.exports = Plotly
