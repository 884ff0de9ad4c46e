"""The Bokeh theme: what a chart looks like that says nothing about its looks, a third party's included."""

from __future__ import annotations

from bokeh.themes import Theme

from timecode_dashboard_bokeh.look import FONT, Look


def bokeh_theme(look: Look) -> Theme:
    """Defaults for the models of a chart in this look."""
    inks = look.inks
    words = {"text_font": FONT, "text_color": inks.muted, "text_font_size": "12px"}
    return Theme(
        json={
            "attrs": {
                "Plot": {
                    "background_fill_color": inks.card,
                    "border_fill_color": inks.card,
                    "outline_line_color": None,
                    "toolbar_location": None,
                },
                "Toolbar": {"logo": None},
                "Axis": {
                    "axis_line_color": None,
                    "major_tick_line_color": None,
                    "minor_tick_line_color": None,
                    **{f"major_label_{key}": value for key, value in words.items()},
                    **{f"axis_label_{key}": value for key, value in words.items()},
                    "axis_label_text_font_style": "normal",
                    "major_label_standoff": 8,
                },
                "Grid": {"grid_line_color": inks.line},
                "Title": {"text_font": FONT, "text_color": inks.text},
                "Legend": {
                    **{f"label_{key}": value for key, value in words.items()},
                    "label_text_color": inks.text,
                    "background_fill_color": inks.card,
                    "border_line_color": None,
                },
                "Text": {"text_font": {"value": FONT}},
            }
        }
    )
