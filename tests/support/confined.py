"""What systemd's settings in the unit of `timecode service` forbid, forbidden to this process and its children."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

UNIT = {
    "UMask": "0077",
    "NoNewPrivileges": "yes",
    "LockPersonality": "yes",
    "RestrictRealtime": "yes",
    "SystemCallArchitectures": "native",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
}
"""The settings that `confine` stands for. (RestrictSUIDSGID forbids to make a program that runs as its owner.)"""
_NUMBERS = {
    "x86_64": {"arch": 0xC000003E, "socket": 41, "personality": 135, "sched_setscheduler": 144},
    "aarch64": {"arch": 0xC00000B7, "socket": 198, "personality": 92, "sched_setscheduler": 119},
}
_SET_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_ARCHITECTURE_AT, _NUMBER_AT, _FIRST_AT, _SECOND_AT = 4, 0, 16, 24


def confine() -> None:
    """Do it, for good. Where the machine is none of the two kinds, calls are not filtered."""
    os.umask(0o077)
    _prctl(_SET_NO_NEW_PRIVS, 1, 0)
    numbers = _NUMBERS.get(platform.machine())
    if numbers:
        code = _program(numbers)
        text = ctypes.create_string_buffer(code, len(code))
        program = _Program(len(code) // 8, ctypes.addressof(text))
        _prctl(_SET_SECCOMP, _FILTER, ctypes.addressof(program))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _program(numbers: dict[str, int]) -> bytes:
    """A filter of system calls: those of another architecture fail, and so do three with other values than these."""
    rules = (
        ("socket", _FIRST_AT, (1, 2, 10, 16), errno.EAFNOSUPPORT),  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK
        ("personality", _FIRST_AT, (0, 0xFFFFFFFF), errno.EPERM),
        ("sched_setscheduler", _SECOND_AT, (0, 3, 5), errno.EPERM),  # SCHED_OTHER, SCHED_BATCH, SCHED_IDLE
    )
    steps = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_EQUAL, 1, 0, numbers["arch"]), (_RETURN, 0, 0, _REFUSE | errno.EPERM)]
    for name, place, allowed, fault in rules:
        steps += [(_LOAD, 0, 0, _NUMBER_AT), (_EQUAL, 0, len(allowed) + 3, numbers[name]), (_LOAD, 0, 0, place)]
        steps += [(_EQUAL, len(allowed) - n, 0, value) for n, value in enumerate(allowed)]
        steps += [(_RETURN, 0, 0, _REFUSE | fault), (_RETURN, 0, 0, _ALLOW)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _prctl(option: int, second: int, third: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, ctypes.c_ulong(second), ctypes.c_ulong(third), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), "prctl failed")
