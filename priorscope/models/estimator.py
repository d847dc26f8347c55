"""An estimator in scikit-learn's manner as a learner: a classifier or a regressor."""

import importlib
import inspect
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from priorscope.core.config import closest
from priorscope.core.json_types import parsed
from priorscope.core.signature import Signature
from priorscope.models import MODELS, SelfTrained

PLAIN = (str, int, float, bool, type(None))


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Estimator(SelfTrained):
    """An estimator of scikit-learn, fitted on the flattened input or a bag of tokens.

    Classes need a classifier that gives probabilities, quantities a regressor.

    It gets the same prefixes and the same calibration as every learner; `tune` and the recipe
    don't reach it. On a command line every key besides `path` is a parameter of its constructor:
    `estimator:path=sklearn.ensemble.RandomForestClassifier,n_estimators=200`.

    path: of its class, `sklearn.ensemble.RandomForestClassifier`; a class alone is accepted, and
        only one with `fit` and `get_params`, so a learner's text runs no code.
    parameters: what its constructor gets, as JSON; see `to_plain`.
    """

    invariant_to: ClassVar[tuple[str, ...]] = ()  # ties and random features see the order

    path: str
    parameters: str = "{}"

    @classmethod
    def of(cls, estimator: Any) -> "Estimator":
        """The config of an estimator object that is not fitted yet; a Pipeline, a search too.

        Raises:
            ValueError: if it can't predict probabilities, or a parameter isn't a plain value or
                another estimator.
        """
        kind = type(estimator)
        path = f"{kind.__module__}.{kind.__qualname__}"
        if not hasattr(kind, "get_params"):
            raise ValueError(f"{path} has no get_params; a learner must be an estimator.")
        if not hasattr(estimator, "predict_proba") and not _is_regressor(estimator):
            raise ValueError(
                f"{path} has no predict_proba; a learner of classes must give probabilities."
            )
        text = json.dumps(changed_parameters(estimator), sort_keys=True)
        return cls(path=path, parameters=text)

    @classmethod
    def from_options(cls, options: dict[str, str]) -> "Estimator":
        """As typed on a command line; class and parameters are looked up at once.

        Raises:
            ValueError, LookupError: if there is no such class or parameter; the nearest is named.
        """
        if not options.get("path"):
            raise ValueError(
                "An estimator is written estimator:path=sklearn.ensemble.RandomForestClassifier, "
                "with parameters as key=value, but it has no path."
            )
        typed = super().from_options({k: v for k, v in options.items() if k in _FIELDS})
        values = {k: _value(v) for k, v in options.items() if k not in _FIELDS}
        parameters = json.dumps(typed._decoded() | values)
        return cls.of(cls(path=typed.path, parameters=parameters).make())

    def make(self, seed: int | None = None) -> Any:
        """The estimator, not fitted; `seed` goes to all its parts that are random.

        Raises:
            ValueError, LookupError: if the class can't be found, isn't an estimator, or doesn't
                take the parameters.
        """
        made = from_plain({"class": self.path, "parameters": self._decoded()})
        if seed is not None:
            names = made.get_params(deep=True)
            random = [n for n in names if n.rpartition("__")[2] == "random_state"]
            made.set_params(**dict.fromkeys(random, seed))
        return made

    def why_not(self, signature: Signature) -> str | None:
        estimator, method = self.make(), signature.target.estimator_method
        if not hasattr(estimator, method):
            return f"{self.path} has no {method}, which targets like these need."
        if method == "predict" and not _is_regressor(estimator):
            return (
                f"{self.path} is a classifier, but the target is a quantity; take a regressor, "
                "such as sklearn.linear_model.Ridge."
            )
        return None

    def described(self) -> str:
        """`RandomForestClassifier(n_estimators=200)`: the class and what differs from defaults."""
        parameters = ", ".join(f"{k}={_brief(v)}" for k, v in self._decoded().items())
        return f"{self.short_name}({parameters})" if parameters else self.short_name

    @property
    def short_name(self) -> str:
        """Its class without the module."""
        return self.path.rpartition(".")[2]

    def estimator(self, signature: Signature, seed: int) -> Any:
        return self.make(seed)

    def _decoded(self) -> dict[str, Any]:
        try:
            decoded = parsed(self.parameters)
        except ValueError:
            decoded = None
        if not isinstance(decoded, dict):
            raise ValueError(
                f"{self.path}: parameters must be a JSON object, but they are {self.parameters!r}; "
                "write each as key=value."
            )
        return decoded


_FIELDS = ("path", "parameters")


def changed_parameters(estimator: Any) -> dict[str, Any]:
    """The constructor's parameters that differ from its defaults, as JSON types."""
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(type(estimator).__init__).parameters.items()
    }
    return {
        key: to_plain(value, f"{type(estimator).__qualname__}: {key}")
        for key, value in estimator.get_params(deep=False).items()
        if not _same(value, defaults.get(key, inspect.Parameter.empty))
    }


