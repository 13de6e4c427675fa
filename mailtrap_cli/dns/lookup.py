"""DNS queries for all records at once: the zone's own servers first, then the system's, or only the given servers.

Answers are collected in `Found`; `verdict` decides what they mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from socket import SOCK_DGRAM
from typing import Any

import dns.asyncquery
import dns.exception
import dns.flags
import dns.inet
import dns.message
import dns.name
import dns.rcode
import dns.resolver
from dns.asyncbackend import get_backend
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from . import dmarc, spf
from .causes import list_parents, list_questions
from .names import Server, plain_name
from .records import Failure, Found, Neighbor, Problem, Record
from .verdict import Checked, Verdict, judge_record

MAX_ALIASES = 8  # CNAMEs followed; resolvers stop at about as many
MAX_INCLUDED = 30  # SPF records fetched: enough to see that there are more than ten lookups
MAX_AUTHORITATIVE = 3  # servers of a zone to query before the system's
IN_FLIGHT = 64  # concurrent queries, so that many domains do not run out of sockets
PATIENCE = 0.6  # seconds until the next server is queried too
TOP_LEVEL = 2  # labels of a top-level domain, with the root's empty one
PAYLOAD = 1232  # bytes by UDP (dnsflagday.net/2020)


class _Failed(Exception):  # noqa: N818 - carries the `failure` of a `Found`
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


class Resolver:
    """DNS as the checks see it.

    `timeout`: seconds for everything that one call queries, however many records. `nameservers`: queried instead of all
    others, each. `system`: the system's resolvers (by default, those that the machine is configured with). `port`:
    where the zones' own servers listen.
    """

    def __init__(
        self,
        *,
        timeout: float,
        nameservers: Sequence[Server] = (),
        system: Sequence[Server] | None = None,
        port: int = 53,
    ) -> None:
        self.timeout = timeout
        self.nameservers = tuple(nameservers)
        self.system = tuple(_system_servers() if system is None else system) if not nameservers else ()
        self.port = port

    def check_records(self, records: Sequence[Record]) -> list[Checked]:
        """Return the verdict on each record, in order."""
        return [judge_record(record, views) for record, views in zip(records, self.find_records(records), strict=True)]

    def find_records(self, records: Sequence[Record]) -> list[list[Found]]:
        """Query each record, in order: one `Found` per name server given, else just one.

        DNS problems never raise: they are the `failure` of a `Found`. Takes at most `timeout` seconds.
        """
        return asyncio.run(self._find_all(records))

    async def _find_all(self, records: Sequence[Record]) -> list[list[Found]]:
        look = _Look(self)
        choices: list[Server | None] = list(self.nameservers) or [None]
        return list(
            await asyncio.gather(
                *(asyncio.gather(*(look.find_record(record, server) for server in choices)) for record in records)
            )
        )


def _system_servers() -> list[Server]:
    try:
        system = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return []
    return [Server(str(address), system.port) for address in system.nameservers]


class _Look:
    """One pass over DNS: its deadline, the zones found so far, and slow servers, which are queried last."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.deadline = asyncio.get_running_loop().time() + resolver.timeout
        self.slots = asyncio.Semaphore(IN_FLIGHT)
        self.slow: set[Server] = set()
        self.zones: dict[dns.name.Name, asyncio.Task[list[Server]]] = {}

    async def find_record(self, record: Record, server: Server | None) -> Found:
        """Query a record from `server`; without one, from the zone's own servers and the system's."""
        label = str(server) if server else ""
        try:
            name = _parse_name(record.domain)
            if record.type.upper() == "CNAME":
                found = await self._find_cname(name, _parse_name(record.value), server)
            else:
                found = await self._find_texts(name, server)
                if record.kind == "spf":
                    included = await self._find_included(found.values, server)
                    void = await self._find_void(record, found.values, included, server)
                    found = replace(found, included=included, void=void)
        except _Failed as error:
            return Found(failure=error.failure, server=label)
        found = replace(found, server=label)
        if judge_record(record, [found]).verdict is Verdict.OK:
            return found
        return await self._look_around(record, found, server)

    async def _look_around(self, record: Record, found: Found, server: Server | None) -> Found:
        """Add what may explain a wrong record: its neighbors, and the parent's DMARC record."""
        asked = [self._ask_neighbor(name, kind, server) for name, kind in list_questions(record)]
        neighbors = tuple(one for one in await asyncio.gather(*asked) if one is not None)
        addresses = tuple(
            sorted(value for one in neighbors if one.type in ("A", "AAAA") for value in one.values)
            if record.type.upper() == "CNAME" and not found.values
            else ()
        )
        parent = None
        for name in list_parents(record) if record.kind == "dmarc" else ():
            above = await self._ask_neighbor(name, "TXT", server)
            if above and (texts := [text for text in above.values if dmarc.is_dmarc(text)]):
                parent = (name, texts[0])
                break
        return replace(found, neighbors=neighbors, addresses=addresses, parent=parent)

    async def _ask_neighbor(self, name: str, kind: str, server: Server | None) -> Neighbor | None:
        """Query one type of a name; None if it has no such record, or if that is unknown."""
        try:
            owner, rdtype = _parse_name(name), RdataType.make(kind)
            answer = await self._ask_question(owner, rdtype, server)
        except _Failed:
            return None
        rrset = answer.get_rrset(answer.answer, owner, RdataClass.IN, rdtype)
        if not rrset:
            return None
        match rdtype:
            case RdataType.TXT:
                values = tuple("".join(_strings_of(rdata)) for rdata in rrset)
            case RdataType.CNAME:
                values = tuple(_text_of(rdata.target) for rdata in rrset)
            case _:
                values = tuple(sorted(rdata.to_text() for rdata in rrset))
        return Neighbor(name, kind, values, ttl=rrset.ttl)

    async def _find_void(
        self, record: Record, values: Sequence[str], included: spf.Included, server: Server | None
    ) -> tuple[str, ...]:
        """Find the terms of an SPF record whose names do not exist in DNS (RFC 7208, 4.6.4)."""
        texts = [text for text in values if spf.is_spf(text)]
        if len(texts) != 1:
            return ()
        questions = spf.list_addresses(plain_name(record.domain), texts[0], included)[:MAX_INCLUDED]
        void = await asyncio.gather(*(self._is_void(name, kind, server) for _, name, kind in questions))
        return tuple(term for (term, _, _), nothing in zip(questions, void, strict=True) if nothing)

    async def _is_void(self, name: str, kind: str, server: Server | None) -> bool:
        """Whether a name has no record of a type, or none at all. A stands for AAAA too."""
        for rdtype in (RdataType.MX,) if kind == "MX" else (RdataType.A, RdataType.AAAA):
            try:
                if (await self._ask_question(_parse_name(name), rdtype, server)).answer:
                    return False
            except _Failed as error:
                if error.failure.problem is not Problem.NO_DOMAIN:
                    return False
        return True

    async def _find_cname(self, name: dns.name.Name, expected: dns.name.Name, server: Server | None) -> Found:
        """Follow the CNAME until the expected name is reached or the aliases end."""
        aliases: list[dns.name.Name] = []
        while not aliases or aliases[-1] != expected:
            current = aliases[-1] if aliases else name
            try:
                answer = await self._ask_question(current, RdataType.CNAME, server)
            except _Failed:
                if aliases:
                    break  # the record itself is known; where it leads does not matter here
                raise
            target = _read_alias(answer, current)
            if target is None:
                break
            _follow_alias(name, aliases, target)
        if aliases:
            return Found(values=(_text_of(aliases[0]),), aliases=tuple(map(_text_of, aliases)))
        return Found()

    async def _find_texts(self, name: dns.name.Name, server: Server | None) -> Found:
        """Find the texts at the name, or at the name that its CNAMEs lead to."""
        aliases: list[dns.name.Name] = []
        while True:
            current = aliases[-1] if aliases else name
            try:
                answer = await self._ask_question(current, RdataType.TXT, server)
            except _Failed as error:
                if aliases and error.failure.problem is Problem.NO_DOMAIN:
                    return Found(aliases=tuple(map(_text_of, aliases)))
                raise
            followed = len(aliases)
            while (target := _read_alias(answer, current)) is not None:
                _follow_alias(name, aliases, target)
                current = target
            rrset = answer.get_rrset(answer.answer, current, RdataClass.IN, RdataType.TXT)
            if rrset is not None or len(aliases) == followed:
                strings = {"".join(parts): parts for parts in map(_strings_of, rrset or ())}
                texts = tuple("".join(_strings_of(rdata)) for rdata in rrset or ())
                return Found(values=texts, aliases=tuple(map(_text_of, aliases)), strings=strings)

    async def _find_included(self, values: Sequence[str], server: Server | None) -> dict[str, str | None]:
        """Find the SPF records that these include, at any depth, as `spf.Included`; unknown ones are left out."""
        included: dict[str, str | None] = {}
        asked: set[str] = set()
        frontier = [text for text in values if spf.is_spf(text)]
        while frontier and len(asked) < MAX_INCLUDED:
            names = list(
                dict.fromkeys(name for text in frontier for name in spf.list_references(text) if name not in asked)
            )
            asked.update(names)
            answers = await asyncio.gather(*(self._find_spf(name, server) for name in names))
            known = {name: found for name, found in zip(names, answers, strict=True) if found is not None}
            included |= {name: found[0] if len(found) == 1 else None for name, found in known.items()}
            frontier = [record for found in known.values() for record in found]
        return included

    async def _find_spf(self, domain: str, server: Server | None) -> list[str] | None:
        """Find the SPF records of a domain; None if unknown."""
        try:
            found = await self._find_texts(_parse_name(domain), server)
        except _Failed as error:
            return [] if error.failure.problem is Problem.NO_DOMAIN else None
        return [text for text in found.values if spf.is_spf(text)]

    async def _ask_question(self, name: dns.name.Name, kind: RdataType, server: Server | None) -> dns.message.Message:
        """Answer one question. Raises _Failed, also if the domain does not exist."""
        if server:
            answer = await self._first_answer([(server, True)], name, kind)
        else:
            own = await self._find_authoritative(name)
            system = self.resolver.system
            answer = await self._first_answer(
                [(one, False) for one in own] + [(one, True) for one in system], name, kind
            )
        if answer.rcode() == dns.rcode.NXDOMAIN and not answer.answer:
            zone = next((rrset.name for rrset in answer.authority if rrset.rdtype == RdataType.SOA), None)
            if zone is not None and len(zone) <= TOP_LEVEL:
                domain = _text_of(dns.name.Name(name.labels[-len(zone) - 1 :]))
                raise _Failed(Failure(Problem.NO_DOMAIN, f"{domain} does not exist in DNS (NXDOMAIN)."))
        return answer

    async def _find_authoritative(self, name: dns.name.Name) -> list[Server]:
        """Find the addresses of the servers of a name's zone; [] if unknown."""
        zone = await self._find_zone(name)
        if zone is None:
            return []
        if zone not in self.zones:
            self.zones[zone] = asyncio.create_task(self._zone_servers(zone))
        return await self.zones[zone]

    async def _find_zone(self, name: dns.name.Name) -> dns.name.Name | None:
        """Find a name's zone: the owner of the nearest SOA, which a negative answer has too (RFC 2308, 3)."""
        while len(name) > TOP_LEVEL:
            try:
                answer = await self._ask_recursive(name, RdataType.SOA)
            except _Failed:
                return None
            for rrset in answer.answer + answer.authority:
                # The SOA of an alias belongs to another zone.
                if rrset.rdtype == RdataType.SOA and name.is_subdomain(rrset.name):
                    return rrset.name if len(rrset.name) > TOP_LEVEL else None
            name = name.parent()
        return None

    async def _zone_servers(self, zone: dns.name.Name) -> list[Server]:
        try:
            answer = await self._ask_recursive(zone, RdataType.NS)
        except _Failed:
            return []
        rrset = answer.get_rrset(answer.answer, zone, RdataClass.IN, RdataType.NS)
        names = [rdata.target for rdata in rrset or ()][:MAX_AUTHORITATIVE]
        each = await asyncio.gather(*(self._find_addresses(name) for name in names))
        # The first address of every server, then the second of every server: servers fail one by one.
        ranked = [address for rank in zip_longest(*each) for address in rank if address is not None]
        return [Server(address, self.resolver.port) for address in ranked[:MAX_AUTHORITATIVE]]

    async def _find_addresses(self, name: dns.name.Name) -> list[str]:
        for kind in (RdataType.A, RdataType.AAAA):
            try:
                answer = await self._ask_recursive(name, kind)
            except _Failed:
                continue
            addresses = [rdata.address for rrset in answer.answer if rrset.rdtype == kind for rdata in rrset]
            if addresses:
                return addresses
        return []

    async def _ask_recursive(self, name: dns.name.Name, kind: RdataType) -> dns.message.Message:
        return await self._first_answer([(server, True) for server in self.resolver.system], name, kind)

    async def _first_answer(
        self, servers: Sequence[tuple[Server, bool]], name: dns.name.Name, kind: RdataType
    ) -> dns.message.Message:
        """Return the first good answer. After a failed or slow server, the next is queried; all twice if needed.

        Each server comes with whether to ask it to recurse. Raises _Failed with the most telling failure.
        """
        waiting = sorted(servers, key=lambda choice: choice[0] in self.slow) * 2  # a datagram may get lost
        patience = min(PATIENCE, self.resolver.timeout / (len(waiting) + 1))
        running: set[asyncio.Task[dns.message.Message]] = set()
        failures = [] if waiting else [Failure(Problem.NETWORK, "No name server is configured on this machine.")]
        try:
            while waiting or running:
                if waiting:
                    server, recurse = waiting.pop(0)
                    running.add(asyncio.create_task(self._ask_server(server, name, kind, recurse=recurse)))
                done, running = await asyncio.wait(
                    running, timeout=patience if waiting else None, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    self.slow.add(server)
                for task in done:
                    try:
                        return task.result()
                    except _Failed as error:
                        failures.append(error.failure)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        raise _Failed(min(failures, key=lambda failure: list(Problem).index(failure.problem)))

    async def _ask_server(
        self, server: Server, name: dns.name.Name, kind: RdataType, *, recurse: bool, edns: bool = True
    ) -> dns.message.Message:
        """Query one server by UDP, then by TCP if the answer is truncated. Raises _Failed.

        A server without EDNS is queried once more without it (RFC 6891, 6.2.2 and 7).
        """
        query = dns.message.make_query(name, kind, use_edns=0 if edns else False, payload=PAYLOAD if edns else None)
        if not recurse:
            query.flags &= ~dns.flags.RD
        asked = f"{server}, asked for {_text_of(name)} {kind.name},"

        def make_failure(problem: Problem, text: str) -> _Failed:
            return _Failed(Failure(problem, text))

        try:
            async with asyncio.timeout_at(self.deadline), self.slots:
                # A connected socket learns at once that nothing listens there.
                family = dns.inet.af_for_address(server.address)
                backend: Any = get_backend("asyncio")  # its make_socket is not annotated
                socket = await backend.make_socket(family, SOCK_DGRAM, destination=(server.address, server.port))
                async with socket:
                    answer, _ = await dns.asyncquery.udp_with_fallback(
                        query, server.address, port=server.port, udp_sock=socket, ignore_unexpected=True
                    )
        except TimeoutError as error:
            raise make_failure(Problem.TIMEOUT, f"{asked} did not answer in {self.resolver.timeout:g} s.") from error
        except OSError as error:
            why = error.strerror or "no connection"
            raise make_failure(Problem.NETWORK, f"{server} cannot be reached: {why}.") from error
        except (dns.exception.DNSException, EOFError) as error:
            raise make_failure(Problem.BROKEN, f"{asked} sent a malformed answer.") from error
        match answer.rcode():
            case dns.rcode.SERVFAIL:
                raise make_failure(
                    Problem.SERVFAIL, f"{asked} failed (SERVFAIL): the zone's servers or DNSSEC are broken."
                )
            case dns.rcode.REFUSED:
                raise make_failure(Problem.REFUSED, f"{asked} refused to answer (REFUSED).")
            case dns.rcode.NOERROR | dns.rcode.NXDOMAIN:
                if not recurse and not answer.flags & dns.flags.AA:
                    raise make_failure(
                        Problem.BROKEN, f"{asked} is not authoritative for the zone, although the zone lists it."
                    )
                return answer
            case dns.rcode.FORMERR | dns.rcode.NOTIMP | dns.rcode.BADVERS if edns:
                return await self._ask_server(server, name, kind, recurse=recurse, edns=False)
            case other:
                raise make_failure(Problem.BROKEN, f"{asked} answered {dns.rcode.to_text(other)}.")


def _parse_name(text: str) -> dns.name.Name:
    try:
        return dns.name.from_text(text, idna_codec=dns.name.IDNA_2008_Practical)
    except dns.exception.DNSException as error:
        raise _Failed(Failure(Problem.BROKEN, f"{text!r} is not a domain name.")) from error


def _strings_of(rdata: Any) -> tuple[str, ...]:
    """Decode the strings of a TXT record together, since a character may be split across two."""
    whole = b"".join(rdata.strings).decode("utf-8", "surrogateescape")
    parts = tuple(part.decode("utf-8", "surrogateescape") for part in rdata.strings)
    return parts if "".join(parts) == whole else (whole,)


def _text_of(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)


def _read_alias(answer: dns.message.Message, name: dns.name.Name) -> dns.name.Name | None:
    """Return the target of the name's CNAME in an answer."""
    rrset = answer.get_rrset(answer.answer, name, RdataClass.IN, RdataType.CNAME)
    return rrset[0].target if rrset else None


def _follow_alias(name: dns.name.Name, aliases: list[dns.name.Name], target: dns.name.Name) -> None:
    """Record where the aliases of a name lead; raise _Failed if they form a loop."""
    if target == name or target in aliases:
        text = f"The CNAMEs of {_text_of(name)} form a loop through {_text_of(target)}."
        raise _Failed(Failure(Problem.LOOP, text))
    if len(aliases) == MAX_ALIASES:
        raise _Failed(Failure(Problem.LOOP, f"{_text_of(name)} leads through more than {MAX_ALIASES} CNAMEs."))
    aliases.append(target)
