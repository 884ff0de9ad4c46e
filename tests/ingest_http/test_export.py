"""`/api/v1/export/{renderer}`, the page and the assets."""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given, strategies as st
from support.server import Server
from timecode_ingest_http.responses import disposition, media_type


def test_an_export_has_its_type_and_a_file_name(service: Server) -> None:
    """JSON comes as JSON, with a name to save it under, and is asked for anew each time."""
    answer = service.get("/api/v1/export/json?from=2024-01-01&to=2024-01-31")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert re.fullmatch(
        r'inline; filename="[^"]+\.json"; filename\*=UTF-8\'\'\S+\.json', answer.headers["content-disposition"]
    )
    assert answer.headers["cache-control"] == "private, no-cache"


def test_an_export_that_the_client_has_is_not_sent_again(service: Server, project: str) -> None:
    """The entity tag stands until an event is stored, and tells selections apart."""
    url = f"/api/v1/export/json?from=2023-05-01&to=2023-05-02&project={project}"
    tag = service.get(url).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = service.get(url, headers={"If-None-Match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert service.get(url, headers={"If-None-Match": '"other"'}).status == 200
    assert service.get(url + "&branch=x").headers["etag"] != tag
    service.post([{"time": 1_683_000_000, "entity": "/x", "project": project}])
    changed = service.get(url, headers={"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize("query", ["colour=red", "theme=blue", "from=x", "hour=noon"])
def test_an_unknown_option_or_bad_value_is_a_bad_request(service: Server, query: str) -> None:
    """Each gets 400 that says which."""
    answer = service.get(f"/api/v1/export/json?{query}")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_head_of_an_export_is_that_of_the_whole(service: Server) -> None:
    """HEAD gives the same headers and no body."""
    url = "/api/v1/export/csv?from=2024-01-01&to=2024-01-31"
    head, whole = service.request("HEAD", url), service.get(url)
    assert head.body == b""
    for name in ("etag", "content-type", "content-length", "content-disposition"):
        assert head.headers[name] == whole.headers[name]


@given(st.text(max_size=80))
def test_any_file_name_makes_one_safe_header(name: str) -> None:
    """Whatever a name holds, the header is one line of ASCII, has no path in it, and reads back as RFC 8187 has it."""
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "inline"
    extended = header.rpartition("filename*=UTF-8''")[2]
    read = unquote(extended, errors="strict")
    assert read
    assert not set(read) & set('/\\"\r\n\x00')
    assert not read.startswith(".")


@given(st.text(max_size=40))
def test_any_media_type_makes_one_safe_header(given_type: str) -> None:
    """What is no media type becomes that of plain bytes."""
    assert re.fullmatch(r"[\x20-\x7e]+/[\x20-\x7e]+", media_type(given_type))


@pytest.mark.parametrize(
    "kept", ["text/html", "image/png", "image/svg+xml", "text/csv; charset=utf-8", "application/vnd.x-y.z+json"]
)
def test_a_media_type_is_kept(kept: str) -> None:
    """What is one stays."""
    assert media_type(kept) == kept
