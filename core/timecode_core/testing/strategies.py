"""What Hypothesis draws for the tests of stores."""

from __future__ import annotations

from hypothesis import HealthCheck, settings, strategies as st

from timecode_core.aggregation import Aggregation
from timecode_core.protocols import Cell
from timecode_core.testing.samples import AGGREGATIONS, event

SETTINGS = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
)

LABEL = st.sampled_from(["", "a", "b", "B", "ü"])
EVENTS = st.lists(
    st.builds(
        lambda at, lasts, entity, project, language, source: event(
            at, lasts, entity=entity, project=project, language=language, source=source
        ),
        st.integers(-5, 12),
        st.sampled_from([0, 0, 1, 2, 5, 3600]),
        LABEL,
        LABEL,
        LABEL,
        st.sampled_from(["", "http"]),
    ),
    max_size=14,
    unique_by=lambda each: each.id,
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@st.composite
def cells(draw: st.DrawFn) -> tuple[Aggregation, dict[Cell, int]]:
    """Draw an aggregation and spans to add to its cells."""
    aggregation = draw(st.sampled_from(AGGREGATIONS))
    numbers = {"day": st.integers(-2, 2), "hour": st.integers(0, 23)}
    cell = st.tuples(*(numbers.get(column, LABEL) for column in aggregation.columns))
    return aggregation, draw(st.dictionaries(cell, st.integers(-3, 3), max_size=6))
