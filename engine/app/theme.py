"""Streamlit's own theme in the lecture's colours, for the pages that Streamlit draws."""

STREAMLIT_THEME = {
    "theme.base": "light",
    "theme.font": "sans-serif",
    "theme.headingFont": "serif",
    "theme.baseRadius": "0.6rem",
    "theme.light.primaryColor": "#0b6e74",
    "theme.light.backgroundColor": "#fbfaf7",
    "theme.light.secondaryBackgroundColor": "#f3f1ea",
    "theme.light.textColor": "#1c2126",
    "theme.light.linkColor": "#0b6e74",
    "theme.light.borderColor": "#e4e1d9",
    "theme.dark.primaryColor": "#4fc3c7",
    "theme.dark.backgroundColor": "#14171b",
    "theme.dark.secondaryBackgroundColor": "#1b1f25",
    "theme.dark.textColor": "#eceae4",
    "theme.dark.linkColor": "#4fc3c7",
    "theme.dark.borderColor": "#2f363f",
}
