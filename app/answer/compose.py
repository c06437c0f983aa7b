"""From a whole question to an answer: look up an address, or rank, choose the evidence, check its kind, cite, fill in."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from app.answer.answer import Answer, Citation
from app.answer.bound import Bond
from app.answer.choose import Choice, choose
from app.answer.citation import Evidence, cite, verify
from app.answer.confidence import Confidence
from app.answer.cover import Features, longest_run, names_another
from app.answer.draft import Draft, answered, unrelated
from app.answer.evidence import is_bare, whole_section
from app.answer.fields import asks_who, field_evidence, is_meant, names_only_a_field
from app.answer.intent import Asked, listing_parts, read_intent
from app.answer.lapsed import SURELY, Lapsed
from app.answer.links import Links
from app.answer.lookup import Lookup, Place
from app.answer.meant import meant_first
from app.answer.numbers import Numbered, Numbers
from app.answer.prefer import both_kinds, preferred
from app.answer.render import Finding, Renderer, titled
from app.answer.scope import Home, Places, foreign_place, is_chat
from app.answer.several import Several
from app.answer.suggest import Suggestions, question_about
from app.answer.typed import holds_type, is_typed
from app.corpus import Clause, Document, Relations
from app.index import indexed_text
from app.retrieve import Hit, Query, Retriever
from app.text import Analyzer, fold

DEPTH = 10  # how many hits evidence is looked for in
TIE = 0.95  # hits this close to the best are as good as it
MOST_OPTIONS = 4
SHORTEST_WORD = 2
ASIDE = 0.37  # how sure it must be that an office's usual matter (amount, day, papers …) is asked of the only policy there is
_POLICY = re.compile(r"办法|政策|文件|措施|解读|通知")
CLOSE = 0.8  # a hit this close to the best may stand beside it


class Composer:
    """Answers whole questions over one snapshot. Pure: the same question, index and date give the same answer."""

    def __init__(
        self,
        retriever: Retriever,
        analyzer: Analyzer,
        renderer: Renderer,
        confidence: Confidence,
        places: Places,
        base_url: str = "",
        bonds: Sequence[Bond] = (),
    ) -> None:
        self._retriever = retriever
        self._snapshot = retriever.snapshot
        self.relations = Relations.of(retriever.snapshot.documents.values())
        self._analyzer = analyzer
        self._links = Links(retriever.snapshot, bonds)
        self._lookup = Lookup(retriever.snapshot)
        self._numbers = Numbers(retriever.snapshot)
        self.notes = self._links.notes
        self._renderer = renderer
        self._confidence = confidence
        self._places = places
        self._features = Features(analyzer, places, retriever.snapshot.grams)
        self._home = Home.of(places, retriever.snapshot.documents.values())
        self._several = Several(self._links, self._features, self._whole, confidence.threshold)
        self._base_url = base_url
        self._labelled = both_kinds(tuple(retriever.snapshot.documents.values()))
        self._lapsed = Lapsed(retriever.snapshot, retriever, self.relations.successor)
        self.suggestions = Suggestions(retriever.snapshot, self._answers)

    def answer(self, question: str, *, as_of: date, document_id: str | None = None) -> Answer:
        """The answer to a question that stands on its own.

        Raises:
            DocumentNotFound: `document_id` names no document. QuoteMismatch: a quote failed its check.
        """
        question = self._mended(question)
        asked = read_intent(question)
        if document_id is not None:
            document_id = self._snapshot.version_on(document_id, as_of).id
        draft = self._draft(question, asked, as_of, document_id)
        if draft.status == "out_of_scope" and draft.reason == "unrelated":
            draft = self._past(question, asked, as_of, document_id) or draft
        citations = [cite(e, mark, as_of, self._base_url) for mark, e in enumerate(draft.evidence, 1)]
        for citation in citations:
            verify(citation, self._snapshot.document(citation.document_id))
        return self._worded(question, asked, draft, citations, as_of, document_id)

    def is_elsewhere(self, question: str, as_of: date, document_id: str | None = None) -> bool:
        """Whether the question is about a place whose policies are not here."""
        return foreign_place(question, self._places, self._documents(as_of, document_id)) is not None

    def _mended(self, question: str) -> str:
        """The question with misspelt words of the corpus put right; what was understood is shown."""
        for written, meant in self._retriever.read(question).corrections:
            question = question.replace(written, meant)
        return question

    def _answers(self, question: str, clause: Clause) -> bool:
        """Whether the question is answered from the clause or from what stands below it."""
        document = self._snapshot.document(clause.document_id)
        as_of = document.first_day or document.last_day or date.max
        draft = self._draft(question, read_intent(question), as_of, None, may_ask=False)
        lines = (self._line(evidence.clause) for evidence in draft.evidence)
        return draft.status == "answered" and any(clause.id in line for line in lines)

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
        question: str,
        asked: Asked,
        draft: Draft,
        citations: Sequence[Citation],
        as_of: date,
        document_id: str | None,
    ) -> Answer:
        finding = Finding(
            draft.status,
            asked.intent,
            draft.reason,
            draft.title,
            draft.subject,
            citations,
            draft.options,
            self._labelled,
        )
        return Answer(
            status=draft.status,
            intent=asked.intent,
            interpreted_as=question,
            text=self._renderer.text(finding),
            markdown=self._renderer.markdown(finding),
            citations=tuple(citations),
            confidence=draft.confidence,
            matched_terms=draft.matched,
            suggestions=self._suggested(question, citations, as_of, document_id),
            options=draft.options,
            disclaimer=self._renderer.disclaimer(),
            text_spoken=self._renderer.spoken(finding),
            text_chat=self._renderer.chat(finding),
        )

    def _draft(
        self, question: str, asked: Asked, as_of: date, document_id: str | None, *, may_ask: bool = True
    ) -> Draft:
        documents = self._documents(as_of, document_id)
        if is_chat(question):
            return Draft("out_of_scope", "chat", 0.0)
        if elsewhere := foreign_place(question, self._places, documents):
            return Draft("out_of_scope", "region", 0.0, subject=elsewhere)
        if (numbered := self._numbers.find(question, documents)) is not None:
            return self._by_number(numbered, asked, as_of, may_ask=may_ask)
        if place := self._lookup.place(question, documents):
            return self._at(place)
        return self._ranked(question, asked, as_of, document_id, may_ask=may_ask)

    def _documents(self, as_of: date, document_id: str | None) -> list[Document]:
        chosen = [self._snapshot.document(document_id)] if document_id else self._snapshot.everything.values()
        return [document for document in chosen if document.in_force(as_of)]

    def _by_number(self, numbered: Numbered, asked: Asked, as_of: date, *, may_ask: bool) -> Draft:
        clauses = numbered.clauses[:MOST_OPTIONS]
        if not clauses:
            return Draft("out_of_scope", "unrelated", 0.0)
        if len({clause.document_id for clause in clauses}) == 1 and self._analyzer.subject(numbered.rest):
            return self._ranked(numbered.rest, asked, as_of, clauses[0].document_id, may_ask=may_ask)
        evidence = tuple(self._whole(clause) for clause in clauses)
        return Draft("answered", "number", 1.0, evidence, evidence[0].document.title, numbered.named)

    def _whole(self, clause: Clause) -> Evidence:
        return Evidence(clause, self._snapshot.document(clause.document_id), clause.start, clause.end)

    def _at(self, place: Place) -> Draft:
        if not place.documents:
            return Draft("out_of_scope", "unrelated", 0.0)
        if not place.found:
            title = place.documents[0].title if len(place.documents) == 1 else ""
            return Draft("not_stated", "address", 0.0, title=title, subject=place.named)
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
        return Draft("answered", "address", 1.0, tuple(evidence), evidence[0].document.title, place.named)

    def _which(self, place: Place) -> Draft:
        """Several documents have such a place: ask which is meant."""
        titles = [self._snapshot.document(clause.document_id).title for clause, _ in place.found]
        options = tuple(f"{titled(title)}{place.named}是什么？" for title in dict.fromkeys(titles))
        return Draft("clarify", "clarify", 0.0, options=options[:MOST_OPTIONS])

    def _ranked(
        self, question: str, asked: Asked, as_of: date, document_id: str | None, *, may_ask: bool
    ) -> Draft:
        query = self._read(question)
        hits = self.found(query, as_of, document_id)
        if not hits:
            return Draft("out_of_scope", "unrelated", 0.0)
        if several := self._several.draft(question, lambda part: self._part(part, as_of, document_id)):
            return several
        features = self._features.of(query, hits)
        confidence = self._confidence.of(features)
        sure = confidence >= self._confidence.threshold
        sure |= self._is_about_the_policy(question, asked, hits[0], document_id)
        if not sure and (part := self._listing(question, document_id)):
            return self._ranked(part, read_intent(part), as_of, document_id, may_ask=may_ask)
        if not sure and confidence < ASIDE:
            return unrelated(hits, confidence)
        if sure and may_ask and (options := self._options(hits, asked, query)):
            return Draft("clarify", "clarify", confidence, options=options)
        choice = self._choice(hits, asked, query, document_id is not None)
        if not self._holds(asked, question, choice):
            close = self._close(hits, asked, query) if sure else None
            if close:
                return answered(hits, close, confidence)
            subject = self._features.subject(question, hits[0].document)
            strange = bool(subject) and names_another(features, confidence)
            strange = strange and not self._features.names(query.text, hits[0])
            strange |= not sure and not self._features.knows(question, hits[0].document)
            if strange or (not sure and not self._is_alone(document_id)):
                return unrelated(hits, confidence)
            return self._untyped(hits, asked, query, confidence, choice)
        return answered(hits, choice, confidence) if sure else unrelated(hits, confidence)

    def _read(self, question: str) -> Query:
        return self._retriever.read(self._home.leave_out(question))

    def _listing(self, question: str, document_id: str | None) -> str | None:
        """The part of a story that asks what all the only policy says, whatever was told before."""
        parts = listing_parts(question) if self._is_alone(document_id) else ()
        return next((p for p in parts if _POLICY.search(p) and not self._analyzer.subject(p)), None)

    def _is_alone(self, document_id: str | None) -> bool:
        """Whether only one policy can be meant."""
        return document_id is not None or len(self._snapshot.documents) == 1

    def _past(self, question: str, asked: Asked, as_of: date, document_id: str | None) -> Draft | None:
        """What only documents say that are not in force: that it is so, what took their place, and the nearest clause."""
        query = self._read(question)
        past = self._lapsed.find(query, as_of, document_id, DEPTH)
        if past is None:
            return None
        confidence = self._confidence.of(self._features.of(query, past.hits))
        if confidence < max(SURELY, self._confidence.threshold):
            return None
        choice = choose(past.hits, asked, query, self._snapshot, self._analyzer, self._links)
        best = past.hits[0]
        reason, successor = "upcoming" if past.upcoming else "lapsed", past.successor
        shown = [each for each in choice.evidence if each.document.id == best.document.id][:1]
        return Draft(
            "not_stated",
            reason,
            confidence,
            tuple(shown),
            best.document.title,
            titled(successor.title) if successor else "",
            best.matched_terms,
        )

    def _part(self, part: str, as_of: date, document_id: str | None) -> tuple[Draft | None, bool]:
        """The draft for one of several questions, and whether its evidence is of the kind asked for."""
        query, asked = self._read(part), read_intent(part).first()
        hits = self.found(query, as_of, document_id)
        if not hits:
            return None, False
        choice = self._choice(hits, asked, query)
        if not self._holds(asked, part, choice):
            choice = self._close(hits, asked, query) or choice
        confidence = self._confidence.of(self._features.of(query, hits))
        return answered(hits, choice, confidence), self._holds(asked, part, choice)

    def _choice(self, hits: Sequence[Hit], asked: Asked, query: Query, given: bool = False) -> Choice:
        """The field asked for of the document that is meant, or else the clause found."""
        hits = preferred(hits, asked.intent, query.text, self._places)
        hits = meant_first(hits, self._analyzer.subject(query.text))
        best = hits[0]
        found = asked.intent == "amount" and holds_type("amount", query.text, best.text)
        if not found and (given or is_meant(best.document, self._analyzer.subject(query.text), query.text)):
            scores = {hit.clause.id: hit.score for hit in hits}
            field = field_evidence(query.text, asked.intents, best.document, self._snapshot, scores)
            held = best.clause.id in {evidence.clause.id for evidence in field}
            if field and (not held or (len(field) > 1 and (asked.wants_list or asks_who(query.text)))):
                return Choice(field, "list" if asked.wants_list else "quote")
        return choose(hits, asked, query, self._snapshot, self._analyzer, self._links)

    def _options(self, hits: Sequence[Hit], asked: Asked, query: Query) -> tuple[str, ...]:
        """Questions to choose from, when a few words fit several clauses equally well; none where one is meant."""
        subject = self._analyzer.subject(query.text)
        tied = [hit for hit in hits if hit.score >= TIE * hits[0].score and hit.clause.kind != "heading"]
        tied = tied[:MOST_OPTIONS]
        if (
            asked.wants_list
            or len(tied) < 2
            or len(subject) not in (1, 2)
            or any(map(is_typed, asked.intents))
        ):
            return ()
        if not all(word in fold(hit.text) for hit in tied for word in subject):
            return ()
        asks = {hit.clause.id: question_about(hit.clause, self._snapshot) for hit in tied}
        verified = [
            ask for id_, ask in asks.items() if ask and self._answers(ask, self._snapshot.clause(id_))
        ]
        return tuple(dict.fromkeys(verified)) if len(set(verified)) > 1 else ()

    def found(
        self,
        query: Query,
        as_of: date,
        document_id: str | None = None,
        within: Collection[str] | None = None,
    ) -> list[Hit]:
        """The hits that say something, in order; a bare line gives way even to a lesser hit, unless all are bare.

        `within`: the only documents that are looked through, where given.
        """
        hits = self._retriever.search_read(
            query, limit=DEPTH, as_of=as_of, document_id=document_id, within=within
        )
        return [hit for hit in hits if not is_bare(hit.clause, self._snapshot)] or hits

    def _holds(self, asked: Asked, question: str, choice: Choice) -> bool:
        """Whether the evidence is of the kind asked for first."""
        first = asked.intent
        return not is_typed(first) or any(holds_type(first, question, e.text) for e in choice.evidence)

    def _is_about_the_policy(self, question: str, asked: Asked, best: Hit, document_id: str | None) -> bool:
        """Whether something is asked of nothing but the policy itself, and only one can be meant.

        What has no typical form must share a word with the best clause, lest any clause answers anything.
        """
        if document_id is not None and names_only_a_field(question, self._analyzer):
            return True
        if asked.intent == "other" and not asked.wants_list:
            return False
        if not is_typed(asked.intent) and not asked.wants_list:
            shared = longest_run(fold(question), fold(indexed_text(best.chunk)))
            if shared < SHORTEST_WORD:
                return False
        named = self._features.matter if asked.intent == "material" else self._features.subject
        return self._is_alone(document_id) and not named(question, best.document)

    def _untyped(
        self, hits: Sequence[Hit], asked: Asked, query: Query, confidence: float, nearest: Choice
    ) -> Draft:
        """The text does not say what was asked for."""
        matched, title = hits[0].matched_terms, hits[0].document.title
        shown = nearest.evidence[:1] if matched or query.alternatives else ()
        if asked.intent != "contact":
            # Whom to ask, where the document says so.
            scores: dict[str, float] = {}
            desk = field_evidence("联系电话", ("contact",), hits[0].document, self._snapshot, scores)
            shown = (*shown, *desk[:1])
        return Draft("not_stated", "type", confidence, shown, title, matched=matched)

    def _close(self, hits: Sequence[Hit], asked: Asked, query: Query) -> Choice | None:
        """The evidence of a hit close to the best that is of the kind asked for."""
        for hit in hits[1:]:
            if hit.score < CLOSE * hits[0].score:
                return None
            choice = choose([hit], asked, query, self._snapshot, self._analyzer, self._links)
            if self._holds(asked, query.text, choice):
                return choice
        return None
