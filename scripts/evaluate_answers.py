"""Ask labelled questions, follow-ups in their sessions, and print how many are answered rightly.

    python scripts/evaluate_answers.py CORPUS QUESTIONS.jsonl [--index DIR] [--wrong]

QUESTIONS are JSON lines with `kind`, `turns`, `question`, `status` and `gold` (verbatim passages). An answered one is right
when every gold passage stands in the quotes and these together are at most 400 characters or three times the gold, whichever
is more; a silent one when its status is the one noted, `abstain` being any silence. Texts are compared without white space
and punctuation.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from judging import squeeze

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.answer import Answer
from app.main import assemble, open_parts, ready_snapshot
from app.settings import open_settings
from app.web import Services

DAY = date(2026, 1, 1)
SHORT, TIMES = 400, 3  # how much may be quoted: characters, or so many times the gold
SILENT = ("not_stated", "out_of_scope", "clarify")


def right(answer: Answer, status: str, gold: Sequence[str]) -> bool:
    """Whether an answer is what was noted: the status, and of an answered one its passages without much else."""
    if status == "abstain":
        return answer.status in SILENT
    if answer.status != status or status != "answered":
        return answer.status == status
    cited = sorted(answer.citations, key=lambda each: (each.document_id, each.start))
    quoted, wanted = "".join(squeeze(each.quote) for each in cited), [squeeze(each) for each in gold]
    concise = len(quoted) <= max(SHORT, TIMES * sum(map(len, wanted)))
    return concise and all(each in quoted for each in wanted)


def asked(services: Services, row: Mapping[str, Any]) -> Answer:
    """The answer to the last utterance of a session, on the day the question names."""
    session = None
    day = date.fromisoformat(row["as_of"]) if row.get("as_of") else DAY
    for utterance in [*row.get("turns", []), row["question"]]:
        reply = services.dialogue.reply(
            utterance, session_id=session, as_of=day, document_id=None, channel="api"
        )
        session = reply.session_id
    return reply.answer


@dataclass(slots=True)
class Count:
    """The questions of one set: for each its status, whether it has turns before it, the answer's status, and whether that is right."""

    rows: list[tuple[str, bool, str, bool]] = field(default_factory=list)

    def line(self, name: str) -> str:
        """A row of the table; a share of nothing is a dash."""
        silent = [row for row in self.rows if row[0] != "answered"]
        wanted = [row for row in self.rows if row[0] == "answered"]
        shares = [
            [row[3] for row in self.rows],
            [row[3] for row in wanted],
            [row[3] for row in self.rows if row[0] == "not_stated"],
            [row[3] for row in self.rows if row[0] == "out_of_scope"],
            [row[3] for row in self.rows if row[1]],
            [row[2] == "answered" for row in silent],
            [row[2] != "answered" for row in wanted],
        ]
        cells = [f"{sum(marks) / len(marks):.3f}" if marks else "–" for marks in shares]
        return f"| {name} | {len(self.rows)} | {' | '.join(cells)} |"


HEAD = "| 问题 | 个数 | 对 | 有答案的 | 未载明 | 无关 | 追问 | 误答 | 误拒 |\n|---|---|---|---|---|---|---|---|---|"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="政策文本所在文件夹")
    parser.add_argument("questions", type=Path, help="有标准答案的问题（JSONL）")
    parser.add_argument("--index", type=Path, default=Path("build/answers"))
    parser.add_argument("--wrong", action="store_true", help="列出判为不对的")
    args = parser.parse_args()
    settings = open_settings(corpus=args.corpus, index=args.index)
    parts = open_parts(settings)
    services = assemble(parts, ready_snapshot(parts, log=lambda sentence: None))
    rows = [json.loads(line) for line in args.questions.read_text("utf-8").splitlines() if line.strip()]
    count = Count()
    for row in rows:
        answer = asked(services, row)
        good = right(answer, row["status"], row["gold"])
        count.rows.append((row["status"], bool(row.get("turns")), answer.status, good))
        if args.wrong and not good:
            print(f"不对\t{row.get('id', '')}\t{row['status']}\t{answer.status}\t{row['question']}")
    print(HEAD)
    print(count.line(args.questions.parent.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
