"""What our servers lean on in gunicorn and waitress, much of it private, is there; another version may lack it."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from timecode_ingest_http import servers
from timecode_ingest_http.servers.channel import Channel, HeadFirstParser
from timecode_ingest_http.servers.dispatcher import Dispatcher
from waitress.adjustments import Adjustments
from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.server import MultiSocketServer, TcpWSGIServer, create_server
from waitress.task import WSGITask
from waitress.utilities import Error

# Of a class of ours: what it takes the place of, and what else is used of the class that it is made from. Of a class of
# theirs: what is used of it, or, of a buffer, what one of ours does in its place.
LEANED_ON: dict[type[Any], str] = {
    Channel: """
        readable received service writable write_soon
        _flush_exception _flush_some_if_lockable adj outbufs parser_class requests server socket total_outbufs_len
        will_close last_activity
    """,
    HeadFirstParser: "received completed connection_close error headers chunked expect_continue body_rcv",
    Dispatcher: "add_task set_thread_count",
    TcpWSGIServer: "active_channels channel_class pull_trigger run task_dispatcher",
    MultiSocketServer: "run",
    Adjustments: "outbuf_high_watermark",
    OverflowableBuffer: "prune append getfile close",
    FixedStreamReceiver: "buf",
    WSGITask: "get_environment",
    Error: "code",
}
# By what expressions our servers reach such objects, but for `self`.
REACHED_BY: dict[str, type[Any]] = {
    "channel": Channel,
    "part": TcpWSGIServer,
    "server": TcpWSGIServer,
    "self.server": TcpWSGIServer,
    "self.server.task_dispatcher": Dispatcher,
    "self.adj": Adjustments,
    "self.outbufs[-1]": OverflowableBuffer,
    "self.body_rcv": FixedStreamReceiver,
    "WSGITask(self._channel, self)": WSGITask,
    "self.error": Error,
}
# What they give to what they call, in its place, and by its name.
CALLS: dict[Callable[..., Any], tuple[str, str]] = {
    create_server: ("application", "map _dispatcher"),
    HTTPChannel._flush_exception: ("self flush", "do_close"),
    HTTPRequestParser: ("adj", ""),
    WSGITask: ("channel request", ""),
}
if sys.platform != "win32":
    from gunicorn.arbiter import Arbiter
    from gunicorn.http import wsgi
    from gunicorn.http.message import Request
    from gunicorn.http.parser import RequestParser
    from gunicorn.http.unreader import Unreader
    from gunicorn.workers.gthread import TConn
    from timecode_ingest_http.servers.connection import Connection
    from timecode_ingest_http.servers.with_gunicorn import Application, OneWorkerArbiter
    from timecode_ingest_http.servers.worker import GatheringWorker

    LEANED_ON |= {
        GatheringWorker: """
            accept finish_request handle handle_error handle_request init_signals murder_pending _cap_keepalive
            on_client_socket_readable on_pending_socket_readable wait_for_and_dispatch_events
            alive cfg enqueue_req handle_exit keepalived_conns notify log nr_conns pending_conns poller age
        """,
        Connection: "init parser timeout sock client server close",
        OneWorkerArbiter: """
            handle_hup handle_int handle_quit handle_ttin handle_ttou handle_usr2 handle_winch init_signals run
        """,
        Application: "load load_config run cfg",
        Request: "_expected_100_continue force_close",
        RequestParser: "unreader __next__",
        Unreader: "unread take_buffered",
    }
    REACHED_BY |= {
        "worker": GatheringWorker,
        "arbiter": OneWorkerArbiter,
        "conn": Connection,
        "idle": Connection,
        "oldest": Connection,
        "other": Connection,
        "req": Request,
        "request": Request,
        "conn.parser": RequestParser,
        "self.parser": RequestParser,
        "conn.parser.unreader": Unreader,
        "self.parser.unreader": Unreader,
    }
    CALLS |= {
        wsgi.create: ("req sock client server cfg", ""),
        RequestParser: ("cfg source source_addr", ""),
        TConn: ("cfg sock client server", ""),
        Arbiter: ("app", ""),
    }

# Objects of Python's own or of ours, and gunicorn's settings and log, which are no private matter.
PLAIN = {
    *("self.socket", "self.sock", "conn.sock", "idle.sock", "oldest.sock", "other.sock"),
    *("self.poller", "self.pending_conns", "self.keepalived_conns", "self.server.active_channels"),
    *("self.cfg", "self.log"),
}


def foreign(kind: type[Any]) -> list[type[Any]]:
    """The classes of gunicorn or waitress that it is, or is made from."""
    return [one for one in kind.__mro__ if one.__module__.partition(".")[0] in {"gunicorn", "waitress"}]


def is_there(kind: type[Any], name: str) -> bool:
    """Whether those have the name: as their own, or as what one of their methods sets of itself."""
    bases = foreign(kind)
    return any(name in vars(one) for one in bases) or any(
        isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr == name
        for one in bases
        for node in attributes(inspect.getsource(one))
        if isinstance(node.ctx, ast.Store)
    )


def attributes(source: str) -> Iterator[ast.Attribute]:
    """Every `x.name` of a source text."""
    return (node for node in ast.walk(ast.parse(textwrap.dedent(source))) if isinstance(node, ast.Attribute))


def of_itself(kind: type[Any]) -> set[str]:
    """The names that a class of ours asks of itself, or of the class that it is made from, and does not make itself."""
    asked, made = set(), set(vars(kind)) | set(inspect.get_annotations(kind))
    for node in attributes(inspect.getsource(kind)):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()):
                made.add(node.attr)
            case ast.Attribute(value=ast.Name(id="self") | ast.Call(func=ast.Name(id="super"))):
                asked.add(node.attr)
    return {name for name in asked - made if not name.startswith("__")}


def of_others() -> list[ast.Attribute]:
    """Every `x.name` in our servers."""
    files = Path(servers.__path__[0]).glob("*.py")
    return [node for file in files for node in attributes(file.read_text(encoding="utf-8"))]


def what_to_do(package: str, lacks: str) -> str:
    """What is said to whoever has tried another version."""
    return (
        f"{package} {version(package)} has no {lacks}. Read in its history what became of it; then mend "
        f"timecode_ingest_http/servers, or lower the bound of {package} in pyproject.toml."
    )


OURS = [kind for kind in LEANED_ON if kind.__module__.startswith("timecode")]


@pytest.mark.parametrize("kind", LEANED_ON, ids=lambda kind: kind.__name__)
def test_what_a_server_leans_on_is_there(kind: type[Any]) -> None:
    """The bound in pyproject.toml keeps out versions that this was not run with."""
    base = foreign(kind)[0]
    gone = [name for name in LEANED_ON[kind].split() if not is_there(kind, name)]
    assert not gone, what_to_do(base.__module__.partition(".")[0], f"{', '.join(gone)} in {base.__name__}")


@pytest.mark.parametrize("called", CALLS, ids=lambda called: called.__qualname__)
def test_what_a_server_calls_takes_what_it_is_given(called: Callable[..., Any]) -> None:
    """In the same places, under the same names, and nothing else must be given."""
    places, names = map(str.split, CALLS[called])
    parameters = inspect.signature(called).parameters
    given = {*places, *names}
    wanted = {
        name
        for name, one in parameters.items()
        if one.default is one.empty and one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    }
    fits = [*parameters][: len(places)] == places and wanted <= given <= {*parameters}
    shown = f"{called.__qualname__}({', '.join([*places, *(f'{name}=…' for name in names)])})"
    assert fits, what_to_do(called.__module__.partition(".")[0], f"{shown} but {inspect.signature(called)}")


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_the_table_holds_all_that_a_class_uses_of_itself(kind: type[Any]) -> None:
    """Whatever else a class comes to use has to stand in it."""
    missing = {name for name in of_itself(kind) if is_there(kind, name)} - {*LEANED_ON[kind].split()}
    assert not missing, f"add to LEANED_ON: {', '.join(sorted(missing))}"


@pytest.mark.parametrize("expression", REACHED_BY)
def test_the_table_holds_all_that_is_used_of_other_objects(expression: str) -> None:
    """Of one of ours that is what the class has that it is made from."""
    kind = REACHED_BY[expression]
    asked = {node.attr for node in of_others() if ast.unparse(node.value) == expression}
    assert asked, f"take out of REACHED_BY: {expression}"
    theirs = asked if kind not in OURS else {name for name in asked if is_there(kind, name)}
    missing = theirs - {*LEANED_ON[kind].split()}
    assert not missing, f"add to LEANED_ON of {kind.__name__}: {', '.join(sorted(missing))}"


def test_the_expressions_that_reach_their_objects_are_all_known() -> None:
    """What is used of something of theirs is used of something of theirs again, or of something plain."""
    holders = [("self", kind) for kind in OURS] + [*REACHED_BY.items()]
    held = {f"{expression}.{name}" for expression, kind in holders for name in LEANED_ON[kind].split()}
    unknown = set()
    for node in of_others():
        whole = inner = node.value
        while isinstance(inner, ast.Subscript):
            inner = inner.value
        if ast.unparse(inner) in held - PLAIN and ast.unparse(whole) not in REACHED_BY:
            unknown.add(ast.unparse(whole))
    assert not unknown, f"add to REACHED_BY, or to PLAIN: {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("package", ["gunicorn", "waitress"])
def test_a_server_has_an_upper_bound(package: str) -> None:
    """A version that nobody has tried is not installed by itself."""
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    (wanted,) = (one for one in settings["project"]["dependencies"] if one.startswith(f"{package}>"))
    assert ",<" in wanted, f"{package} needs an upper bound in pyproject.toml"
