"""Presidio, both ways: our recognizers in its engine, its recognizers in our tables, and back again."""

from __future__ import annotations

import contextlib
import io
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import (
    AnalyzerEngine,
    BatchAnalyzerEngine,
    EntityRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerRegistry,
)
from presidio_analyzer.nlp_engine import NlpEngineProvider, NoOpNlpEngine
from presidio_analyzer.predefined_recognizers import EmailRecognizer, PhoneRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

import scanner
from bench.values import Values
from scanner import detectors, presidio_plugin, rules
from scanner.api import detect_many
from scanner.detectors import presidio
from scanner.detectors.presidio import Enabled, detect, enable
from scanner.detectors.presidio_load import load, load_file
from scanner.detectors.presidio_nlp import engine_class
from scanner.errors import RuleError, UsageError
from scanner.presidio_plugin import analyze_batch, nlp_engine, recognizers, registry_file
from scanner.resolve import resolve
from scanner.schema import ENTITY_TYPES, KIND, PLACEHOLDER, Cells, Note, Spans

ROOT = Path(__file__).parent.parent
PHONE, ID = "19783371234", "11011020030712501X"
TEXTS = [
    "", " ", "无", "普通的一句话，没有别的。",
    f"手机 {PHONE}，证件 {ID}", f"𠮷野家😀😀{PHONE}，li.si@example.com 👨‍👩‍👧 {ID.lower()}",
    "全角１９７８３３７１２３４号码", f"零宽1978\u200b337\u200b1234 \ufeff{PHONE}\u200b", "分段 197-8337-1234 / 110110 20030712 501X",
    f"+86{PHONE} 卡6216261000000000018", "客服 13800138000，197****1234，张*", f"行一\r\n{PHONE}\t\x1f{ID}\x00",
    f"e\u0301{PHONE}　{ID}　", "手机号15400001234", "15400001234", f"{PHONE}\n\n{PHONE}",
]  # fmt: skip


def no_nlp() -> Any:
    """Presidio's engine that does nothing."""
    nlp = NoOpNlpEngine([{"lang_code": "zh", "model_name": "no_op"}])
    nlp.load()
    return nlp


def engine_of(found: list[Any], nlp: Any = None) -> Any:
    """A stock engine for Chinese."""
    registry = RecognizerRegistry(recognizers=found, supported_languages=["zh"])
    return AnalyzerEngine(registry=registry, nlp_engine=nlp or no_nlp(), supported_languages=["zh"])


def staff(score: float = 0.3, **more: Any) -> Any:
    """A recognizer that a site might have."""
    return PatternRecognizer(
        more.pop("entity", "STAFF_NUMBER"), patterns=[Pattern("staff", r"E\d{6}", score)], context=["工号"],
        supported_language="zh", **more,
    )  # fmt: skip


def plain(results: list[Any]) -> list[tuple[Any, ...]]:
    """Results or findings by what matters, in reading order."""
    return sorted((r.entity_type, r.start, r.end, r.score) for r in results)


def ours(cells: Cells) -> Spans:
    """What the scanner itself finds in short texts."""
    return resolve(cells, detectors.find(cells), None)


def rows(spans: Spans) -> list[list[int]]:
    """Place, kind, flags and key of spans."""
    return sorted(
        map(list, zip(spans.cell, spans.start, spans.end, spans.kind, spans.flags, spans.key, strict=True))
    )


@pytest.fixture(scope="module")
def words() -> Any:
    """Our NLP engine."""
    return nlp_engine()


@pytest.fixture(scope="module")
def inside() -> Any:
    """A stock engine with our recognizers."""
    return engine_of(recognizers(flagged=True))


@pytest.fixture(scope="module")
def back() -> Enabled:
    """Our recognizers, through Presidio, as a detector of ours."""
    return enable(recognizers(flagged=True), nlp=no_nlp())


# Both ways and back again


def check_round_trip(texts: list[str], inside: Any, back: Enabled) -> None:
    """Presidio finds what we find, and we find through Presidio what we find without."""
    for text, found in zip(texts, detect_many(texts), strict=True):
        assert plain(inside.analyze(text, "zh")) == plain(found), text
    cells = Cells.from_strings(texts, 1)
    spans, notes = detect(cells, back)
    assert (rows(spans), notes) == (rows(ours(cells)), [])


