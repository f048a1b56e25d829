"""piitrace inside Presidio: recognizers, an NLP engine for Chinese, a registry in YAML, fast batches.

One recognizer stands for one entity type, so that Presidio's ways to choose, to leave out and to explain
work; all of them share one run of the vector code per text. `BatchAnalyzer` makes it one run per 10,000
texts. Scores are ours, offsets are Unicode code points, and no result holds a value. Source:
presidio_analyzer 2.2, `EntityRecognizer`, `BatchAnalyzerEngine`, `RecognizerRegistryProvider`.

Presidio takes 1.7 s to import, so the two classes here, `PiitraceRecognizer` and `BatchAnalyzer`, come
into being when they are first asked for.

>>> [(r.entity_type, r.start, r.end) for r in analyze_batch(["电话 19783371234"])[0]]
[('CN_MOBILE_NUMBER', 3, 14)]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from functools import cache
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scanner import __version__, rules
from scanner.api import TextFinding, detect_many
from scanner.detectors.presidio_nlp import nlp_engine
from scanner.errors import UsageError
from scanner.schema import ENTITY_TYPES

if TYPE_CHECKING:
    from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult
    from presidio_analyzer.nlp_engine import NlpArtifacts


def recognizers(
    entities: Sequence[str] | None = None, *, language: str = "zh", flagged: bool = False
) -> list[EntityRecognizer]:
    """A recognizer for each entity type, for `RecognizerRegistry(recognizers=..., supported_languages=...)`.

    They are named after the type: `PiitraceCnMobileNumberRecognizer`. `flagged` also returns values that
    are nobody's (masked, damaged, placeholders). Raises `UsageError` for an unknown type.
    """
    made = _recognizer_class()
    return [made([one], language, _name(one), flagged=flagged) for one in _chosen(entities)]


def _name(entity: str) -> str:
    return f"Piitrace{''.join(word.title() for word in entity.split('_'))}Recognizer"


def _chosen(entities: Sequence[str] | None) -> list[str]:
    """The entity types asked for, by default all that the rules describe."""
    described = {entity.type for entity in rules.entities()}
    known = [name for name in ENTITY_TYPES if name in described]
    for name in entities or ():  # Presidio, too, takes an empty list for "all"
        if name not in described:
            raise UsageError(f"piitrace does not know the entity {name!r}; choose from {', '.join(known)}")
    return list(entities or known)


def registry_file() -> Path:
    """The registry for `RecognizerRegistryProvider(conf_file=...)`, whose class is known from now on."""
    _recognizer_class()
    return rules.data_root() / "rules" / "presidio" / "recognizers.yaml"


def analyzer_file() -> Path:
    """The configuration for `AnalyzerEngineProvider(analyzer_engine_conf_file=...)`: Chinese, no NLP model."""
    return registry_file().with_name("analyzer.yaml")


def analyze_batch(
    texts: Iterable[str],
    entities: Sequence[str] | None = None,
    language: str = "zh",
    *,
    flagged: bool = False,
    return_decision_process: bool = False,
) -> list[list[RecognizerResult]]:
    """The results of each text, as an `AnalyzerEngine` with our recognizers alone gives them, best first.

    No NLP engine and no other recognizer runs. `language` is there so that a call to Presidio can be
    replaced; what is found does not depend on it. Raises `UsageError` for an unknown entity type.
    """
    one = _recognizer_class()(entities, language, flagged=flagged)
    found = detect_many(texts, reveal=True)
    return [
        sorted(one.results(some, None, return_decision_process), key=lambda r: (-r.score, r.start))
        for some in found
    ]


_seen: WeakKeyDictionary[Any, tuple[str, list[TextFinding]]] = WeakKeyDictionary()
"""What was found in a text, for as long as Presidio holds the artifacts of its NLP engine for it.

