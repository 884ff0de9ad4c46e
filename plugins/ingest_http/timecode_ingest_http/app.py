"""The WSGI application: routes, the guard before them, and how errors are told."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import falcon
import orjson
from attrs import frozen
from falcon.media import Handlers, JSONHandler
from falcon.routing import CompiledRouter
from timecode_core import Service

from timecode_ingest_http import problems
from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.access.credentials import Credentials
from timecode_ingest_http.access.keys import Keys
from timecode_ingest_http.access.right import RIGHTS
from timecode_ingest_http.access.sign_in import SignIn
from timecode_ingest_http.guard import OPEN, Guard
from timecode_ingest_http.mount import Mount, Policy
from timecode_ingest_http.refusals import Refusals
from timecode_ingest_http.resources.assets import AssetsResource, ShellAssetsResource
from timecode_ingest_http.resources.events import EventsResource
from timecode_ingest_http.resources.export import ExportResource
from timecode_ingest_http.resources.forget import ForgetResource
from timecode_ingest_http.resources.health import HealthResource
from timecode_ingest_http.resources.hello import HelloResource
from timecode_ingest_http.resources.login import LoginResource
from timecode_ingest_http.resources.openapi import OpenApiResource
from timecode_ingest_http.resources.page import PageResource
from timecode_ingest_http.resources.session import (
    BearerResource,
    ChallengeResource,
    SessionResource,
    SignOutResource,
)
from timecode_ingest_http.resources.stats import StatsResource
from timecode_ingest_http.resources.status import StatusResource
from timecode_ingest_http.settings import HttpSettings
from timecode_ingest_http.shell import Shell

_log = logging.getLogger("timecode.http")


@frozen
class Identity:
    """What this service is known by: its token, and the port it listens on."""

    token: str
    port: int


class Application(falcon.App[falcon.Request, falcon.Response]):
    """Falcon's application, with the guard before it that servers may ask of a request's head."""

    guard: Guard

    def refuses(self, environ: dict[str, Any]) -> bool:
        """Whether a request is answered by its head alone: a server need not gather its body then."""
        return self.guard.refuses(falcon.Request(environ, options=self.req_options))


def own_mounts(
    service: Service, identity: Identity, shell: Shell, sign_in: SignIn, credentials: Credentials
) -> list[Mount]:
    """The routes that come with this plugin, under policies such as anybody's."""
    return [
        Mount("/", PageResource(shell, identity.port), Policy(open=True, navigation=True)),
        Mount(f"/assets/{shell.renderer}/{{name}}", ShellAssetsResource(shell), OPEN),
        Mount("/assets/{renderer}/{name}", AssetsResource(service)),
        Mount("/healthz", HealthResource(service), OPEN),
        Mount("/openapi.json", OpenApiResource(), OPEN),
        Mount("/api/v1/hello", HelloResource(identity.token, identity.port), OPEN),
        Mount("/api/v1/login", LoginResource(sign_in)),
        Mount("/api/v1/session", SessionResource(sign_in), OPEN),
        Mount("/api/v1/session/challenge", ChallengeResource(sign_in), OPEN),
        Mount("/api/v1/session/bearer", BearerResource(sign_in), OPEN),
        Mount("/api/v1/session/end", SignOutResource(sign_in, credentials), Policy(takes=("session",))),
        Mount("/api/v1/events", EventsResource(service), Policy(takes={"POST": ("token", "ingest")})),
        Mount("/api/v1/forget", ForgetResource(service)),
        Mount("/api/v1/stats", StatsResource(service)),
        Mount("/api/v1/status", StatusResource(service), Policy(takes={"GET": RIGHTS})),
        Mount("/api/v1/export/{renderer}", ExportResource(service)),
    ]


def make_app(
    service: Service,
    settings: HttpSettings,
    identity: Identity,
    codes: Codes,
    mounts: Sequence[Mount] = (),
    refusals: Refusals | None = None,
) -> Application:
    """Build the application. `mounts` are third parties' routes; one whose path is taken or malformed is left out.

    Raises PluginError where the settings name a page that is no shell.
    """
    home = service.installation.home
    sign_in = SignIn(home, identity.token, identity.port, settings.session_hours, codes)
    credentials = Credentials(identity.token, Keys(home), sign_in)
    shell = Shell.of(service.installation.renderers(), settings.page)
    router = CompiledRouter()
    policies: dict[str, Policy] = {}
    guard = Guard(identity.port, router, policies, credentials)
    app = Application(middleware=[*filter(None, [refusals]), guard], router=router)
    app.guard = guard
    handlers = Handlers({falcon.MEDIA_JSON: JSONHandler(dumps=orjson.dumps, loads=orjson.loads)})
    app.req_options.media_handlers = handlers
    app.resp_options.media_handlers = handlers
    problems.install(app)
    own = own_mounts(service, identity, shell, sign_in, credentials)
    for mount in (*own, *_fitting(own, mounts)):
        app.add_route(mount.path, mount.resource)
        policies[mount.path] = mount.policy
    return app


def _fitting(own: Sequence[Mount], offered: Iterable[Mount]) -> list[Mount]:
    """Those of the offered mounts that can stand beside ours and each other; the others are logged."""
    fitting: list[Mount] = []
    for mount in offered:
        try:
            _try([*own, *fitting], mount)
        except Exception as error:  # noqa: BLE001  (a third party's path or resource may break anything)
            _log.error("cannot mount %r at %s: %s", mount.resource, mount.path, error)
        else:
            fitting.append(mount)
    return fitting


def _try(mounts: Sequence[Mount], another: Mount) -> None:
    """Raise where Falcon could not route to another one beside these.

    On a router to throw away: Falcon's keeps what it could not compile, and then fails on every request. And it would
    let a second resource replace the first, which would then go by the first one's policy.
    """
    router = CompiledRouter()
    app = falcon.App(router=router)
    for mount in mounts:
        app.add_route(mount.path, mount.resource)
    if router.find(another.path) is not None:
        raise ValueError("the path is taken")
    if not router.map_http_methods(another.resource):
        raise ValueError("the resource answers no method")
    app.add_route(another.path, another.resource)
    router.find("/")