@pytest.mark.parametrize("text", TEXTS)
def test_round_trip(text: str, inside: Any, back: Enabled) -> None:
    check_round_trip([text], inside, back)


def test_round_trip_of_a_column(inside: Any, back: Enabled) -> None:
    check_round_trip(TEXTS * 2, inside, back)
    assert sum(len(found) for found in detect_many(TEXTS)) > 20


made = Values(7)
pieces = st.sampled_from([
    *(make() for make in (made.phone, made.id_number, made.card, made.email, made.name, made.address) for _ in range(3)),
    "😀", "𠮷", "，", " ", "\u200b", "\ufeff", "电话：", "身份证", "１９７８３３７１２３４", "13800138000", "a", "0", "-", "é",
])  # fmt: skip


@given(texts=st.lists(st.lists(pieces, max_size=6).map("".join), max_size=4))
@settings(max_examples=60)
def test_round_trip_of_any_text(texts: list[str], inside: Any, back: Enabled) -> None:
    check_round_trip(texts, inside, back)


def test_offsets_slice_back_to_the_value(inside: Any) -> None:
    text = f"𠮷野家😀 {PHONE} １９７８３３７１２３４"
    assert [text[r.start : r.end] for r in sorted(inside.analyze(text, "zh"), key=lambda r: r.start)] == [
        PHONE, "１９７８３３７１２３４",
    ]  # fmt: skip


# Our recognizers in a stock engine


def test_entities_come_from_the_rules(inside: Any) -> None:
    described = {entity.type for entity in rules.entities()}
    assert set(inside.get_supported_entities("zh")) == described
    assert len(recognizers()) == len(described)
    assert presidio_plugin.PiitraceRecognizer().get_supported_entities() == [
        t for t in ENTITY_TYPES if t in described
    ]


def test_presidio_chooses_and_leaves_out() -> None:
    engine = engine_of(recognizers())
    text = f"{PHONE} {ID} li@yunmeng-mail.cn"
    assert [r.entity_type for r in engine.analyze(text, "zh", entities=["CN_RESIDENT_ID"])] == [
        "CN_RESIDENT_ID"
    ]
    engine.registry.remove_recognizer("PiitraceCnMobileNumberRecognizer")
    assert {r.entity_type for r in engine.analyze(text, "zh")} == {"CN_RESIDENT_ID", "EMAIL_ADDRESS"}
    assert engine.analyze(text, "zh", score_threshold=0.98)[0].entity_type == "CN_RESIDENT_ID"
    assert not engine.analyze(text, "zh", allow_list=[ID, "li@yunmeng-mail.cn"])


def test_explanation_names_recognizer_and_checks() -> None:
    (found,) = engine_of(recognizers()).analyze(f"证件{ID}", "zh", return_decision_process=True)
    told = found.analysis_explanation
    assert (
        told.recognizer == "PiitraceCnResidentIdRecognizer" == found.recognition_metadata["recognizer_name"]
    )
    assert "checksum" in told.textual_explanation and told.validation_result is True
    assert "checksum" in found.recognition_metadata["checks"]
    assert ID not in str(found.to_dict()) + str(told.to_dict())


@pytest.mark.parametrize(
    ("text", "flag"), [("客服 13800138000", "placeholder"), ("手机 197****1234", "masked")]
)
def test_flagged_values_are_returned_when_asked_for(text: str, flag: str, inside: Any) -> None:
    assert engine_of(recognizers()).analyze(text, "zh") == []
    (found,) = inside.analyze(text, "zh")
    assert found.recognition_metadata["flags"] == (flag,)
    assert (
        flag
        in inside.analyze(text, "zh", return_decision_process=True)[
            0
        ].analysis_explanation.textual_explanation
    )


def test_context_does_not_change_our_score(words: Any) -> None:
    text = f"工号 手机号 {PHONE}"
    (alone,) = engine_of(recognizers()).analyze(text, "zh")
    (among,) = engine_of([*recognizers(), staff()], words).analyze(text, "zh", context=["手机"])
    assert alone.score == among.score == scanner.detect(text)[0].score


