"""A learner is an architecture with its recipe; a bias belongs to the whole of it."""

import dataclasses
from collections.abc import Iterable
from typing import Any, Literal

from priorscope.core.config import Config, Count, Rate, Size, closest
from priorscope.core.json_types import JsonObject
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig

AUGMENTATIONS = ("shift", "rotate", "flip")
PARTS = {
    "shift": "augmentation: shifted by up to an eighth, another amount at each step",
    "rotate": "augmentation: rotated a little, another angle at each step",
    "flip": "augmentation: mirrored with probability 1/2",
    "dropout": "0.2 of the units set to 0 in training; +dropout=0.5 another share",
    "decay": "weight decay 0.3; +decay=1 another",
    "sgd": "SGD with momentum for AdamW; +sgd=0.1 at that learning rate",
    "batchnorm": "batch normalisation, where the architecture has norm",
    "layernorm": "layer normalisation, where the architecture has norm",
    "resolution": "+resolution=R: images resized to R x R",
    "tokens": "+tokens=R: of longer texts the first R tokens",
    "pretrained": "+pretrained=PATH: starts from a pre-trained folder (bert)",
}
FOREIGN = ("timm:", "hf:")
OF_INPUTS = ("kind", "version", "resolution", "tokens")  # what reaches a learner of its own `fit`
FEW_STEPS = 100  # in addition to `Recipe.passes`
SGD_RATE = 10.0  # its learning rate over AdamW's, and AdamW's weight decay over its own
STEPS_A_PASS = 64  # of few examples, where `Recipe.least_batch` allows


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(Config):
    """How a network is trained; of its validated steps the best one is kept.

    optimizer: "adamw", or "sgd" with Nesterov's momentum.
    learning_rate: at its peak; 0 takes the architecture's own, of SGD SGD_RATE times that.
    weight_decay: decoupled (Loshchilov & Hutter 2019), in units of the learning rate.
    batch: examples per step, at most.
    least_batch: of few examples, a step has 1 in STEPS_A_PASS, but not fewer than these: as many
        updates of smaller batches learn as much, at less cost. 0: `batch`.
    steps, epochs: updates planned at most, and passes over the training part in addition.
    passes: with few examples as many updates as so many passes in full batches have, and
        FEW_STEPS, replace `steps`: hundreds of passes cost as much as all the data would and teach
        nothing more. 0: `steps`, however few there are.
    plan: "plateau": a constant rate for as long as validation says, then annealing; "cosine": all
        planned updates, unless `patience` ends them. See `train.plans`.
    patience: of "cosine": share of the planned steps without improvement after which it stops.
    augment: of "shift", "rotate", "flip"; drawn again for each example at each step.
    resolution: side to which images are resized before the network sees them; 0 keeps it.
    tokens: of a text, how many of its first the network reads; 0: all.
    """

    learning_rate: Rate = 0.0
    weight_decay: Rate = 0.01
    batch: Count = 64
    least_batch: Size = 0
    steps: Count = 1000
    epochs: Size = 15
    passes: Size = 0
    plan: Literal["plateau", "cosine"] = "plateau"
    patience: Rate = 0.2
    augment: tuple[str, ...] = ()
    resolution: Size = 0
    tokens: Size = 0
    optimizer: Literal["adamw", "sgd"] = "adamw"

    def to_json(self) -> JsonObject:
        """Without later fields where they change nothing, so that earlier runs keep their names."""
        fields = super().to_json()
        unchanged = {"tokens": 0, "least_batch": 0, "optimizer": "adamw"}
        return {k: v for k, v in fields.items() if k not in unchanged or v != unchanged[k]}

    def batch_size(self, examples: int) -> int:
        """Examples per step for a training part of `examples`."""
        return min(self._batch(examples), examples)

    def planned_steps(self, examples: int) -> int:
        """Updates planned at most for a training part of `examples`."""
        few = FEW_STEPS + -(-self.passes * examples // max(1, min(self.batch, examples)))
        steps = min(self.steps, few) if self.passes else self.steps
        return steps + -(-self.epochs * examples // self._batch(examples))

    def planned_share(self, examples: int) -> float:
        """Of a full batch, that an update has for a training part of `examples`."""
        return self._batch(examples) / self.batch

    def _batch(self, examples: int) -> int:
        if not self.least_batch:
            return self.batch
        return min(self.batch, max(self.least_batch, examples // STEPS_A_PASS))

    def network_signature(self, signature: Signature) -> Signature:
        """The signature of what a network reads of such data, resized or cut."""
        if self.tokens and signature.layout == "tokens":
            read = min(self.tokens, signature.input_shape[0])
            return dataclasses.replace(signature, input_shape=(read,))
        if not self.resolution:
            return signature
        shape = (self.resolution, self.resolution, signature.input_shape[-1])
        return Signature(input_shape=shape, target=signature.target)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Learner(Config):
    """An architecture with the recipe that trains it.

    text: what the user typed, and what tables show.
    """

    text: str
    model: ModelConfig
    recipe: Recipe

    @property
    def learning_rate(self) -> float:
        """The recipe's, or the architecture's own."""
        own = self.model.learning_rate * (SGD_RATE if self.recipe.optimizer == "sgd" else 1.0)
        return self.recipe.learning_rate or own

    def identity(self) -> dict[str, Any]:
        """What decides its results; not how it was typed."""
        recipe = dataclasses.replace(self.recipe, learning_rate=self.learning_rate)
        return {"model": self.model.to_json(), "recipe": recipe.to_json()}

    def used_recipe(self) -> JsonObject:
        """The recipe's fields; None for those that don't reach what trains itself."""
        recipe = {**self.recipe.to_json(), "learning_rate": self.learning_rate}
        if not self.model.trains_itself:
            return recipe
        return {key: value if key in OF_INPUTS else None for key, value in recipe.items()}

    @property
    def invariant_to(self) -> tuple[str, ...]:
        """Structures that the architecture is invariant to, if the recipe leaves inputs alone."""
        moves = self.recipe.augment or self.recipe.resolution or self.recipe.tokens
        return () if moves else self.model.invariant_to

    def why_not(self, signature: Signature) -> str | None:
        """Why the recipe can't be used on such data, as a sentence; or None."""
        fits = {"image": self.recipe.resolution, "tokens": self.recipe.tokens}
        reads_part = fits.get(signature.layout, 0)
        if problem := self.model.why_not(
            self.recipe.network_signature(signature) if reads_part else signature
        ):
            return problem
        grid = signature.layout in ("image", "series")
        for part in self.recipe.augment:
            if not grid or (part in ("rotate", "flip") and signature.layout != "image"):
                needs = "images" if part in ("rotate", "flip") else "images or series"
                return f"{self.text}: +{part} needs {needs}, but the data are {signature.layout}."
        if self.recipe.resolution and signature.layout != "image":
            return f"{self.text}: +resolution needs images, but the data are {signature.layout}."
        if self.recipe.tokens and signature.layout != "tokens":
            return f"{self.text}: +tokens needs texts, but the data are {signature.layout}."
        return None


def parse_learner(text: str, defaults: Recipe | None = None, asked: Iterable[str] = ()) -> Learner:
    """`name:key=value,...+part+part=value` as a learner.

    Keys are hyperparameters of the architecture or of the recipe. Parts: shift, rotate, flip
    (augmentation), dropout, decay, sgd, batchnorm, layernorm, resolution=R, tokens=R,
    pretrained=PATH.

    An architecture's own recipe replaces the defaults, except for the fields that were asked for.

    Raises:
        LookupError: if there is no such architecture.
        ValueError: if a key, a value or a part doesn't exist or fit.
    """
    head, *parts = text.strip().split("+")
    name, model_options = _head(head)
    recipe_options: dict[str, str] = {}
    fields = {f.name for f in dataclasses.fields(Recipe)}
    model_class = MODELS[name]
    for key in [k for k in model_options if k in fields and not model_class.trains_itself]:
        recipe_options[key] = model_options.pop(key)
    augment: list[str] = []
    for part in parts:
        if model_class.trains_itself and not part.startswith(("resolution", "tokens")):
            raise ValueError(
                f"{text}: +{part} changes how a network is trained, but {name} trains itself; "
                "leave it out."
            )
        _add_part(text, part, model_class, model_options, recipe_options, augment)
    if "steps" in recipe_options:  # asked for, and so not fewer
        recipe_options.setdefault("passes", "0")
    if "batch" in recipe_options:
        recipe_options.setdefault("least_batch", "0")
    if recipe_options.get("optimizer") == "sgd":  # so that a step loses as much as one of AdamW
        decay = (defaults or Recipe()).weight_decay / SGD_RATE
        recipe_options.setdefault("weight_decay", str(decay))
    recipe = Recipe.from_options(recipe_options)
    changed = {k: getattr(recipe, k) for k in recipe_options}
    model = model_class.from_options(model_options)
    base = dataclasses.replace(recipe_for(model, defaults or Recipe(), asked), **changed)
    recipe = dataclasses.replace(base, augment=tuple(augment) or base.augment)
    return Learner(text=text.strip(), model=model, recipe=recipe)


def recipe_for(model: ModelConfig, defaults: Recipe, asked: Iterable[str] = ()) -> Recipe:
    """The defaults with the architecture's own recipe, but for the fields that were asked for."""
    own = {key: value for key, value in model.own_recipe.items() if key not in asked}
    if "batch" in own:
        own.setdefault("least_batch", 0)
    return dataclasses.replace(defaults, **own)


def pretrained_folder(learners: Iterable[Learner | str]) -> str:
    """The folder that the first pre-trained one starts from, or ""."""
    for learner in learners:
        usable = parse_learner(learner) if isinstance(learner, str) else learner
        if folder := getattr(usable.model, "pretrained", ""):
            return folder
    return ""


def _head(head: str) -> tuple[str, dict[str, str]]:
    """`name` and its options; what comes from elsewhere is the architecture `external`."""
    if head.startswith(FOREIGN) or ".py:" in head:
        return "external", {"source": head}
    name, _, rest = head.partition(":")
    if name == "embed" and rest and not rest.startswith(("pretrained=", "c=")):
        return name, {"pretrained": rest}  # a folder's name may hold anything
    options = {}
    for pair in filter(None, rest.split(",")):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"{head}: hyperparameters are written key=value, but {pair!r} is not.")
        options[key.strip()] = value.strip()
    return name.strip(), options


def _add_part(
    text: str,
    part: str,
    model_class: type[ModelConfig],
    model_options: dict[str, str],
    recipe_options: dict[str, str],
    augment: list[str],
) -> None:
    name, _, value = part.partition("=")
    of_model = {
        "dropout": ("dropout", value or "0.2"),
        "batchnorm": ("norm", "batch"),
        "layernorm": ("norm", "layer"),
        "pretrained": ("pretrained", value),
    }
    of_recipe = {
        "decay": ("weight_decay", value or "0.3"),
        "resolution": ("resolution", value),
        "tokens": ("tokens", value),
    }
    if name in AUGMENTATIONS:
        augment.append(name)
    elif name == "sgd":
        recipe_options["optimizer"] = "sgd"
        if value:
            recipe_options["learning_rate"] = value
    elif name in of_recipe:
        recipe_options[of_recipe[name][0]] = of_recipe[name][1]
    elif name in of_model:
        key, set_to = of_model[name]
        if key not in {f.name for f in dataclasses.fields(model_class)}:
            raise ValueError(
                f"{text}: {model_class.name()} has no {key}, so +{name} means nothing."
            )
        model_options[key] = set_to
    else:
        names = sorted(PARTS)
        raise ValueError(
            f"{text}: no part is named +{name}; there are {', '.join(names)}.{closest(name, names)}"
        )
