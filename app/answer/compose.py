"""From a whole question to an answer: the strategies are asked in turn, the readings decide, the evidence is cited and worded."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from app.answer.answer import Answer, Citation
from app.answer.bound import Bond
from app.answer.citation import Evidence, cite, verify
from app.answer.courtesy import Courtesies
from app.answer.evidence import is_bare, whole_section
from app.answer.lapsed import Lapsed
from app.answer.links import Links
from app.answer.lookup import Lookup, Place
from app.answer.numbers import Numbered, Numbers
from app.answer.prefer import both_kinds, fitting, preferred
from app.answer.proposal import Proposal, shows_what_was_meant, silent
from app.answer.quote import Quoting
from app.answer.render import Finding, Renderer, titled
from app.answer.several import MOST_TOGETHER, parts_of, shortest
from app.answer.suggest import Suggestions, question_about
from app.answer.worth import READ, is_known, worth_reading
from app.corpus import Clause, Document, Relations
from app.question import COURTESY, Homes, Kinds, Question
from app.read import Readers, Readings
from app.retrieve import Hit, Retriever
from app.text import PHONE

KEPT = 2_048  # answers that are remembered
DEPTH = 10  # how many hits are looked at
MOST_OPTIONS = 4
TRIED = 2  # hits that are read of a question that is to be proposed
SURELY = 0.1  # above the threshold: how sure its answer must be
DOUBT = 0.6  # of the threshold: from here on it is asked back rather than kept silent
STATED = 0.5  # from here on the matter is one of these texts


class Composer:
    """Answers whole questions over one snapshot. Pure: the same question, index and date give the same answer."""

    def __init__(
        self,
        retriever: Retriever,
        renderer: Renderer,
        readers: Readers,
        kinds: Kinds,
        courtesies: Courtesies,
        base_url: str = "",
        bonds: Sequence[Bond] = (),
    ) -> None:
        self.retriever, self._readers, self._kinds = retriever, readers, kinds
        self._snapshot = retriever.snapshot
        self._renderer, self._courtesies, self._base_url = renderer, courtesies, base_url
        self.relations = Relations.of(self._snapshot.documents.values())
        links = Links(self._snapshot, bonds)
        self.notes = links.notes
        self._lookup, self._numbers = Lookup(self._snapshot), Numbers(self._snapshot)
        self._quoting = Quoting(self._snapshot, readers, links)
        self._homes = Homes(retriever.gazetteer, self._snapshot.everything.values())
        self._labelled = both_kinds(tuple(self._snapshot.documents.values()))
        self._lapsed = Lapsed(self._snapshot, retriever, self.relations.successor)
        self.suggestions = Suggestions(self._snapshot, self._answers)
        self._answered = lru_cache(maxsize=KEPT)(self._answer)

    def answer(
        self, question: str, *, as_of: date, document_id: str | None = None, turns: Sequence[str] = ()
    ) -> Answer:
        """The answer to a question; `turns` is the conversation that it stands for, as it was said, the last turn last.

        Raises:
            DocumentNotFound: `document_id` names no document. QuoteMismatch: a quote failed its check.
        """
        return self._answered(question, as_of, document_id, tuple(turns))

    def _answer(self, question: str, as_of: date, document_id: str | None, turns: tuple[str, ...]) -> Answer:
        if document_id is not None:
            document_id = self._snapshot.version_on(document_id, as_of).id
        read, proposal = self._surest(question, turns, as_of, document_id)
        citations = [cite(e, mark, as_of, self._base_url) for mark, e in enumerate(proposal.evidence, 1)]
        for citation in citations:
            verify(citation, self._snapshot.document(citation.document_id))
        return self._worded(read, proposal, citations, as_of, document_id)

    def _surest(
        self, question: str, turns: tuple[str, ...], as_of: date, document_id: str | None
    ) -> tuple[Question, Proposal]:
        """The question with its typing errors mended, or as it was written where that is answered more surely."""
        mended = self.retriever.read(question)
        ways = [self.retriever.read(question, mend=False), mended] if mended.corrections else [mended]
        tried = []
        for read in ways:
            asked = self._readers.joined(*turns) or read.mended
            tried.append((read, self._proposal(read, asked, as_of, document_id)))
        best = max(tried, key=lambda each: (each[1].status == "answered", each[1].confidence))
        return tried[-1] if shows_what_was_meant(mended, tried[-1][1], best[1]) else best

    def kind_of(self, question: str) -> str:
        """The name of a question's kind."""
        return self._kinds.of(self.retriever.read(question)).name

    def is_field(self, words: Sequence[str]) -> bool:
        """Whether words name nothing but a field that any document may have: 条件, 电话."""
        return self._kinds.hold(words)

    def is_courtesy(self, utterance: str) -> bool:
        """Whether an utterance asks nothing: 你好, 谢谢."""
        return self._courtesies.holds(utterance)

    def is_elsewhere(self, question: str, as_of: date, document_id: str | None = None) -> bool:
        """Whether the question is about a place whose policies are not here."""
        return self._elsewhere(self.retriever.read(question), self._documents(as_of, document_id)) is not None

    def found(
        self,
        question: Question,
        as_of: date,
        document_id: str | None = None,
        within: Collection[str] | None = None,
    ) -> list[Hit]:
        """The hits that say something, in order, without those of other places than the question names.

        A bare line gives way even to a lesser hit, unless all are bare. `within`: the only documents that are looked
        through, where given.
        """
        hits = self.retriever.search_read(
            question, limit=DEPTH, as_of=as_of, document_id=document_id, within=within
        )
        if question.places and document_id is None:
            hits = [hit for hit in hits if self._homes.about(question.places, hit.document.id) is not False]
        return [hit for hit in hits if not is_bare(hit.clause, self._snapshot)] or hits

    def readings(self, question: Question, asked: str, hits: Sequence[Hit], as_of: date) -> Readings:
        """The hits read, those of the place, number or year asked about first where they answer; `asked` is what the reader is shown."""
        read = self._readers.read(asked, worth_reading(hits))
        ordered = preferred(read.each, question.places, self.retriever.gazetteer)
        return replace(read, each=tuple(fitting(ordered, question, as_of)))

    def _proposal(
        self,
        question: Question,
        asked: str,
        as_of: date,
        document_id: str | None,
        *,
        may_ask: bool = True,
    ) -> Proposal:
        documents = self._documents(as_of, document_id)
        if self._courtesies.holds(question.text):
            return silent("chat")
        if place := self._elsewhere(question, documents):
            return silent("region", place)
        if (numbered := self._numbers.find(question.said, documents)) is not None:
            return self._by_number(numbered, as_of, may_ask=may_ask)
        if address := self._lookup.place(question.mended, documents):
            return self._at(address)
        if name := self._lookup.by_name(question.mended, documents):
            return self._at(name)
        return self._read(question, asked, as_of, document_id, may_ask=may_ask)

    def _read(
        self,
        question: Question,
        asked: str,
        as_of: date,
        document_id: str | None,
        *,
        may_ask: bool,
    ) -> Proposal:
        hits = self.found(question, as_of, document_id)
        readings = self.readings(question, asked, hits, as_of) if hits else None
        sure = readings is not None and (readings.answered >= self._readers.threshold or is_known(readings))
        if may_ask and (together := self._together(question, asked, as_of, document_id)):
            return together
        if readings is not None and sure:
            return self._quoted(question, asked, readings)
        if past := self._past(question, asked, as_of, document_id):
            return past
        if readings is None:
            return silent("unrelated")
        if may_ask and (options := self._options(readings)):
            return Proposal("clarify", "clarify", readings.answered, options=options)
        if readings.stated >= STATED:
            return self._unstated(readings, as_of)
        best = readings.best.hit
        return Proposal("out_of_scope", "unrelated", readings.answered, matched=best.matched_terms)

    def _quoted(self, question: Question, asked: str, readings: Readings) -> Proposal:
        best = readings.best.hit
        quoted = self._quoting.quoted(question, asked, readings)
        reason = quoted.reason if len(quoted.evidence) > 1 else "quote"
        return Proposal(
            "answered",
            reason,
            readings.answered,
            quoted.evidence,
            quoted.evidence[0].document.title,
            matched=best.matched_terms,
        )

    def _unstated(self, readings: Readings, as_of: date) -> Proposal:
        """The matter is one of a text here, which does not say what was asked; shown are the nearest clause and whom to call."""
        best = readings.best
        clause, document = best.hit.clause, best.hit.document
        shown = () if clause.kind == "heading" else (self._whole(clause),)
        shown = (*shown, *(self._whole(c) for c in self._desk(document, as_of) if c.id != clause.id))
        return Proposal(
            "not_stated", "type", readings.answered, shown, document.title, matched=best.hit.matched_terms
        )

    def _desk(self, document: Document, as_of: date) -> list[Clause]:
        """The clause of a document that says whom to call, where one has a telephone number."""
        asked = self._kinds.example("contact")
        if not asked or not PHONE.search(document.text):
            return []
        hits = self.retriever.search(asked, limit=3, as_of=as_of, document_id=document.id)
        return [h.clause for h in hits if PHONE.search(self._snapshot.text(h.clause))][:1]

    def _together(
        self, question: Question, asked: str, as_of: date, document_id: str | None
    ) -> Proposal | None:
        """Several questions in one: the answers of all, where each is sure and they are not the same clause."""
        parts = parts_of(question.mended)
        if not parts:
            return None
        before = ""
        proposals = []
        for part in parts:
            told = self._readers.joined(before, part)
            one = self._read(self.retriever.read(part), told, as_of, document_id, may_ask=False)
            if one.status != "answered":
                return None
            proposals.append(one)
            before = part
        evidence = {(e.clause.id, e.start): e for one in proposals for e in one.evidence}
        if len({e.clause.id for e in evidence.values()}) < 2:
            return None
        if sum(e.end - e.start for e in evidence.values()) > MOST_TOGETHER:
            evidence = {(e.clause.id, e.start): e for one in proposals for e in shortest(one)}
        matched = tuple(dict.fromkeys(word for one in proposals for word in one.matched))
        surest = max(one.confidence for one in proposals)
        return replace(
            proposals[0],
            confidence=surest,
            reason="quote",
            evidence=tuple(evidence.values()),
            matched=matched,
        )

    def _past(self, question: Question, asked: str, as_of: date, document_id: str | None) -> Proposal | None:
        """What only documents say that are not in force: that it is so, what took their place, and the clause."""
        hits = self._lapsed.find(question, as_of, document_id, READ)
        if question.places:
            hits = [h for h in hits if self._homes.about(question.places, h.document.id) is not False]
        if not hits:
            return None
        readings = self.readings(question, asked, hits, as_of)
        if readings.answered < self._readers.threshold:
            return None
        document = readings.best.hit.document
        reason, successor = self._lapsed.told(document, as_of)
        shown = self._quoting.quoted(question, asked, readings).evidence
        return Proposal(
            "not_stated",
            reason,
            readings.answered,
            tuple(e for e in shown if e.document.id == document.id)[:1],
            document.title,
            titled(successor.title) if successor else "",
            readings.best.hit.matched_terms,
        )

    def _options(self, readings: Readings) -> tuple[str, ...]:
        """Questions to choose from where it is doubtful which clause is meant; each is answered when it is chosen."""
        if readings.answered < DOUBT * self._readers.threshold:
            return ()
        asks = {
            r.hit.clause.id: question_about(r.hit.clause, self._snapshot)
            for r in readings.each[:MOST_OPTIONS]
        }
        verified = [
            ask for id_, ask in asks.items() if ask and self._answers(ask, self._snapshot.clause(id_))
        ]
        options = tuple(dict.fromkeys(verified))[:MOST_OPTIONS]
        return options if len(options) > 1 else ()

    def _elsewhere(self, question: Question, documents: Sequence[Document]) -> str | None:
        """A place named whose policies are not here: of all the documents that are of some place none is of one of those named."""
        if not question.places:
            return None
        kin = [self._homes.about(question.places, document.id) for document in documents]
        if any(kin) or all(one is None for one in kin):
            return None
        return question.places[0]

    def _documents(self, as_of: date, document_id: str | None) -> list[Document]:
        chosen = [self._snapshot.document(document_id)] if document_id else self._snapshot.everything.values()
        return [document for document in chosen if document.in_force(as_of)]

    def _by_number(self, numbered: Numbered, as_of: date, *, may_ask: bool) -> Proposal:
        clauses = numbered.clauses[:MOST_OPTIONS]
        if not clauses:
            return silent("unrelated")
        rest = self.retriever.read(numbered.rest)
        if len({clause.document_id for clause in clauses}) == 1 and rest.subject:
            return self._read(rest, rest.mended, as_of, clauses[0].document_id, may_ask=may_ask)
        evidence = tuple(self._whole(clause) for clause in clauses)
        return Proposal("answered", "number", 1.0, evidence, evidence[0].document.title, numbered.named)

    def _whole(self, clause: Clause) -> Evidence:
        return Evidence(clause, self._snapshot.document(clause.document_id), clause.start, clause.end)

    def _at(self, place: Place) -> Proposal:
        if not place.documents:
            return silent("unrelated")
        if not place.found:
            title = place.documents[0].title if len(place.documents) == 1 else ""
            return Proposal("not_stated", "address", 0.0, title=title, subject=place.named)
        if len({clause.document_id for clause, _ in place.found}) > 1:
            return self._which(place)
        evidence: list[Evidence] = []
        for clause, item in place.found:
            document = self._snapshot.document(clause.document_id)
            if item is not None:
                evidence.append(Evidence(clause, document, item.start, item.end))
                continue
            below = whole_section(clause, self._snapshot) if clause.kind == "heading" else []
            evidence.extend(below or [self._whole(clause)])
        return Proposal("answered", "address", 1.0, tuple(evidence), evidence[0].document.title, place.named)

    def _which(self, place: Place) -> Proposal:
        """Several documents have such a place: ask which is meant."""
        titles = [self._snapshot.document(clause.document_id).title for clause, _ in place.found]
        options = tuple(f"{titled(title)}{place.named}是什么？" for title in dict.fromkeys(titles))
        return Proposal("clarify", "clarify", 0.0, options=options[:MOST_OPTIONS])

    def _answers(self, question: str, clause: Clause) -> bool:
        """Whether the question is surely answered from the clause or from what stands below it; only its first hits are read."""
        document = self._snapshot.document(clause.document_id)
        as_of = document.first_day or document.last_day or date.max
        read = self.retriever.read(question)
        if place := self._lookup.place(read.mended, self._documents(as_of, None)):
            return any(clause.id in self._line(found) for found, _ in place.found)
        hits = self.found(read, as_of)[:TRIED]
        if not hits:
            return False
        readings = self.readings(read, read.mended, hits, as_of)
        sure = readings.answered >= min(self._readers.threshold + SURELY, 1.0)
        return sure and clause.id in self._line(readings.best.hit.clause)

    def _line(self, clause: Clause) -> list[str]:
        line = [clause.id]
        while clause.parent is not None:
            clause = self._snapshot.clause(clause.parent)
            line.append(clause.id)
        return line

    def _suggested(
        self, question: str, citations: Sequence[Citation], as_of: date, document_id: str | None
    ) -> tuple[str, ...]:
        about = citations[0].document_id if citations else document_id
        if about is None:
            return tuple(text for text in self.suggestions.examples(as_of) if text != question)[:3]
        return self.suggestions.beside(about, question, as_of, [c.clause_id for c in citations])

    def _worded(
        self,
        question: Question,
        proposal: Proposal,
        citations: Sequence[Citation],
        as_of: date,
        document_id: str | None,
    ) -> Answer:
        kind = COURTESY if proposal.reason == "chat" else self._kinds.of(question)
        finding = Finding(
            proposal.status,
            kind.name,
            kind.asked,
            proposal.reason,
            proposal.title,
            proposal.subject,
            citations,
            proposal.options,
            self._labelled,
        )
        return Answer(
            status=proposal.status,
            intent=kind.name,
            interpreted_as=question.mended,
            text=self._renderer.text(finding),
            markdown=self._renderer.markdown(finding),
            citations=tuple(citations),
            confidence=proposal.confidence,
            matched_terms=proposal.matched,
            suggestions=self._suggested(question.mended, citations, as_of, document_id),
            options=proposal.options,
            disclaimer=self._renderer.disclaimer(),
            text_spoken=self._renderer.spoken(finding),
            text_chat=self._renderer.chat(finding),
        )