def test_recognizer_alone_without_artifacts() -> None:
    one = presidio_plugin.PiitraceRecognizer(["CN_MOBILE_NUMBER"], name="mine")
    assert plain(one.analyze(f"{PHONE} {ID}", None, None)) == plain(
        one.analyze(PHONE, ["CN_MOBILE_NUMBER"], None)
    )
    assert one.analyze(PHONE, ["CN_RESIDENT_ID"], None) == []
    again = type(one).from_dict(one.to_dict())
    assert (again.name, again.version, again.supported_entities) == (
        "mine",
        scanner.__version__,
        ["CN_MOBILE_NUMBER"],
    )


def test_same_artifacts_for_another_text(inside: Any) -> None:
    words = inside.nlp_engine.process_text(PHONE, "zh")
    assert len(inside.analyze(PHONE, "zh", nlp_artifacts=words)) == 1
    assert inside.analyze("无", "zh", nlp_artifacts=words) == []


def test_texts_are_not_kept() -> None:
    engine_of(recognizers()).analyze(PHONE, "zh")
    assert len(presidio_plugin._seen) == 0


@pytest.mark.parametrize(
    "call", [recognizers, presidio_plugin.PiitraceRecognizer, lambda e: analyze_batch([], e)]
)
def test_unknown_entity_is_refused(call: Any) -> None:
    with pytest.raises(UsageError, match=r"'PHONE'.*CN_MOBILE_NUMBER"):
        call(["PHONE"])


# Batches


def test_analyze_batch_is_the_engine() -> None:
    engine = engine_of(recognizers())
    batch = analyze_batch(TEXTS, return_decision_process=True)
    alone = [engine.analyze(text, "zh", return_decision_process=True) for text in TEXTS]
    assert batch == alone
    told = [[r.analysis_explanation.textual_explanation for r in some] for some in alone]
    assert [[r.analysis_explanation.textual_explanation for r in some] for some in batch] == told
    assert analyze_batch(iter([PHONE]), ["CN_MOBILE_NUMBER"])[0][0].analysis_explanation is None
    assert analyze_batch([PHONE], ["CN_RESIDENT_ID"]) == [[]] and analyze_batch([]) == []


@pytest.mark.parametrize("nlp", ["no_op", "words"])
def test_batch_analyzer_is_the_stock_one(nlp: str, words: Any) -> None:
    texts: list[Any] = [*TEXTS, "工号 E123456", f"工号E123456，{PHONE}", 19783371234, 1.5, True, None]
    found = [*recognizers(), staff(), EmailRecognizer(supported_language="zh")]
    engine = engine_of(found, words if nlp == "words" else None)
    stock = BatchAnalyzerEngine(engine).analyze_iterator(texts, language="zh")
    mine = presidio_plugin.BatchAnalyzer(engine)
    assert isinstance(mine, BatchAnalyzerEngine)
    for options in ({}, {"batch_size": 7}, {"batch_size": 3, "n_process": 2}):
        assert mine.analyze_iterator(iter(texts), "zh", **options) == stock
    chosen = {"entities": ["STAFF_NUMBER", "CN_RESIDENT_ID"], "score_threshold": 0.5}
    assert mine.analyze_iterator(texts, "zh", **chosen) == [
        engine.analyze(str(t), "zh", **chosen) for t in texts
    ]


def test_batch_analyzer_takes_a_dict() -> None:
    engine = engine_of([*recognizers(), staff()])
    table = {"电话": [PHONE, "无"], "工号": ["E123456"], "more": {"证件": ID}, "none": None}

    def flat(results: Any) -> list[Any]:
        return [
            (r.key, flat(r.recognizer_results) if r.key == "more" else r.recognizer_results) for r in results
        ]

    mine, stock = presidio_plugin.BatchAnalyzer(engine), BatchAnalyzerEngine(engine)
    assert flat(mine.analyze_dict(table, "zh")) == flat(stock.analyze_dict(table, "zh"))
    with pytest.raises(ValueError, match="primitive types"):
        mine.analyze_iterator([{"a": 1}], "zh")


# Files and the NLP engine


def python(code: str, **more: Any) -> str:
    """The output of a program in a new process."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_heavy_libraries_wait_until_they_are_called() -> None:
    code = "import sys, scanner.presidio_plugin, scanner.detectors.presidio_load as l; print({'presidio_analyzer', 'spacy', 'jieba'} & {*sys.modules})"
    assert python(code).strip() == "set()"


def test_registry_loads_in_a_new_process() -> None:
    code = """
