"""An NLP engine of Presidio for Chinese that needs no model and no network.

Presidio asks an engine for the words of a text and hands them to its recognizers, which look for context
words near a number ("手机" before eleven digits). Its own engines want a spaCy model package for that, and
download one that is not there. This one is an empty spaCy pipeline over the words of jieba, whose
dictionary comes in its package. Sources: spaCy 3.8, "Linguistic features: custom tokenizer"; Presidio
2.2, "Customizing the NLP engine".

spaCy and jieba are imported, and the dictionary is read, at the first call.

>>> words = nlp_engine().process_text("手机号19783371234", "zh")
>>> words.keywords, words.entities
(['手机号', '19783371234'], [])
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from unicodedata import category

from scanner import rules

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpEngine

TRAINED = "models/names/pipeline"
"""A trained spaCy pipeline is used from this folder as soon as there is one; its entities then reach
Presidio's `SpacyRecognizer`. This is the one place that knows of it."""


def nlp_engine(language: str = "zh") -> NlpEngine:
    """A loaded engine for `AnalyzerEngine(nlp_engine=...)`; `language` is the code that Presidio calls it by.

    The first engine of a process takes about 3 s: 1.7 s to import Presidio and spaCy, and 1.2 s for the dictionary.
    """
    engine = engine_class()(models=[{"lang_code": language, "model_name": "piitrace"}])
    engine.load()
    return engine


@cache
def engine_class() -> type[Any]:
    """The class of the engine, for `NlpEngineProvider(nlp_engines=(engine_class(),), ...)`."""
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class PiitraceNlpEngine(SpacyNlpEngine):  # type: ignore[misc]
        """`SpacyNlpEngine` with our pipeline; `model_name` is not looked at, and nothing is downloaded."""

        engine_name = "piitrace"

        def load(self) -> None:
            """Make the pipeline for every language that was asked for."""
            self.nlp = dict.fromkeys((model["lang_code"] for model in self.models), pipeline())
            self.stopwords = next(iter(self.nlp.values())).Defaults.stop_words

        def is_stopword(self, word: str, language: str) -> bool:
            """As spaCy says, which takes longer and remembers every word."""
            return word.lower() in self.stopwords

        def is_punct(self, word: str, language: str) -> bool:
            """Whether a word is all punctuation, as spaCy says."""
            return bool(word) and all(category(sign)[0] == "P" for sign in word)

        def memory_zone(self) -> AbstractContextManager[Any]:
            """A block after which spaCy forgets the words that it met inside; it keeps them all otherwise."""
            return cast("AbstractContextManager[Any]", next(iter(self.nlp.values())).memory_zone())

    return PiitraceNlpEngine


def pipeline() -> Any:
    """The spaCy pipeline: the trained one where it exists, else an empty one; always with the words of jieba."""
    import spacy

    folder = rules.data_root() / TRAINED
    nlp = spacy.load(folder) if (folder / "config.cfg").is_file() else spacy.blank("zh")
    nlp.tokenizer = Words(nlp.vocab)
    segmenter()  # its dictionary now, not with the first text
    return nlp


class Words:
    """A spaCy tokenizer: a text in, a `Doc` of its words out.

    Each word is its own lemma, since Chinese words have one form. An empty pipeline leaves lemmas blank, and
    Presidio looks for context words among the lemmas only.
    """

    def __init__(self, vocab: Any) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Any:
        """The `Doc` of a text; its words and single spaces spell the text exactly."""
        from spacy.tokens import Doc
        from spacy.util import get_words_and_spaces

        cut = [word for word in segmenter().cut(text) if word]
        words, spaces = get_words_and_spaces(cut, text)
        return Doc(self.vocab, words=words, spaces=spaces, lemmas=words)


@cache
def segmenter() -> Any:
    """A segmenter of our own over jieba's dictionary.

    The one that jieba shares writes its dictionary to the temporary folder, reads back with `marshal` what
    anybody may have put there, and talks on standard error.
    """
    import jieba  # type: ignore[import-untyped]

    own = jieba.Tokenizer()
    own.FREQ, own.total = own.gen_pfdict(own.get_dict_file())
    own.initialized = True
    return own