Presidio hands the artifacts to each recognizer in turn; nothing else tells them that the text is the same.
"""


def _findings(text: str, artifacts: NlpArtifacts | None) -> list[TextFinding]:
    """What is in a text: found once for all recognizers that get the same artifacts."""
    seen = _seen.get(artifacts) if artifacts is not None else None
    if seen is not None and seen[0] == text:
        return seen[1]
    found = next(iter(detect_many([text], reveal=True)))  # nobody sees the values: masking costs 4 us each
    if artifacts is not None:
        _seen[artifacts] = (text, found)
    return found


class _Recognizer:
    """What `PiitraceRecognizer` adds to Presidio's `LocalRecognizer`."""

    supported_entities: list[str]
    name: str
    id: str

    def __init__(
        self,
        supported_entities: Sequence[str] | None = None,
        supported_language: str = "zh",
        name: str | None = None,
        context: list[str] | None = None,
        version: str = __version__,
        flagged: bool = False,
    ) -> None:
        """The parameters of `EntityRecognizer`; `flagged` is that of `recognizers`.

        Leave `context` empty: keywords are weighed already, and Presidio would raise the score again.
        """
        self.flagged = flagged
        super().__init__(  # type: ignore[call-arg]
            supported_entities=_chosen(supported_entities),
            supported_language=supported_language,
            name=name,
            context=context,
            version=version,
        )

    def load(self) -> None:
        """Read the rules now, not with the first text."""
        rules.entities()

    def analyze(
        self, text: str, entities: list[str] | None = None, nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """The results for the `entities` asked for that this recognizer supports."""
        return self.results(_findings(text, nlp_artifacts), entities)

    def results(
        self, found: Iterable[TextFinding], entities: Sequence[str] | None, explain: bool = True
    ) -> list[RecognizerResult]:
        """Findings of one text in Presidio's terms; `entities` None means all that are supported."""
        asked = self.supported_entities if entities is None else entities
        return [
            self._result(one, explain)
            for one in found
            if one.entity_type in self.supported_entities
            and one.entity_type in asked
            and (self.flagged or not one.flags)
        ]

    def _result(self, one: TextFinding, explain: bool) -> RecognizerResult:
        made = _result_class()
        metadata = {
            made.RECOGNIZER_NAME_KEY: self.name,
            made.RECOGNIZER_IDENTIFIER_KEY: self.id,
            "checks": one.checks,
            "flags": one.flags,
        }
        explanation = self._explanation(one) if explain else None
        return made(one.entity_type, one.start, one.end, one.score, explanation, metadata)

    def _explanation(self, one: TextFinding) -> AnalysisExplanation:
        from presidio_analyzer import AnalysisExplanation

        passed = f"checks passed: {', '.join(one.checks) or 'none'}"
        noted = f"; {', '.join(one.flags)}" if one.flags else ""
        return AnalysisExplanation(
            recognizer=self.name,
            original_score=one.score,
            textual_explanation=f"{one.entity_type} by piitrace; {passed}{noted}",
            validation_result=True if {"checksum", "luhn"} & {*one.checks} else None,
        )


class _Result:
    """What our results add to Presidio's `RecognizerResult`."""

    recognition_metadata: dict[str, Any]
    analysis_explanation: AnalysisExplanation | None

    def __deepcopy__(self, memo: Any) -> _Result:
        """A copy with its own metadata and explanation, which hold nothing that can change.

        Presidio copies all results deeply before it looks for context: two thirds of the time of a batch.
        """
        twin = copy(self)
        twin.recognition_metadata = dict(self.recognition_metadata)
        twin.analysis_explanation = copy(self.analysis_explanation)
        return twin


class _Batch:
    """What `BatchAnalyzer` changes in Presidio's `BatchAnalyzerEngine`."""

    analyzer_engine: Any

    def analyze_iterator(
        self, texts: Iterable[Any], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> list[list[RecognizerResult]]:
        """As Presidio's, with one run of the vector code per 10,000 texts.

        `batch_size` and `n_process` are for the NLP engine; `kwargs` go to `AnalyzerEngine.analyze`.
        """
        first, ahead, given = tee(self._validate_types(texts), 3)  # type: ignore[attr-defined]
        engine = self.analyzer_engine
        artifacts = engine.nlp_engine.process_batch(
            texts=first, language=language, batch_size=batch_size, n_process=n_process
        )
        found = detect_many(map(str, ahead), reveal=True)
        results = []
        for (text, words), some, own in zip(artifacts, found, given, strict=True):
            _seen[words] = (str(own), some)
            results.append(engine.analyze(text=text, language=language, nlp_artifacts=words, **kwargs))
        return results


@cache
def _recognizer_class() -> type[Any]:
    from presidio_analyzer import LocalRecognizer

    doc = "All entities of piitrace, or those of `supported_entities`."
    return type(
        "PiitraceRecognizer", (_Recognizer, LocalRecognizer), {"__doc__": doc, "__module__": __name__}
    )


@cache
def _result_class() -> type[Any]:
    from presidio_analyzer import RecognizerResult

    return type("PiitraceResult", (_Result, RecognizerResult), {"__module__": __name__})


@cache
def _batch_class() -> type[Any]:
    from presidio_analyzer import BatchAnalyzerEngine

    doc = "`BatchAnalyzerEngine(analyzer_engine)` that finds what piitrace finds in many texts at once."
    return type("BatchAnalyzer", (_Batch, BatchAnalyzerEngine), {"__doc__": doc, "__module__": __name__})


def __getattr__(name: str) -> Any:
    """The classes that build on Presidio's, made when they are first asked for."""
    if name == "PiitraceRecognizer":
        return _recognizer_class()
    if name == "BatchAnalyzer":
        return _batch_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["analyze_batch", "analyzer_file", "nlp_engine", "recognizers", "registry_file"]