from presidio_analyzer import AnalyzerEngine, AnalyzerEngineProvider
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
from scanner.presidio_plugin import analyzer_file, nlp_engine, registry_file
registry = RecognizerRegistryProvider(conf_file=registry_file()).create_recognizer_registry()
engine = AnalyzerEngine(registry=registry, nlp_engine=nlp_engine(), supported_languages=["zh"])
print(engine.analyze("19783371234", "zh"))
files = {"analyzer_engine_conf_file": analyzer_file(), "recognizer_registry_conf_file": registry_file()}
print(AnalyzerEngineProvider(**files).create_engine().analyze("19783371234", "zh"))
"""
    first, second = python(code).splitlines()
    assert first == second and "CN_MOBILE_NUMBER, start: 0, end: 11" in first


def test_registry_has_every_entity_and_lies_in_the_rules() -> None:
    registry = RecognizerRegistryProvider(conf_file=registry_file()).create_recognizer_registry()
    assert set(registry.get_supported_entities(["zh"])) == {entity.type for entity in rules.entities()}
    assert registry_file().is_relative_to(rules.data_root() / "rules")  # which the wheel holds


def test_registry_chooses_entities(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "supported_languages: [zh]\nrecognizers:\n- {name: PiitraceRecognizer, type: predefined,"
        " supported_entities: [CN_RESIDENT_ID], score_thresholds: {CN_RESIDENT_ID: 0.9}}\n"
    )
    registry = RecognizerRegistryProvider(conf_file=path).create_recognizer_registry()
    engine = AnalyzerEngine(registry=registry, nlp_engine=no_nlp(), supported_languages=["zh"])
    assert [r.entity_type for r in engine.analyze(f"{PHONE} {ID}", "zh")] == ["CN_RESIDENT_ID"]


def test_nlp_engine_is_quiet_and_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Any) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    provider = NlpEngineProvider(
        nlp_engines=(engine_class(),),
        nlp_configuration={"nlp_engine_name": "piitrace", "models": [{"lang_code": "zh", "model_name": "x"}]},
    )
    made = provider.create_engine().process_text("张女士的手机号是19783371234", "zh")
    assert "手机号" in made.lemmas and made.tokens.text == "张女士的手机号是19783371234"
    assert list(tmp_path.iterdir()) == [] and capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", TEXTS)
def test_words_spell_the_text(text: str, words: Any) -> None:
    made = words.process_text(text, "zh")
    assert made.tokens.text == text
    assert made.lemmas == [token.text for token in made.tokens]
    assert made.tokens_indices == [token.idx for token in made.tokens]


@pytest.mark.parametrize("word", ["的", "手机", "，", "。。", "THE", "", "a", " ", "5", "-x", "😀"])
def test_words_are_judged_as_by_spacy(word: str, words: Any) -> None:
    known = words.get_nlp("zh").vocab[word]
    assert (words.is_stopword(word, "zh"), words.is_punct(word, "zh")) == (known.is_stop, known.is_punct)


def test_words_of_a_scan_are_forgotten(words: Any) -> None:
    known = enable([staff(entity="CN_WAYBILL")], nlp=words)
    strings = words.get_nlp("zh").vocab.strings
    before = len(strings)
    spans, notes = detect(Cells.from_strings([f"工号是E{i:06d}的某人" for i in range(50)], 1), known)
    assert (len(spans), notes) == (50, [])
    assert len(strings) == before
    known.engine.analyze("工号是E999999的某人", "zh")
    assert len(strings) > before


@pytest.mark.parametrize(
    ("text", "score"), [("工号 E123456", 0.65), ("货号 E123456", 0.3), ("他的工号是E123456。", 0.65)]
)
def test_words_give_context_to_other_recognizers(text: str, score: float, words: Any) -> None:
    (found,) = engine_of([staff()], words).analyze(text, "zh")
    assert found.score == pytest.approx(score)


# Presidio's recognizers as a detector


def test_names_are_mapped_or_refused() -> None:
    phone = PhoneRecognizer(supported_language="zh")
    with pytest.raises(UsageError, match=r"PHONE_NUMBER.*CN_MOBILE_NUMBER"):
        enable([phone])
    with pytest.raises(UsageError, match="BADGE is no entity type"):
        enable([phone], {"PHONE_NUMBER": "BADGE"})
    with pytest.raises(UsageError, match="at least one"):
        enable([phone], {"PHONE_NUMBER": None})
    with pytest.raises(UsageError, match="at least one"):
        enable([])
    with pytest.raises(UsageError, match=r"EmailRecognizer is for 'en', not 'zh'"):
        enable([EmailRecognizer()])
    known = enable(
        [phone, EmailRecognizer(supported_language="zh")], {"PHONE_NUMBER": "CN_MOBILE_NUMBER"}, nlp=no_nlp()
    )
    assert known.kinds == {"PHONE_NUMBER": KIND["CN_MOBILE_NUMBER"], "EMAIL_ADDRESS": KIND["EMAIL_ADDRESS"]}


def test_every_cell_with_the_value_is_found() -> None:
    cells = Cells.from_strings(["E000001", "工号😀E000001", "", "E000001", "x", "工号😀E000001"], 2)
    known = enable([staff(entity="CN_WAYBILL")], nlp=no_nlp())
    spans, notes = detect(cells, known)
    assert [cells.data[s:e].tobytes() for s, e in zip(spans.start, spans.end, strict=True)] == [
        b"E000001"
    ] * 4
    assert (spans.cell.tolist(), notes) == ([0, 1, 3, 5], [])
    assert len(set(spans.key.tolist())) == 1 and np.all(np.diff(spans.start) > 0)
    assert detect(cells, known, [0])[0].cell.tolist() == [0]
    assert detect(cells, known, [1])[0].cell.tolist() == [1, 3, 5]
    assert len(detect(Cells.from_strings([], 1), known)[0]) == 0


def test_what_is_left_out_is_told() -> None:
    cells = Cells.from_strings([f"E{i:06d}" for i in range(10)] * 3 + ["长" * 50 + "E123456"], 1)
    known = enable([staff(entity="CN_WAYBILL")], nlp=no_nlp())
    spans, notes = detect(cells, known, values=4, length=100)
    assert spans.cell.tolist() == [*range(4), *range(10, 14), *range(20, 24)]
    assert notes == [
        Note("presidio_values", "partial", {"count": 6, "limit": 4}),
        Note("presidio_length", "partial", {"count": 1, "limit": 100}),
    ]


class Fragile(EntityRecognizer):
    """Fails at some texts, and finds what nobody asked for in others."""

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any) -> list[Any]:
        """Everything, or a failure."""
        if "坏" in text:
            raise ValueError(f"cannot read {text}")
        return [scanner.presidio_plugin.analyze_batch([PHONE])[0][0]] if PHONE in text else []


def test_a_failing_recognizer_is_told_without_the_value() -> None:
    known = enable([Fragile(["VIN"], supported_language="zh"), staff(entity="CN_WAYBILL")], nlp=no_nlp())
    spans, notes = detect(Cells.from_strings([f"坏{PHONE}", "E000001", PHONE, "坏"], 1), known)
    assert (spans.cell.tolist(), spans.kind.tolist()) == ([1], [KIND["CN_WAYBILL"]])
    assert notes == [Note("presidio_failed", "partial", {"count": 2, "kind": "ValueError"})]


def test_keys_and_flags_are_ours() -> None:
    phone = PhoneRecognizer(supported_language="zh", supported_regions=["CN"])
    known = enable([phone], {"PHONE_NUMBER": "CN_MOBILE_NUMBER"}, nlp=no_nlp())
    spans, _ = detect(Cells.from_strings([PHONE, f"+86 {PHONE}", "13800138000", "010-12345678"], 1), known)
    assert spans.key.tolist()[:3] == [int(PHONE), int(PHONE), 13800138000]
    assert spans.flags.tolist() == [0, 0, PLACEHOLDER, 0]
    assert spans.score.tolist() == pytest.approx([0.4] * 4)


def test_bytes_that_are_no_text() -> None:
    raw = "好".encode() + b"\xff\xfe\xe5" + "😀 E123456".encode()
    cells = Cells(np.frombuffer(raw, np.uint8), np.array([0]), np.array([len(raw)]), 1)
    for nlp in (no_nlp(), nlp_engine()):
        spans, notes = detect(cells, enable([staff(entity="CN_WAYBILL")], nlp=nlp))
        assert (raw[spans.start[0] : spans.end[0]], notes) == (b"E123456", [])


def test_open_columns_are_those_that_nothing_settles() -> None:
    flat = [text for i in range(30) for text in (f"1978337{i:04d}", f"备注{i}", made.name())]
    batch = scanner.schema.Batch("t", Cells.from_strings(flat, 3), ("手机号", "备注", "姓名"))
    assert presidio.open_columns(detectors.judge(batch)) == [1]


# Recognizers by name

STOCK = "presidio_analyzer.predefined_recognizers:"


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("IpRecognizer", UsageError, 'write "package.module:Class"'),
        ("no.such.module:X", UsageError, "No module named 'no'"),
        (STOCK + "NoSuchRecognizer", UsageError, "NoSuchRecognizer"),
        ("pathlib:Path", UsageError, "neither a Presidio EntityRecognizer"),
        ("presidio_analyzer:PatternRecognizer", UsageError, "cannot be made with supported_language='zh'"),
        ("missing.yaml", RuleError, "no such file"),
        ("broken.yaml", RuleError, "Failed to parse"),
        ("wrong.yaml", RuleError, "NoSuchRecognizer"),
        ("english.yaml", RuleError, "no recognizer for 'zh', only for en"),
    ],
)
def test_wrong_names_are_told(name: str, error: type[Exception], says: str, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("recognizers: [")
    (tmp_path / "wrong.yaml").write_text("supported_languages: [zh]\nrecognizers: [{name: NoSuchRecognizer}]")
    (tmp_path / "english.yaml").write_text("supported_languages: [en]\nrecognizers: [{name: IpRecognizer}]")
    with pytest.raises(error, match=re.escape(says)):
        load(name, folder=tmp_path)


YAML = """
supported_languages: [zh]
recognizers:
  - {name: IpRecognizer, type: predefined}
  - name: Staff
    type: custom
    supported_entity: STAFF_NUMBER
    supported_languages: [{language: zh, context: [staff]}]
    patterns: [{name: staff, regex: 'E[0-9]{6}', score: 0.3}]