def to_plain(value: Any, where: str) -> Any:
    """`value` as JSON types; what JSON lacks is an object with one key.

    `{"tuple": [...]}`, `{"items": [[key, value], ...]}` for a dict, and an estimator is
    `{"class": path, "parameters": {...}}`. Nothing is pickled.

    Raises:
        ValueError: if it is something else; `where` says which parameter.
    """
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()  # a number of numpy's
    if isinstance(value, PLAIN):
        if isinstance(value, float) and value - value != 0:
            raise ValueError(f"{where} must be finite, but it is {value}.")
        return value
    if isinstance(value, list):
        return [to_plain(v, where) for v in value]
    if isinstance(value, tuple):
        return {"tuple": [to_plain(v, where) for v in value]}
    if isinstance(value, dict):
        return {"items": [[to_plain(k, where), to_plain(v, where)] for k, v in value.items()]}
    if not isinstance(value, type) and hasattr(value, "get_params"):
        kind = type(value)
        path = f"{kind.__module__}.{kind.__qualname__}"
        return {"class": path, "parameters": changed_parameters(value)}
    raise ValueError(
        f"{where} must be a plain value or an estimator, because it names runs on disk, but it is "
        f"a {type(value).__name__}; wrap it in a class without parameters."
    )


def from_plain(value: Any) -> Any:
    """The inverse of `to_plain`; only estimator classes are called.

    Raises:
        ValueError, LookupError: see `Estimator.make`.
    """
    if isinstance(value, list):
        return [from_plain(v) for v in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"tuple"}:
        return tuple(from_plain(v) for v in value["tuple"])
    if value.keys() == {"items"}:
        return {from_plain(k): from_plain(v) for k, v in value["items"]}
    if value.keys() != {"class", "parameters"}:
        raise ValueError(f"An estimator's parameter can't hold {value!r}; see its documentation.")
    kind = estimator_class(value["class"])
    parameters = {k: from_plain(v) for k, v in value["parameters"].items()}
    _check_names(kind, value["class"], parameters)
    try:
        return kind(**parameters)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The estimator {value['class']} can't be made: {error}") from error


def estimator_class(path: str) -> type:
    """The class at `path`, if it is an estimator's or a part's of one.

    Raises:
        LookupError: if there is no such module or class.
        ValueError: if what lies there is no class with `get_params` and `set_params`. Modules of
            the standard library aren't even imported: none has estimators.
    """
    module, _, name = path.rpartition(".")
    named = all(part.isidentifier() for part in path.split("."))
    if not module or not named or module.partition(".")[0] in sys.stdlib_module_names:
        raise ValueError(
            f"An estimator is the path of a class, such as sklearn.svm.SVC, but it is {path!r}."
        )
    try:
        home = importlib.import_module(module)
    except Exception as error:  # a third party's code may fail in any way
        raise LookupError(
            f"The estimator {path} can't be imported: {error}; is the package installed?"
        ) from error
    result = getattr(home, name, None)
    if result is None:
        hint = closest(name, [n for n, v in vars(home).items() if isinstance(v, type)])
        raise LookupError(f"{module} has no class {name!r}.{hint}")
    if not isinstance(result, type) or not _has(result, ("get_params", "set_params")):
        kind = "another class" if isinstance(result, type) else f"a {type(result).__name__}"
        raise ValueError(
            f"{path} must be an estimator: a class with fit, predict_proba and get_params, as "
            f"scikit-learn's are, but it is {kind}."
        )
    return result


def _check_names(kind: type, path: str, given: Iterable[str]) -> None:
    accepted = inspect.signature(kind.__init__).parameters
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in accepted.values()):
        return
    names = [name for name in accepted if name != "self"]
    for name in given:
        if name not in names:
            raise ValueError(
                f"{path} has no parameter {name!r}; it has {', '.join(names)}."
                f"{closest(name, names)}"
            )


def _has(kind: type, names: Iterable[str]) -> bool:
    return all(callable(getattr(kind, name, None)) for name in names)


def _is_regressor(estimator: Any) -> bool:
    from sklearn.base import is_regressor  # takes seconds; an estimator has imported it already

    return is_regressor(estimator)


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    return type(value) is type(default) and isinstance(value, (*PLAIN, tuple)) and value == default


def _value(text: str) -> Any:
    """Text as the JSON value that it spells, or as text; objects would make estimators."""
    lowered = text.lower()
    if lowered in ("true", "false", "none", "null"):
        return {"true": True, "false": False}.get(lowered)
    try:
        value = parsed(text)
    except ValueError:
        return text
    return value if isinstance(value, (int, float)) else text


def _brief(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"class", "parameters"}:
        inner = ", ".join(f"{k}={_brief(v)}" for k, v in value["parameters"].items())
        return f"{value['class'].rpartition('.')[2]}({inner})"
    if isinstance(value, dict):
        (content,) = value.values()
        return "(" + ", ".join(map(_brief, content)) + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(_brief, value)) + "]"
    return str(value)
