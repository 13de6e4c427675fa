"""A real DNS server on loopback, by UDP and TCP, that answers what a test tells it to."""

from __future__ import annotations

import socketserver
import struct
import threading
from dataclasses import dataclass
from typing import Any

from dnslib import QTYPE, RCODE, RR, TXT, DNSHeader, DNSRecord  # type: ignore[import-untyped]

from mailtrap_cli.dns.names import Server

TLD = "example. 60 IN SOA a.nic.example. hostmaster.nic.example. 1 60 60 60 60"


@dataclass(frozen=True)
class Query:
    """What arrived: `name` without the trailing dot; `recursive` is whether recursion was asked for."""

    protocol: str
    name: str
    type: str
    recursive: bool


class DnsServer:
    """`zone` is text as in a zone file, with SOA records for the zones; all names absolute.

    `faults` names what goes wrong, by name in lower case or "*" for all: SERVFAIL, REFUSED, silent, garbage,
    truncated (by UDP), lame (an answer without authority), FORMERR (only if the question has EDNS). `lost` is how many
    of the next questions get lost.
    `chases` follows CNAMEs, as a resolver does.
    """

    def __init__(self, zone: str = "", *, chases: bool = False) -> None:
        self.records: list[Any] = []
        self.faults: dict[str, str] = {}
        self.lost = 0
        self.chases = chases
        self.queries: list[Query] = []
        self.add(zone)
        dns = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, socket = self.request
                answer = dns._answer(data, "udp")
                if answer is not None:
                    socket.sendto(answer, self.client_address)

        class Tcp(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                head = self.rfile.read(2)
                if len(head) == 2:
                    answer = dns._answer(self.rfile.read(struct.unpack("!H", head)[0]), "tcp")
                    if answer is not None:
                        self.wfile.write(struct.pack("!H", len(answer)) + answer)

        self._servers = _pair(Udp, Tcp)
        self.port: int = self._servers[0].server_address[1]
        self.server = Server("127.0.0.1", self.port)
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}) for server in self._servers
        ]
        for thread in self._threads:
            thread.start()

    def add(self, zone: str) -> None:
        """Add records."""
        self.records += RR.fromZone(zone)

    def add_text(self, name: str, *strings: bytes) -> None:
        """Add a TXT record with exactly these bytes."""
        self.records.append(RR(name, QTYPE.TXT, ttl=60, rdata=TXT(list(strings))))

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def asked(self, kind: str) -> list[str]:
        """Return the queried names of a type."""
        return [query.name for query in self.queries if query.type == kind]

    def _answer(self, data: bytes, protocol: str) -> bytes | None:
        query = DNSRecord.parse(data)
        name, kind = str(query.q.qname).rstrip(".").lower(), QTYPE[query.q.qtype]
        self.queries.append(Query(protocol, name, kind, bool(query.header.rd)))
        if self.lost:
            self.lost -= 1
            return None
        reply = DNSRecord(DNSHeader(id=query.header.id, qr=1, aa=1, ra=int(self.chases), rd=query.header.rd), q=query.q)
        match self.faults.get(name, self.faults.get("*", "")):
            case "silent":
                return None
            case "garbage":
                return data[:2] + b"\x81\x80garbage"
            case "SERVFAIL" | "REFUSED" as code:
                reply.header.rcode = getattr(RCODE, code)
                return bytes(reply.pack())
            case "FORMERR" if query.ar:
                reply.header.rcode = RCODE.FORMERR
                return bytes(reply.pack())
            case "truncated" if protocol == "udp":
                reply.header.tc = 1
                return bytes(reply.pack())
            case "lame":
                reply.header.aa = 0
                return bytes(reply.pack())
        self._fill(reply, name, kind)
        return bytes(reply.pack())

    def _fill(self, reply: Any, name: str, kind: str) -> None:
        for _ in range(10):
            here = [record for record in self.records if _owner(record) == name]
            found = [record for record in here if QTYPE[record.rtype] == kind]
            aliases = [record for record in here if QTYPE[record.rtype] == "CNAME"]
            reply.add_answer(*(found or aliases))
            if found or not aliases:
                break
            name = str(aliases[0].rdata).rstrip(".").lower()
            if not self.chases:
                return
        if not found:
            if not any(_owner(record) == name or _owner(record).endswith(f".{name}") for record in self.records):
                reply.header.rcode = RCODE.NXDOMAIN
            zones = [record for record in self.records if QTYPE[record.rtype] == "SOA"]
            above = [zone for zone in zones if f".{name}".endswith(f".{_owner(zone)}")]
            reply.add_auth(*sorted(above, key=lambda zone: len(_owner(zone)))[-1:])


def _owner(record: Any) -> str:
    return str(record.rname).rstrip(".").lower()


def _pair(udp: type[socketserver.BaseRequestHandler], tcp: type[socketserver.BaseRequestHandler]) -> tuple[Any, Any]:
    """Open a UDP and a TCP server on one free port."""
    for _ in range(20):
        first = socketserver.ThreadingUDPServer(("127.0.0.1", 0), udp)
        try:
            return first, socketserver.ThreadingTCPServer(("127.0.0.1", first.server_address[1]), tcp)
        except OSError:
            first.server_close()
    raise OSError("no port is free for both UDP and TCP")