"""


def test_settings_file(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(YAML)
    path = tmp_path / "site.toml"
    path.write_text(
        f'recognizers = ["site.yaml", "{STOCK}EmailRecognizer", "scanner.presidio_plugin:PiitraceRecognizer"]\n'
        '[kinds]\nSTAFF_NUMBER = "CN_WAYBILL"\n'
    )
    known = load_file(path)
    assert known is load_file(path)
    spans, _ = detect(Cells.from_strings(["E123456 192.0.2.1 li@example.com", ID], 1), known)
    assert {ENTITY_TYPES[kind] for kind in spans.kind} >= {
        "CN_WAYBILL",
        "IP_ADDRESS",
        "EMAIL_ADDRESS",
        "CN_RESIDENT_ID",
    }
    with pytest.raises(RuleError, match=r"site\.yaml: .*STAFF_NUMBER"):
        load_file(tmp_path / "site.yaml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("recognizers = [", "Invalid"),
        ("", "name the recognizers"),
        ("recognizers = 3", "'recognizers' is wrong"),
        ("recognizers = [3]", "'recognizers' is wrong"),
        ('recognizers = ["a:b"]\nmoon = "x"', "'moon' is wrong"),
        ('recognizers = ["a:b"]\n[kinds]\nX = 1', "'kinds' is wrong"),
        ('recognizers = ["no.such:X"]', "No module named"),
        (f'recognizers = ["{STOCK}PhoneRecognizer"]', "PHONE_NUMBER"),
    ],
)
def test_wrong_settings_are_told(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(RuleError, match=re.escape(says)) as caught:
        load_file(path)
    assert str(caught.value).startswith(str(path))
    with pytest.raises(RuleError, match="absent"):
        load_file(tmp_path / "absent.toml")


# The page

PAGE = (ROOT / "docs" / "presidio.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("code", "said"), re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
)
def test_page_runs(code: str, said: str) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    assert out.getvalue() == said


def test_page_has_no_block_that_is_not_run(tmp_path: Path) -> None:
    assert PAGE.count("```python") == len(re.findall(r"```\n\n```text\n", PAGE)) == 5
    (registry,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (chosen,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "registry.yaml").write_text(registry, "utf-8")
    (tmp_path / "scan.toml").write_text(chosen, "utf-8")
    known = load_file(tmp_path / "scan.toml")
    assert set(known.kinds) == {"IP_ADDRESS", "CN_RESIDENT_ID", "CN_MOBILE_NUMBER"}
