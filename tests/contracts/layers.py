"""The drawing of the layers in ARCHITECTURE.md, made of the import contract and of what each package says of itself.

`python -m tests.contracts.layers` writes it anew.
"""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "ARCHITECTURE.md"
BLOCK = re.compile(r"(?<=<!-- layers -->\n).*?(?=<!-- /layers -->)", re.DOTALL)


def layers() -> list[list[str]]:
    """The packages of each layer of the contract, the highest first."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    contract_layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    return [[name.strip() for name in layer.split("|")] for layer in contract_layers]


def described(package: str) -> tuple[int, str]:
    """The layer and the description in a package's docstring: "Layer 4: zones, methods and rates."."""
    docstring = ast.get_docstring(ast.parse((ROOT / "shop" / package / "__init__.py").read_text())) or ""
    number, description = re.fullmatch(r"Layer (\d+): (.+)", docstring.splitlines()[0], re.DOTALL).groups()  # type: ignore[union-attr]
    return int(number), description.removesuffix(".")


def drawing() -> str:
    """The block that belongs between the markers."""
    width = max(len(package) for layer in layers() for package in layer)
    lines = ["```text"]
    for layer in layers():
        for place, package in enumerate(layer):
            number, description = described(package)
            lines.append(f"{'' if place else str(number):<4}{package:<{width}}  {description}")
    return "\n".join([*lines, "```", ""])


def drawn() -> str:
    """The block that stands there now."""
    return "".join(BLOCK.findall(PAGE.read_text()))


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(lambda _: drawing(), PAGE.read_text()))
