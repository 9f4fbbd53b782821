"""`docs/rules.md` is walked: each rule has a test in the domain and one through a page or the API.

A test names its rule with `@pytest.mark.rule("3.4.1")`. Through a page or the API is what stands in the
folders of the faces, or takes somebody's browser as a fixture.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
RULES = (ROOT / "docs/rules.md").read_text()
FACES = {"api", "browser", "faults", "hooks", "office", "portal", "security"}
BROWSERS = {"client", "operator", "owner", "page", "sign_in", "signed_in", "visitor"}
ON_PAGES_ONLY = "*On pages only.*"


def rules():
    """The number of each rule, and its words."""
    parts = re.split(r"^- \*\*(3\.\d+\.\d+)\*\* ", RULES, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def sections():
    return set(re.findall(r"^## (3\.\d+) ", RULES, re.M))


def places_by_number():
    """By number: where its tests stand, "heart" or "face"."""
    places = defaultdict(list)
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                for number in numbers_of(node):
                    places[number].append(place_of(file, node))
    return places


def numbers_of(function):
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
            yield decorator.args[0].value


def place_of(file, function):
    asked = {argument.arg for argument in function.args.args}
    in_a_face = file.relative_to(TESTS).parts[0] in FACES
    return "face" if in_a_face or asked & BROWSERS else "heart"


def test_each_rule_has_a_test_in_the_heart_and_one_through_a_face():
    places, lacking = places_by_number(), {}
    for number, words in rules().items():
        if ON_PAGES_ONLY in words:
            if places[number].count("face") < 2:
                lacking[number] = places[number]
        elif {"heart", "face"} - set(places[number]):
            lacking[number] = places[number]
    assert lacking == {}


def test_no_test_names_a_rule_that_is_not_there():
    assert places_by_number().keys() - rules().keys() == set()


def test_each_rule_that_code_tests_and_docs_name_is_there():
    named = defaultdict(set)
    for folder in ("maia", "tests", "bench", "docs"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in (".py", ".md", ".html", ".js") and file.is_file():
                for number in re.findall(r"\b[Rr]ules? (3\.\d+(?:\.\d+)?)", file.read_text()):
                    named[number].add(file.relative_to(ROOT).as_posix())
    assert {n: files for n, files in named.items() if n not in sections() | rules().keys()} == {}


def test_they_are_numbered_in_order():
    def as_numbers(text):
        return [int(part) for part in text.split(".")]

    assert list(rules()) == sorted(rules(), key=as_numbers)
    assert {number.rpartition(".")[0] for number in rules()} == sections()
